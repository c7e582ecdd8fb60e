#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdlib.h>

#include <yaml.h>

/* The scalars the parser meets until the stream ends, or -1 when the text is not YAML. */
static long count(yaml_parser_t *parser)
{
    yaml_event_t event;
    yaml_event_type_t type;
    long scalars = 0;

    do {
        if (!yaml_parser_parse(parser, &event)) {
            return -1;
        }
        type = event.type;
        scalars += type == YAML_SCALAR_EVENT;
        yaml_event_delete(&event);
    } while (type != YAML_STREAM_END_EVENT);
    return scalars;
}

static PyObject *count_scalars(PyObject *module, PyObject *argument)
{
    char *text;
    Py_ssize_t size;
    yaml_parser_t *parser;
    (void)module;

    if (PyBytes_AsStringAndSize(argument, &text, &size) < 0) {
        return NULL;
    }
    parser = malloc(sizeof(*parser));
    if (parser == NULL || !yaml_parser_initialize(parser)) {
        free(parser);
        return PyErr_NoMemory();
    }
    yaml_parser_set_input_string(parser, (const unsigned char *)text, (size_t)size);
    long scalars = count(parser);
    yaml_parser_delete(parser);
    free(parser);
    if (scalars < 0) {
        PyErr_SetString(PyExc_ValueError, "not YAML");
        return NULL;
    }
    return PyLong_FromLong(scalars);
}

static PyMethodDef methods[] = {
    {"count_scalars", count_scalars, METH_O, "The number of scalars in a text."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "wy_needs_libyaml._core",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void)
{
    return PyModuleDef_Init(&definition);
}
