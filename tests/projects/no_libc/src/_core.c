#include <Python.h>

static PyObject *bits(PyObject *module, PyObject *argument)
{
    unsigned long number = PyLong_AsUnsignedLong(argument);
    long set = 0;
    (void)module;

    if (number == (unsigned long)-1 && PyErr_Occurred()) {
        return NULL;
    }
    for (; number != 0; number &= number - 1) {
        set++;
    }
    return PyLong_FromLong(set);
}

static PyMethodDef methods[] = {
    {"bits", bits, METH_O, "The number of bits that are set."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_no_libc._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
