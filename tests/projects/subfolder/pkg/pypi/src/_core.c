#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "rot.h"

static PyObject *rot13(PyObject *module, PyObject *argument)
{
    Py_ssize_t size;
    char *source;
    (void)module;

    if (PyBytes_AsStringAndSize(argument, &source, &size) < 0) {
        return NULL;
    }
    PyObject *result = PyBytes_FromStringAndSize(NULL, size);
    if (result == NULL) {
        return NULL;
    }
    char *target = PyBytes_AS_STRING(result);
    for (Py_ssize_t i = 0; i < size; i++) {
        target[i] = wy_rot13(source[i]);
    }
    return result;
}

static PyMethodDef methods[] = {
    {"rot13", rot13, METH_O, "The bytes with every letter 13 places further on."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_subfolder._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
