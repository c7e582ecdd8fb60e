/* A counter that knows only the stable ABI of CPython 3.9. */
#include <Python.h>

#include <stdio.h>

typedef struct {
    PyObject_HEAD
    long long value;
} Counter;

static PyObject *counter_add(PyObject *self, PyObject *argument)
{
    long long step = PyLong_AsLongLong(argument);
    if (step == -1 && PyErr_Occurred()) {
        return NULL;
    }
    ((Counter *)self)->value += step;
    return PyLong_FromLongLong(((Counter *)self)->value);
}

static PyObject *counter_repr(PyObject *self)
{
    char text[32];
    snprintf(text, sizeof(text), "Counter(%lld)", ((Counter *)self)->value);
    return PyUnicode_FromString(text);
}

/* Instances of a type made at run time own a reference to it. */
static void counter_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF((PyObject *)type);
}

static PyMethodDef counter_methods[] = {
    {"add", counter_add, METH_O, "Add a number and give the new value."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot counter_slots[] = {
    {Py_tp_doc, "A counter that starts at nought."},
    {Py_tp_methods, counter_methods},
    {Py_tp_repr, counter_repr},
    {Py_tp_dealloc, counter_dealloc},
    {0, NULL},
};

static PyType_Spec counter_spec = {
    .name = "wy_abi3._core.Counter",
    .basicsize = sizeof(Counter),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = counter_slots,
};

static int fill(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&counter_spec);
    if (type == NULL) {
        return -1;
    }
    if (PyModule_AddObject(module, "Counter", type) < 0) {
        Py_DECREF(type);
        return -1;
    }
    return 0;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_abi3._core",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
