#include <Python.h>

static PyObject *where(PyObject *self, PyObject *args) { return PyUnicode_FromString(WHERE); }

static PyMethodDef methods[] = {{"where", where, METH_NOARGS, "The folder this was built in."}, {NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_core", NULL, -1, methods};

PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&module); }
