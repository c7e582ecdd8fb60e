#include <Python.h>

static PyObject *parity(PyObject *module, PyObject *argument)
{
    unsigned long number = PyLong_AsUnsignedLong(argument);
    unsigned long odd = 0;
    (void)module;

    if (number == (unsigned long)-1 && PyErr_Occurred()) {
        return NULL;
    }
    for (; number != 0; number >>= 1) {
        odd ^= number & 1;
    }
    return PyLong_FromUnsignedLong(odd);
}

static PyMethodDef methods[] = {
    {"parity", parity, METH_O, "1 when an odd number of bits is set, else 0."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_empty_backend._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
