#include <Python.h>

#include <stdio.h>

#if PY_MAJOR_VERSION == 3 && PY_MINOR_VERSION == 13
#error "wy-fails-once does not compile for CPython 3.13, on purpose"
#endif

static PyObject *compiled_for(PyObject *module, PyObject *unused)
{
    char text[32];
    (void)module;
    (void)unused;
    snprintf(text, sizeof(text), "%d.%d", PY_MAJOR_VERSION, PY_MINOR_VERSION);
    return PyUnicode_FromString(text);
}

static PyMethodDef methods[] = {
    {"compiled_for", compiled_for, METH_NOARGS, "The version of the headers this was compiled with."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_fails_once._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
