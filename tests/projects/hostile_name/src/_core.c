#include <Python.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

static unsigned long sum_file(FILE *file)
{
    uint32_t low = 1, high = 0;
    for (int byte = getc(file); byte != EOF; byte = getc(file)) {
        low = (low + (uint32_t)byte) % 65521;
        high = (high + low) % 65521;
    }
    return (unsigned long)high << 16 | low;
}

static PyObject *adler32(PyObject *module, PyObject *argument)
{
    PyObject *path = NULL;
    (void)module;

    if (!PyUnicode_FSConverter(argument, &path)) {
        return NULL;
    }
    FILE *file = fopen(PyBytes_AS_STRING(path), "rb");
    Py_DECREF(path);
    if (file == NULL) {
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, argument);
    }
    unsigned long sum = sum_file(file);
    fclose(file);
    return PyLong_FromUnsignedLong(sum);
}

static PyMethodDef methods[] = {
    {"adler32", adler32, METH_O, "The Adler-32 checksum of a file."},
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
