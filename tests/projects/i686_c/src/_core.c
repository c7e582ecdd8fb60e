/* What is narrower in 32 bits: pointers, long, time_t and off_t; and what must not be. */
#define PY_SSIZE_T_CLEAN
#define _FILE_OFFSET_BITS 64 /* off_t of 64 bits where it would have 32: files beyond 2 GiB */
#include <Python.h>

#include <sys/types.h>
#include <unistd.h>

static PyObject *widths(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("{s:n,s:n,s:n}", "pointer", (Py_ssize_t)sizeof(void *), "long", (Py_ssize_t)sizeof(long),
                         "offset", (Py_ssize_t)sizeof(off_t));
}

/* The product of two numbers below 2**32, which a long of 32 bits cannot hold. */
static PyObject *product(PyObject *self, PyObject *args)
{
    unsigned long one, other;
    (void)self;
    if (!PyArg_ParseTuple(args, "kk", &one, &other)) {
        return NULL;
    }
    return PyLong_FromUnsignedLongLong((unsigned long long)one * other);
}

/* Where a file descriptor is after a seek from its start. */
static PyObject *seek(PyObject *self, PyObject *args)
{
    int fd;
    long long offset;
    (void)self;
    if (!PyArg_ParseTuple(args, "iL", &fd, &offset)) {
        return NULL;
    }
    off_t there = lseek(fd, (off_t)offset, SEEK_SET);
    return there < 0 ? PyErr_SetFromErrno(PyExc_OSError) : PyLong_FromLongLong(there);
}

static PyMethodDef methods[] = {
    {"widths", widths, METH_NOARGS, "The sizes of types in bytes."},
    {"product", product, METH_VARARGS, "The product of two numbers below 2**32."},
    {"seek", seek, METH_VARARGS, "Seek from the start of a file."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_core", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&module); }
