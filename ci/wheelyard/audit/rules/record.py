"""Rules about RECORD, WHEEL and the .dist-info folder: is the list of what is in the wheel complete and true."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator

from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, Hit, Policy, Rule

_FORMAT = "https://packaging.python.org/en/latest/specifications/binary-distribution-format/"
_RECORD = "https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file"
_UNHASHED = ("RECORD", "RECORD.jws", "RECORD.p7s")
_COLUMNS = 3


def _dist_info(contents: Contents, _policy: Policy) -> Iterator[Hit]:
    folders = contents.dist_infos
    if contents.whole and not folders:
        yield Hit(message="There is no .dist-info folder.")
    elif len(folders) > 1:
        yield Hit(message=f"There are {len(folders)} .dist-info folders: {', '.join(folders)}.")
    elif folders and (given := contents.name) is not None:
        name, _, version = folders[0].removesuffix(".dist-info").partition("-")
        if not _same(name, given.name) or not _same_version(version, str(given.version)):
            yield Hit(path=folders[0], message=f"The folder is not named for {given.name} {given.version}.")


def _same(name: str, canonical: str) -> bool:
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    return canonicalize_name(name) == canonical


def _same_version(text: str, version: str) -> bool:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    try:
        return Version(text.replace("_", "+", 1) if "+" not in text else text) == Version(version)
    except InvalidVersion:
        return False


def _absent(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.whole and len(contents.dist_infos) == 1:
        for name in ("METADATA", "WHEEL", "RECORD"):
            if f"{contents.dist_infos[0]}/{name}" not in contents.names:
                yield Hit(message=f"There is no {name} in {contents.dist_infos[0]}.")


def _unreadable(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.info("RECORD") is not None and contents.record is None:
        yield Hit(path=_path(contents), message="It is not CSV in UTF-8.")
    for row in contents.record or ():
        if len(row) != _COLUMNS:
            yield Hit(path=_path(contents), message=f"A row has {len(row)} columns and not 3: {','.join(row)[:80]!r}.")
    for name, times in Counter(row[0] for row in contents.record or ()).items():
        if times > 1:
            yield Hit(path=_path(contents), message=f"{name} has {times} rows.")


def _missing_entry(contents: Contents, _: Policy) -> Iterator[Hit]:
    """RECORD itself is listed without a hash, its signatures need not be."""
    if contents.record is None:
        return
    listed = {row[0] for row in contents.record}
    excused = {f"{contents.dist_infos[0]}/{name}" for name in _UNHASHED}
    for member in contents.members:
        if member.name not in listed and member.name not in excused:
            yield Hit(path=member.name, message="The file is in the archive and not in RECORD.")


def _ghost(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.record is None or not contents.whole:
        return
    for row in contents.record:
        if row[0] not in contents.names and not row[0].endswith("/"):
            yield Hit(path=row[0], message="RECORD lists a file that is not in the archive.")


def _untrue(contents: Contents, _: Policy) -> Iterator[Hit]:
    members = {member.name: member for member in contents.members}
    for name, claimed, size in (row for row in contents.record or () if len(row) == _COLUMNS):
        member = members.get(name)
        if member is None or member.digest is None or _excused(contents, name):
            continue
        if size and size != str(member.size):
            yield Hit(path=name, message=f"RECORD says it has {size} bytes, it has {member.size}.")
        if claimed.startswith("sha256=") and _decoded(claimed.removeprefix("sha256=")) != member.digest:
            yield Hit(path=name, message="Its SHA-256 is not the one in RECORD.")


def _weak(contents: Contents, _: Policy) -> Iterator[Hit]:
    for name, claimed, _size in (row for row in contents.record or () if len(row) == _COLUMNS):
        algorithm = claimed.partition("=")[0]
        if algorithm in {"sha256", "sha384", "sha512"} or _excused(contents, name) or name not in contents.names:
            continue
        yield Hit(path=name, message=f"RECORD has {f'a hash by {algorithm}' if algorithm else 'no hash'} for it.")


def _excused(contents: Contents, name: str) -> bool:
    return name in {f"{folder}/{base}" for folder in contents.dist_infos for base in _UNHASHED}


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _path(contents: Contents) -> str:
    return f"{contents.dist_infos[0]}/RECORD"


RULES = (
    Rule(
        id="dist-info",
        severity=ERROR,
        says="There is not exactly one .dist-info folder, or it is named for another project or version.",
        fix="Build the wheel again in a clean folder; remove old build/ and *.egg-info first.",
        why="pip refuses the wheel.",
        source=_FORMAT,
        check=_dist_info,
    ),
    Rule(
        id="dist-info-file",
        severity=ERROR,
        says="METADATA, WHEEL or RECORD is absent.",
        fix="Build the wheel with a PEP 517 back end, and let tools repack it that write these files.",
        why="Without them nothing can install or check the wheel.",
        source=_FORMAT,
        check=_absent,
    ),
    Rule(
        id="record-unreadable",
        severity=ERROR,
        says="RECORD is not CSV with three columns and one row for each file.",
        fix="Let `wheel pack` or the repair tool write RECORD again.",
        source=_RECORD,
        check=_unreadable,
    ),
    Rule(
        id="record-missing",
        severity=ERROR,
        says="A file in the archive is not listed in RECORD.",
        fix="Let `wheel pack` or the repair tool write RECORD again.",
        why="Uninstalling leaves the file behind, and nothing vouches for it.",
        source=_RECORD,
        check=_missing_entry,
    ),
    Rule(
        id="record-ghost",
        severity=ERROR,
        says="RECORD lists a file that is not in the archive.",
        fix="Let `wheel pack` write RECORD again, and find out what removed the file.",
        why="Something that the build made was lost after it.",
        source=_RECORD,
        check=_ghost,
    ),
    Rule(
        id="record-hash",
        severity=ERROR,
        says="A file's bytes are not those that RECORD vouches for.",
        fix="Change files before the wheel is packed, or let `wheel pack` write RECORD again.",
        why="The wheel was changed after it was made; strict installers refuse it.",
        source=_RECORD,
        check=_untrue,
    ),
    Rule(
        id="record-algorithm",
        severity=ERROR,
        says="RECORD has no hash for a file, or one by an algorithm that is not allowed.",
        fix="Let `wheel pack` write RECORD again: SHA-256 or stronger.",
        source=_RECORD,
        check=_weak,
    ),
)
