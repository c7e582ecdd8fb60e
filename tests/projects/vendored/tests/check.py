"""What the installed wheel must do, with the library it brought along and no other."""

import pathlib

import wy_vendored

package = pathlib.Path(wy_vendored.__file__).parent
assert "site-packages" in package.parts, package

assert wy_vendored.reduce("84/36") == (7, 3)
assert wy_vendored.reduce("0/5") == (0, 1)
assert wy_vendored.reduce("6") == (6, 1)
try:
    wy_vendored.reduce("1/0")
except ZeroDivisionError as error:
    assert str(error) == "a fraction over nought"
else:
    raise AssertionError("a fraction over nought was reduced")

try:
    wy_vendored.reduce("one half")
except ValueError as error:
    assert str(error) == "not a fraction: 'one half'"
else:
    raise AssertionError("a text that is no fraction was reduced")

loaded = [line.split()[-1] for line in open("/proc/self/maps") if "libwyfraction" in line]
assert loaded, "the library is not loaded"
brought = {str(file.resolve()) for file in package.parent.glob("wy_vendored.libs/libwyfraction*")}
assert set(loaded) <= brought, f"loaded {sorted(set(loaded))}, brought along {sorted(brought)}"
