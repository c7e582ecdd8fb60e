from ctypes import CDLL, c_uint64
from pathlib import Path

(_file,) = Path(__file__).parent.glob("turns.*")
_library = CDLL(str(_file))
_library.wy_turns.restype = _library.wy_scaled.restype = c_uint64


def turns(threads):
    """How often all threads had their turn."""
    return _library.wy_turns(threads)


def scaled(value, by, over):
    """`value` times `by` over `over`, without overflow in between."""
    return _library.wy_scaled(c_uint64(value), c_uint64(by), c_uint64(over))
