/* Sums of powers on several threads, and the size of a file. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>

#define THREADS 4

typedef struct {
    const double *first;
    Py_ssize_t count;
    double exponent;
    double sum;
} Slice;

static void *sum_slice(void *argument)
{
    Slice *slice = argument;
    slice->sum = 0.0;
    for (Py_ssize_t i = 0; i < slice->count; i++) {
        slice->sum += pow(slice->first[i], slice->exponent);
    }
    return NULL;
}

/* Cut the values into THREADS slices and sum each on its own thread; gives 0 or the error number of pthread_create. */
static int sum_on_threads(const double *values, Py_ssize_t count, double exponent, double *total)
{
    pthread_t threads[THREADS];
    Slice slices[THREADS];
    int started = 0;
    int failure = 0;

    for (; started < THREADS && failure == 0; started++) {
        Py_ssize_t begin = count * started / THREADS;
        Py_ssize_t end = count * (started + 1) / THREADS;
        slices[started] = (Slice){.first = values + begin, .count = end - begin, .exponent = exponent};
        failure = pthread_create(&threads[started], NULL, sum_slice, &slices[started]);
    }
    if (failure != 0) {
        started--;
    }
    *total = 0.0;
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        *total += slices[i].sum;
    }
    return failure;
}

static PyObject *power_sum(PyObject *module, PyObject *args)
{
    Py_buffer view;
    double exponent;
    double total = 0.0;
    int failure;
    (void)module;

    if (!PyArg_ParseTuple(args, "y*d:power_sum", &view, &exponent)) {
        return NULL;
    }
    if (view.len % (Py_ssize_t)sizeof(double) != 0) {
        PyBuffer_Release(&view);
        PyErr_SetString(PyExc_ValueError, "the buffer must hold whole doubles");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    failure = sum_on_threads(view.buf, view.len / (Py_ssize_t)sizeof(double), exponent, &total);
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&view);
    if (failure != 0) {
        errno = failure;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    return PyFloat_FromDouble(total);
}

static PyObject *file_size(PyObject *module, PyObject *argument)
{
    PyObject *path = NULL;
    struct stat status;
    (void)module;

    if (!PyUnicode_FSConverter(argument, &path)) {
        return NULL;
    }
    if (stat(PyBytes_AS_STRING(path), &status) != 0) {
        Py_DECREF(path);
        return PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, argument);
    }
    Py_DECREF(path);
    return PyLong_FromLongLong((long long)status.st_size);
}

static PyMethodDef methods[] = {
    {"power_sum", power_sum, METH_VARARGS, "The sum of every double in a buffer raised to a power."},
    {"file_size", file_size, METH_O, "The size of a file in bytes."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_setuptools_c._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
