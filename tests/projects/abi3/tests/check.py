"""What the installed wheel must do, on every CPython from 3.9 on."""

import wy_abi3
import wy_abi3._core

assert "site-packages" in wy_abi3._core.__file__, wy_abi3._core.__file__
assert wy_abi3._core.__file__.endswith((".abi3.so", "_core.pyd")), wy_abi3._core.__file__

counter = wy_abi3.Counter()
assert counter.add(40) == 40
assert counter.add(2) == 42
assert repr(counter) == "Counter(42)"
assert wy_abi3.Counter().add(0) == 0
try:
    counter.add(2**63)
except OverflowError:
    assert counter.add(0) == 42
else:
    raise AssertionError("a number too large for the counter was added")
