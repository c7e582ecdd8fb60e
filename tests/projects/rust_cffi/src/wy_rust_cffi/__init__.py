"""The library, opened by cffi in ABI mode: no compiler, no Python headers, one wheel for every Python."""

from pathlib import Path

from cffi import FFI

_ffi = FFI()
_ffi.cdef("uint64_t wy_hash(const char *); char *wy_hash_hex(const char *); void wy_free(char *);")
(_file,) = Path(__file__).parent.glob("_native.*")
_library = _ffi.dlopen(str(_file))


def hash_hex(text):
    """The FNV-1a hash of a text, in hexadecimal."""
    made = _library.wy_hash_hex(text.encode())
    try:
        return _ffi.string(made).decode()
    finally:
        _library.wy_free(made)
