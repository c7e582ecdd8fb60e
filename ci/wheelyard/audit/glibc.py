"""Symbols that are in every process of Python on glibc, whichever library a file names for them.

The interpreter is linked to libc, libm, libdl and libpthread itself, so a module that forgot to name libm still finds
`floor`: careless, and it works on every system. The names are those of ISO C 23 (7.6, 7.12), POSIX and dlfcn.h.
"""

from __future__ import annotations

import re

_MATHS = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh drem erf erfc exp exp10 exp2 expm1 fabs fdim finite
floor fma fmax fmin fmod frexp gamma hypot ilogb isinf isnan j0 j1 jn ldexp lgamma lgamma_r llrint llround log log10
log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward pow pow10 remainder remquo rint round scalb scalbln
scalbn signbit significand sin sincos sinh sqrt tan tanh tgamma trunc y0 y1 yn
cabs cacos cacosh carg casin casinh catan catanh ccos ccosh cexp cimag clog clog10 conj cpow cproj creal csin csinh
csqrt ctan ctanh
"""
_NAMES = re.compile(
    rf"(__)?({'|'.join(_MATHS.split())})[fl]?(_finite)?|__(fpclassify|signbit|finite|isinf|isnan)[fl]?"
    r"|fe(clear|get|raise|set|test|hold|update|enable|disable)\w+|signgam"
    r"|_?_?pthread_\w+|sem_\w+|dl(open|close|sym|error|addr1?|info|vsym|mopen|_iterate_phdr)"
)
_LINKER = frozenset(
    ["__gmon_start__", "_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "__dso_handle", "_end", "__bss_start", "_edata"]
)


def in_every_process(name: str) -> bool:
    """Whether Python's own libraries define `name`."""
    return name in _LINKER or _NAMES.fullmatch(name) is not None
