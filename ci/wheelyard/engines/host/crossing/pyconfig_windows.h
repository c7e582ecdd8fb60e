/* What CPython's public headers and extension modules ask of pyconfig.h, for MinGW's compilers on Windows.
   CPython's own PC/pyconfig.h knows 64-bit Windows by Microsoft's compiler only. */
#ifndef Py_CONFIG_H
#define Py_CONFIG_H

#include <io.h>
#include <stdio.h>

#define MS_WIN32 1
#define MS_WINDOWS 1
#ifdef _WIN64
#define MS_WIN64 1
#endif
#define NT_THREADS 1
#define WITH_THREAD 1
#define WITH_DOC_STRINGS 1
#define WITH_PYMALLOC 1
#define PLATLIBDIR "DLLs"

#define Py_ENABLE_SHARED 1
#define HAVE_DECLSPEC_DLL 1
#define HAVE_DYNAMIC_LOADING 1
#ifdef WHEELYARD_GIL_DISABLED
#define Py_GIL_DISABLED 1
#endif

#define SIZEOF_SHORT __SIZEOF_SHORT__
#define SIZEOF_INT __SIZEOF_INT__
#define SIZEOF_LONG __SIZEOF_LONG__
#define SIZEOF_LONG_LONG __SIZEOF_LONG_LONG__
#define SIZEOF_FLOAT __SIZEOF_FLOAT__
#define SIZEOF_DOUBLE __SIZEOF_DOUBLE__
#define SIZEOF_LONG_DOUBLE __SIZEOF_LONG_DOUBLE__
#define SIZEOF_VOID_P __SIZEOF_POINTER__
#define SIZEOF_SIZE_T __SIZEOF_SIZE_T__
#define SIZEOF_UINTPTR_T __SIZEOF_POINTER__
#define SIZEOF_HKEY __SIZEOF_POINTER__
#define SIZEOF_WCHAR_T 2
#define SIZEOF_PID_T __SIZEOF_INT__
#define SIZEOF_OFF_T 4
#define SIZEOF_FPOS_T 8
#define SIZEOF_TIME_T 8
#define ALIGNOF_MAX_ALIGN_T 8
#define ALIGNOF_SIZE_T __SIZEOF_SIZE_T__
#define DOUBLE_IS_LITTLE_ENDIAN_IEEE754 1
#define HAVE_LARGEFILE_SUPPORT 1

#define STDC_HEADERS 1
#define HAVE_ASSERT_H 1
#define HAVE_CONIO_H 1
#define HAVE_DIRECT_H 1
#define HAVE_ERRNO_H 1
#define HAVE_FCNTL_H 1
#define HAVE_FLOAT_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_IO_H 1
#define HAVE_LIMITS_H 1
#define HAVE_LOCALE_H 1
#define HAVE_PROCESS_H 1
#define HAVE_SIGNAL_H 1
#define HAVE_STDARG_PROTOTYPES 1
#define HAVE_STDDEF_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_WCHAR_H 1

#define HAVE_ACOSH 1
#define HAVE_ASINH 1
#define HAVE_ATANH 1
#define HAVE_CLOCK 1
#define HAVE_COPYSIGN 1
#define HAVE_ERF 1
#define HAVE_ERFC 1
#define HAVE_EXPM1 1
#define HAVE_FTIME 1
#define HAVE_GETPEERNAME 1
#define HAVE_GETPID 1
#define HAVE_HYPOT 1
#define HAVE_LOG1P 1
#define HAVE_LOG2 1
#define HAVE_LONG_DOUBLE 1
#define HAVE_LONG_LONG 1
#define HAVE_MEMMOVE 1
#define HAVE_MKTIME 1
#define HAVE_PUTENV 1
#define HAVE_ROUND 1
#define HAVE_SETLOCALE 1
#define HAVE_SETVBUF 1
#define HAVE_SIGNAL 1
#define HAVE_STRERROR 1
#define HAVE_STRFTIME 1
#define HAVE_TMPNAM 1
#define HAVE_UINTPTR_T 1
#define HAVE_WCSCOLL 1
#define HAVE_WCSFTIME 1
#define HAVE_WCSXFRM 1

#endif
