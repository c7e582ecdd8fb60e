/* Compiled for a machine before anything else is: what pyconfig.h says of its ABI must be so. */
#include <Python.h>
#include <stddef.h>
#include <time.h>
#include <wchar.h>

#define SAME(macro, type) _Static_assert((macro) == sizeof(type), #macro " of pyconfig.h is not that of " #type)

SAME(SIZEOF_SHORT, short);
SAME(SIZEOF_INT, int);
SAME(SIZEOF_LONG, long);
SAME(SIZEOF_LONG_LONG, long long);
SAME(SIZEOF_VOID_P, void *);
SAME(SIZEOF_SIZE_T, size_t);
SAME(SIZEOF_WCHAR_T, wchar_t);
SAME(SIZEOF_TIME_T, time_t);
SAME(SIZEOF_SIZE_T, Py_ssize_t);
SAME(SIZEOF_LONG_DOUBLE, long double);
#ifdef WORDS_BIGENDIAN
_Static_assert(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__, "pyconfig.h says big-endian");
#else
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pyconfig.h says little-endian");
#endif
#ifdef _WIN64
#ifndef MS_WIN64
#error "pyconfig.h does not know 64-bit Windows"
#endif
#endif
