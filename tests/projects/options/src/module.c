#include <Python.h>

#include <stdlib.h>

#include "made_before.h"

static PyObject *reached(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    return Py_BuildValue("{s:i,s:s,s:s,s:s,s:z}", "level", WY_LEVEL, "greeting", WY_GREETING, "drink", WY_DRINK,
                         "before-build", WY_MADE_BEFORE, "test-environment", getenv("WY_TESTED"));
}

static PyMethodDef methods[] = {
    {"reached", reached, METH_NOARGS, "What reached the build and this process, by option."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_options._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
