"""Makes wheels that have nothing wrong, and breaks them in one way at a time."""

from __future__ import annotations

import base64
import hashlib
import warnings
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

MANYLINUX = "cp312-cp312-manylinux_2_17_x86_64"
MUSLLINUX = "cp312-cp312-musllinux_1_2_x86_64"
MACOS = "cp312-cp312-macosx_11_0_arm64"
UNIVERSAL2 = "cp312-cp312-macosx_10_13_universal2"
WINDOWS = "cp312-cp312-win_amd64"
PURE = "py3-none-any"

README = "# Sample\n\nA sample.\n"


def metadata(*extra: str, name: str = "wy-sample", version: str = "1.0", drop: str = "", body: str = README) -> bytes:
    """METADATA that twine and PyPI take; `drop` names a field to leave out."""
    fields = (
        "Metadata-Version: 2.4",
        f"Name: {name}",
        f"Version: {version}",
        "Summary: A sample",
        "Requires-Python: >=3.9",
        "License-Expression: MIT",
        "License-File: LICENSE",
        "Description-Content-Type: text/markdown",
        *extra,
    )
    kept = [line for line in fields if not drop or not line.startswith(f"{drop}:")]
    return ("\n".join(kept) + "\n\n" + body).encode()


@dataclass
class Draft:
    """A wheel to be: `tags` are those of the file name; `info` the files of .dist-info; `record` rows to change."""

    tags: str = PURE
    name: str = "wy_sample"
    version: str = "1.0"
    files: dict[str, bytes] = field(default_factory=lambda: {"wy_sample/__init__.py": b"answer = 42\n"})
    info: dict[str, bytes] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    record_rows: dict[str, tuple[str, str] | None] = field(default_factory=dict)
    record_more: str = ""
    links: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    method: int = zipfile.ZIP_DEFLATED
    file: str = ""

    @property
    def folder(self) -> str:
        """The .dist-info folder."""
        return f"{self.name}-{self.version}.dist-info"

    def save(self, where: Path) -> Path:
        """Write the wheel."""
        path = where / (self.file or f"{self.name}-{self.version}-{self.tags}.whl")
        members = self.members()
        with zipfile.ZipFile(path, "w", self.method) as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # zipfile warns of the duplicates that some want
            for name, data in (*members.items(), *((name, members[name]) for name in self.twice)):
                entry = zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0))
                entry.external_attr = (0o120777 if name in self.links else 0o100644) << 16
                entry.compress_type = self.method
                archive.writestr(entry, data)
        return path

    def members(self) -> dict[str, bytes]:
        """Every file with its bytes, RECORD last."""
        info = {
            "METADATA": metadata(version=self.version),
            "WHEEL": wheel_file(self.tags),
            "licenses/LICENSE": b"Permission is granted.\n",
        } | self.info
        named = {
            (name if "/" in name and "dist-info" in name else f"{self.folder}/{name}"): data
            for name, data in info.items()
        }
        members = self.files | {
            name: data for name, data in named.items() if name.rpartition("/")[2] not in self.absent
        }
        if "RECORD" not in self.absent and "RECORD" not in self.info:
            members[f"{self.folder}/RECORD"] = self._record(members)
        return members

    def _record(self, members: dict[str, bytes]) -> bytes:
        rows = {name: row(data) for name, data in members.items()} | {f"{self.folder}/RECORD": ("", "")}
        rows |= {name: changed for name, changed in self.record_rows.items() if changed is not None}
        dropped = {name for name, changed in self.record_rows.items() if changed is None}
        lines = [f"{quoted(name)},{digest},{size}\n" for name, (digest, size) in rows.items() if name not in dropped]
        return ("".join(lines) + self.record_more).encode()


def wheel_file(tags: str, *, purelib: bool | None = None, version: str = "1.0") -> bytes:
    """WHEEL for compressed tags."""
    pythons, abis, platforms = tags.split("-")
    pure = platforms == "any" if purelib is None else purelib
    lines = [f"Wheel-Version: {version}", "Generator: wheelmaker", f"Root-Is-Purelib: {'true' if pure else 'false'}"]
    for python in pythons.split("."):
        for abi in abis.split("."):
            lines += [f"Tag: {python}-{abi}-{platform}" for platform in platforms.split(".")]
    return ("\n".join(lines) + "\n").encode()


def row(data: bytes) -> tuple[str, str]:
    """Hash and size as RECORD has them."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}", str(len(data))


def quoted(name: str) -> str:
    """A name in CSV."""
    return f'"{name}"' if "," in name else name
