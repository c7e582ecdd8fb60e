#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>

static PyObject *adler32(PyObject *module, PyObject *argument)
{
    Py_buffer view;
    uint32_t low = 1, high = 0;
    (void)module;

    if (PyObject_GetBuffer(argument, &view, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    const unsigned char *bytes = view.buf;
    for (Py_ssize_t i = 0; i < view.len; i++) {
        low = (low + bytes[i]) % 65521;
        high = (high + low) % 65521;
    }
    PyBuffer_Release(&view);
    return PyLong_FromUnsignedLong((unsigned long)high << 16 | low);
}

static PyMethodDef methods[] = {
    {"adler32", adler32, METH_O, "The Adler-32 checksum of a buffer."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_hostile_name._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
