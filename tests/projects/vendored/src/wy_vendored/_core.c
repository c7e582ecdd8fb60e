#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "fraction.h"

static PyObject *reduce(PyObject *module, PyObject *args)
{
    unsigned long above, below;
    (void)module;

    if (!PyArg_ParseTuple(args, "kk:reduce", &above, &below)) {
        return NULL;
    }
    if (below == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "a fraction over nought");
        return NULL;
    }
    unsigned long divisor = wy_gcd(above, below);
    return Py_BuildValue("kk", above / divisor, below / divisor);
}

static PyMethodDef methods[] = {
    {"reduce", reduce, METH_VARARGS, "A fraction in its lowest terms."},
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
