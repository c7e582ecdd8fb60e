"""What the installed wheel must do."""

import wy_nanobind_abi3
from wy_nanobind_abi3 import _core

assert "site-packages" in wy_nanobind_abi3.__file__, wy_nanobind_abi3.__file__
assert _core.__file__.endswith((".abi3.so", "_core.pyd")), _core.__file__

assert wy_nanobind_abi3.inverted({1: ["one", "uno"], 2: ["two"]}) == {"one": 1, "two": 2, "uno": 1}
for table, error, text in (
    ({1: ["one"], 2: ["one"]}, KeyError, "'twice: one'"),
    ({}, ValueError, "nothing to invert"),
):
    try:
        wy_nanobind_abi3.inverted(table)
    except error as raised:
        assert str(raised) == text, raised
    else:
        raise AssertionError(table)
