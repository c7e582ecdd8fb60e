#include <Python.h>

#include <stdlib.h>

#include "fraction.h"

static PyObject *reduce(PyObject *module, PyObject *argument)
{
    unsigned long above, below = 1;
    const char *text = PyUnicode_AsUTF8(argument);
    char *rest;
    (void)module;

    if (text == NULL) {
        return NULL;
    }
    above = strtoul(text, &rest, 10);
    if (*rest == '/') {
        below = strtoul(rest + 1, &rest, 10);
    }
    if (*rest != '\0') {
        return PyErr_Format(PyExc_ValueError, "not a fraction: '%s'", text);
    }
    if (below == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "a fraction over nought");
        return NULL;
    }
    unsigned long divisor = wy_gcd(above, below);
    return Py_BuildValue("kk", above / divisor, below / divisor);
}

static PyMethodDef methods[] = {
    {"reduce", reduce, METH_O, "A fraction in its lowest terms."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_vendored._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
