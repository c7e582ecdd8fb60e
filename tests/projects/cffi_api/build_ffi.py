"""What Python may call, and the C that it is compiled with."""

from cffi import FFI

ffi = FFI()
ffi.cdef("""
    struct ring { int64_t at[4]; uint8_t next; ...; };
    void ring_put(struct ring *ring, int64_t number);
    int64_t ring_fold(const struct ring *ring, int64_t (*step)(int64_t, int64_t), int64_t first);
    extern "Python" int64_t plus(int64_t, int64_t);
""")
ffi.set_source("wy_cffi_api._ring", '#include "ring.h"', sources=["src/ring.c"], include_dirs=["src"])
