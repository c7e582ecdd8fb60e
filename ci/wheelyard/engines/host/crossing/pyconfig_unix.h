/* The build machine's pyconfig.h, then every fact of the target's ABI in it, as the compiler states them. */
#ifndef WHEELYARD_PYCONFIG_H
#define WHEELYARD_PYCONFIG_H

#include "build_machine_pyconfig.h"

#undef SIZEOF_SHORT
#undef SIZEOF_INT
#undef SIZEOF_LONG
#undef SIZEOF_LONG_LONG
#undef SIZEOF_FLOAT
#undef SIZEOF_DOUBLE
#undef SIZEOF_LONG_DOUBLE
#undef SIZEOF_VOID_P
#undef SIZEOF_SIZE_T
#undef SIZEOF_UINTPTR_T
#undef SIZEOF_WCHAR_T
#undef SIZEOF_PTHREAD_T
#undef SIZEOF_PTHREAD_KEY_T
#undef SIZEOF_TIME_T
#undef SIZEOF_OFF_T
#undef ALIGNOF_LONG
#undef ALIGNOF_SIZE_T
#undef ALIGNOF_MAX_ALIGN_T
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
#define SIZEOF_WCHAR_T __SIZEOF_WCHAR_T__
#define SIZEOF_PTHREAD_T __SIZEOF_POINTER__
#define SIZEOF_OFF_T 8
#define ALIGNOF_LONG __SIZEOF_LONG__
#define ALIGNOF_SIZE_T __SIZEOF_SIZE_T__
#define ALIGNOF_MAX_ALIGN_T __BIGGEST_ALIGNMENT__
#ifdef __APPLE__
#define SIZEOF_PTHREAD_KEY_T __SIZEOF_LONG__
#else
#define SIZEOF_PTHREAD_KEY_T 4
#endif

/* glibc's time_t has 32 bits on 32-bit machines, and Python there is built with large files. */
#undef HAVE_LARGEFILE_SUPPORT
#if defined(__linux__) && __SIZEOF_POINTER__ == 4
#define SIZEOF_TIME_T 4
#define HAVE_LARGEFILE_SUPPORT 1
#else
#define SIZEOF_TIME_T 8
#endif

#undef WORDS_BIGENDIAN
#undef FLOAT_WORDS_BIGENDIAN
#undef DOUBLE_IS_BIG_ENDIAN_IEEE754
#undef DOUBLE_IS_LITTLE_ENDIAN_IEEE754
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define WORDS_BIGENDIAN 1
#define FLOAT_WORDS_BIGENDIAN 1
#define DOUBLE_IS_BIG_ENDIAN_IEEE754 1
#else
#define DOUBLE_IS_LITTLE_ENDIAN_IEEE754 1
#endif

#undef HAVE_GCC_ASM_FOR_X64
#undef HAVE_GCC_ASM_FOR_X87
#undef HAVE_GCC_UINT128_T
#ifdef __SIZEOF_INT128__
#define HAVE_GCC_UINT128_T 1
#endif
#ifdef __x86_64__
#define HAVE_GCC_ASM_FOR_X64 1
#endif
#if defined(__x86_64__) || defined(__i386__)
#define HAVE_GCC_ASM_FOR_X87 1
#endif

#undef Py_ENABLE_SHARED /* extension modules do not link libpython on these systems */

#ifdef __APPLE__
#undef HAVE_LINUX_LIMITS_H
#undef HAVE_SYS_EPOLL_H
#define HAVE_DYNAMIC_LOADING 1
#define HAVE_KQUEUE 1
#define _DARWIN_C_SOURCE 1
#endif

#endif
