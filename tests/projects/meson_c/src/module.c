#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "distance.h"

static PyObject *distance(PyObject *module, PyObject *args)
{
    PyObject *left, *right;
    Py_UCS4 *left_points = NULL, *right_points = NULL;
    size_t result = SIZE_MAX;
    (void)module;

    if (!PyArg_ParseTuple(args, "UU:distance", &left, &right)) {
        return NULL;
    }
    left_points = PyUnicode_AsUCS4Copy(left);
    right_points = PyUnicode_AsUCS4Copy(right);
    if (left_points != NULL && right_points != NULL) {
        result = wy_distance(left_points, (size_t)PyUnicode_GetLength(left), right_points,
                             (size_t)PyUnicode_GetLength(right));
    }
    PyMem_Free(left_points);
    PyMem_Free(right_points);
    return result == SIZE_MAX ? PyErr_NoMemory() : PyLong_FromSize_t(result);
}

static PyMethodDef methods[] = {
    {"distance", distance, METH_VARARGS, "The fewest single-letter changes that turn one text into the other."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_meson_c._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
