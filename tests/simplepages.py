"""Pages of the simple repository API, as PyPI's templates make them, for the index of the tests."""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One file on a page; `metadata` is the stated SHA-256 of its METADATA."""

    name: str
    sha256: str | None
    size: int | None
    metadata: str | None
    attested: bool


@cache
def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def metadata(content: bytes) -> bytes | None:
    """The METADATA of a wheel, or None for what is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return archive.read(name)
    except (zipfile.BadZipFile, StopIteration):
        return None


def prepare(content: bytes) -> None:
    """Do what an index does with a file when it comes, so that its pages are quick."""
    sha256(content)
    sha256(metadata(content) or b"")


def as_json(files: Sequence[Shown], *, status: Mapping[str, str], serial: int | None) -> str:
    """A page of PEP 691 with the keys of PEP 700, 714, 740 and 792."""
    entries = [
        {
            "filename": file.name,
            "url": f"../../files/{file.name}",
            "hashes": {"sha256": file.sha256} if file.sha256 else {},
            "size": file.size,
            "core-metadata": {"sha256": file.metadata} if file.metadata else False,
            "provenance": f"../../integrity/{file.name}" if file.attested else None,
        }
        for file in files
    ]
    meta = {"api-version": "1.4", **({} if serial is None else {"_last-serial": serial})}
    marker = {"project-status": status} if status else {}
    return json.dumps({"meta": meta, "name": "sample", "files": entries, **marker})


def as_html(files: Sequence[Shown], *, status: Mapping[str, str], serial: int | None) -> str:
    """A page of PEP 503 with the same, sizes left out, for which HTML has no place."""
    keys = {"status": "pypi:project-status", "reason": "pypi:project-status-reason"}
    metas = '<meta name="pypi:repository-version" content="1.4">'
    metas += "".join(f'<meta name="{keys[key]}" content="{html.escape(text)}">' for key, text in status.items())
    comment = "" if serial is None else f"<!--SERIAL {serial}-->"
    return f"<!DOCTYPE html><html><head>{metas}</head><body>{''.join(map(_link, files))}</body></html>{comment}"


def _link(file: Shown) -> str:
    fragment = f"#sha256={file.sha256}" if file.sha256 else ""
    offered = f' data-core-metadata="sha256={file.metadata}"' if file.metadata else ""
    return f'<a href="../../files/{file.name}{fragment}"{offered}>{file.name}</a><br/>'
