"""What the installed wheel must do."""

import importlib.metadata
import pathlib
import zlib

import wy_hostile_name

package = pathlib.Path(wy_hostile_name.__file__).parent
assert "site-packages" in package.parts, package

files = sorted((package / "données, brutes").iterdir())
assert [file.name for file in files] == ["'quoted' $HOME & 觀覽車.txt", "naïve data.txt"], files
assert files[0].read_text("utf-8") == "摩天輪\n"
assert files[1].read_text("utf-8") == "Où sont les données ?\n"
for file in files:
    assert wy_hostile_name.adler32(file) == zlib.adler32(file.read_bytes())
try:
    wy_hostile_name.adler32(package / "données")
except FileNotFoundError as error:
    assert error.filename == package / "données"
else:
    raise AssertionError("a file that is not there had a checksum")

summary = importlib.metadata.metadata("wy-hostile-name")["Summary"]
assert summary == "Naïve “names” — with commas, spaces, $(dollars), ${{ braces }} and 🎡 in them", summary
