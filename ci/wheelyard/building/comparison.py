"""Explain how two archives that should be the same bytes differ: which member, and what likely made it so."""

from __future__ import annotations

import io
import re
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wheelyard.doors import process
from wheelyard.doors.tars import tarfile

_LOOKED_AT = 16 << 20  # bytes of a member in which a cause is looked for
_SHORT = 60  # bytes of text that are shown as they are
_RUN = re.compile(rb"[\t\x20-\x7e]{4,}")
_WORD = re.compile(rb"[^\s'\"`=,;(){}\[\]<>]+")
_TIME = re.compile(rb"\d:\d\d\b|\b(19|20)\d\d[-/]?[01]\d[-/]?\d\d|\b1[6-9]\d{8}\b|^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which two archives differ; without a member it is about the archive as a whole."""

    member: str | None
    what: str


@dataclass(frozen=True, kw_only=True)
class _Archive:
    """The members in their order, what the archive says of each besides content, and how to read one."""

    facts: dict[str, str]
    read: Callable[[str], bytes]


def differences(one: Path, two: Path) -> tuple[Difference, ...]:
    """What differs between two wheels or sdists, the first as it was and the second as it was made again."""
    opened = _wheel if one.name.endswith(".whl") else _sdist
    with opened(one) as left, opened(two) as right:
        found = tuple(_between(left, right))
    return found or (
        Difference(member=None, what="The members are the same, packed by another zlib. Use the same Python."),
    )


def diffoscope(one: Path, two: Path, *, report: Path) -> Path | None:
    """What diffoscope says of the two, written to `report`; None where it is not installed or has nothing to say."""
    if shutil.which("diffoscope") is None:
        return None
    command = ("diffoscope", "--no-progress", "--text", report, "--max-text-report-size", str(1 << 20), one, two)
    process.run([str(part) for part in command])
    return report if report.is_file() else None


@contextmanager
def _wheel(path: Path) -> Iterator[_Archive]:
    with zipfile.ZipFile(path) as archive:
        members = {member.filename: member for member in archive.infolist() if not member.is_dir()}
        facts = {
            name: f"{stat.filemode(member.external_attr >> 16)} {member.date_time}" for name, member in members.items()
        }
        yield _Archive(facts=facts, read=archive.read)


@contextmanager
def _sdist(path: Path) -> Iterator[_Archive]:
    with tarfile.open(path) as archive:
        members = {member.name: member for member in archive if not member.isdir()}
        facts = {
            name: f"{stat.filemode(member.mode)} {member.mtime} {member.uname or member.uid} {member.linkname}"
            for name, member in members.items()
        }
        yield _Archive(facts=facts, read=lambda name: (archive.extractfile(members[name]) or io.BytesIO()).read())


def _between(left: _Archive, right: _Archive) -> Iterator[Difference]:
    gone, come = left.facts.keys() - right.facts.keys(), right.facts.keys() - left.facts.keys()
    found = [Difference(member=name, what="is not there when built again") for name in sorted(gone)]
    found += [Difference(member=name, what="is there only when built again") for name in sorted(come)]
    common = [name for name in left.facts if name in right.facts]
    for name in sorted(common, key=lambda name: name.endswith(".dist-info/RECORD")):
        old, new = left.read(name), right.read(name)
        if old != new and not (found and name.endswith(".dist-info/RECORD")):  # RECORD only follows the others
            found.append(Difference(member=name, what=cause(old, new)))
        if left.facts[name] != right.facts[name]:
            what = f"says {left.facts[name]}, and {right.facts[name]} when built again"
            found.append(Difference(member=name, what=what))
    yield from found
    if common != [name for name in right.facts if name in left.facts]:
        yield Difference(member=None, what="The members are in another order.")


def cause(old: bytes, new: bytes) -> str:
    """What two contents of one member tell of why they differ, and what to do about it."""
    before, after = _RUN.findall(old[:_LOOKED_AT]), _RUN.findall(new[:_LOOKED_AT])
    if before == after:
        return _bytes(old, new)
    if sorted(before) == sorted(after):
        return _reordered("lines", before, after)
    gone, come = _only(before, after), _only(after, before)
    if not gone or not come:
        return f"holds {_quoted((gone or come)[0])} only {'before' if gone else 'when built again'}"
    words, others = _WORD.findall(gone[0]), _WORD.findall(come[0])
    if words != others and sorted(words) == sorted(others):
        return _reordered("words", words, others)
    pairs = (pair for pair in zip(words, others, strict=False) if pair[0] != pair[1])
    whole = len(gone[0]) <= _SHORT
    return _told(*((gone[0], come[0]) if whole else next(pairs, (gone[0], come[0]))))


def _told(old: bytes, new: bytes) -> str:
    both = f"{_quoted(old)}, then {_quoted(new)}"
    if b"/" in old and b"/" in new and old.startswith(b"/") == new.startswith(b"/") and not _TIME.search(old):
        return f"holds the folder it was built in ({both}). Leave it out, or map it with -ffile-prefix-map"
    if _TIME.search(old) and _TIME.search(new):
        return f"holds the time of the build ({both}). Take it from SOURCE_DATE_EPOCH"
    return f"differs: {both}"


def _reordered(kind: str, old: Sequence[bytes], new: Sequence[bytes]) -> str:
    first, other = next((a, b) for a, b in zip(old, new, strict=True) if a != b)
    both = f"{_quoted(first)} where {_quoted(other)} comes when built again"
    return f"holds the same {kind} in another order ({both}). Sort what comes from a set or from listing a folder"


def _only(these: Sequence[bytes], those: Sequence[bytes]) -> list[bytes]:
    others = frozenset(those)
    return [run for run in these if run not in others]


def _bytes(old: bytes, new: bytes) -> str:
    if len(old) != len(new):
        return f"has {len(old)} bytes, and {len(new)} when built again"
    places = [place for place, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    return f"differs in {len(places)} bytes, the first at {places[0]:#x}"


def _quoted(text: bytes) -> str:
    most = 80
    cut = text.strip().decode("ascii", errors="replace")
    return f"'{cut}'" if len(cut) <= most else f"'{cut[:most]}...'"
