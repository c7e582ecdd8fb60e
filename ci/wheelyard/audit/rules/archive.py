"""Rules about the zip archive itself: what reading it ran into."""

from __future__ import annotations

from collections.abc import Iterator

from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, WARNING, Check, Hit, Policy, Rule

_FORMAT = "https://packaging.python.org/en/latest/specifications/binary-distribution-format/"
_CONFUSION = "the blog of PyPI, 2025-08-07, on wheel archive confusion attacks"


def _seen(rule: str) -> Check:
    """The troubles that reading noted under this rule."""

    def check(contents: Contents, _: Policy) -> Iterator[Hit]:
        return (Hit(path=seen.path, message=seen.message) for seen in contents.troubles if seen.rule == rule)

    return check


RULES = (
    Rule(
        id="archive-unreadable",
        severity=ERROR,
        says="The file is no zip archive, or it is truncated or damaged.",
        fix="Build or download the wheel again.",
        why="pip refuses it, or installs half of it.",
        source=_FORMAT,
        check=_seen("archive-unreadable"),
    ),
    Rule(
        id="archive-bomb",
        severity=ERROR,
        says="The archive inflates to far more than its size, has too many members, or its members overlap.",
        fix="Look at what the build packed; split the package if it is really that large.",
        why="Whoever installs or mirrors it runs out of memory or disk. It is not inflated here either.",
        check=_seen("archive-bomb"),
    ),
    Rule(
        id="archive-duplicate",
        severity=ERROR,
        says="Two members have the same name.",
        fix="Build the wheel again in a clean folder.",
        why="Installers differ in which of them they take; PyPI refuses the file.",
        source=_CONFUSION,
        check=_seen("archive-duplicate"),
    ),
    Rule(
        id="archive-trailing",
        severity=ERROR,
        says="There are bytes after the end of the archive.",
        fix="Build the wheel again; nothing may be appended to it.",
        why="Tools that look for the end of the archive may read another archive than the one that was checked.",
        source=_CONFUSION,
        check=_seen("archive-trailing"),
    ),
    Rule(
        id="archive-path",
        severity=ERROR,
        says="A member's name is absolute, leads out of the folder, or would do so on some system.",
        fix="Name members by relative paths with forward slashes.",
        why="Unpacking it would write outside the environment; installers refuse it.",
        source=_FORMAT,
        check=_seen("archive-path"),
    ),
    Rule(
        id="archive-case",
        severity=WARNING,
        says="Two members' names differ by upper and lower case only.",
        fix="Rename one of the files.",
        why="macOS and Windows keep only one of them.",
        check=_seen("archive-case"),
    ),
    Rule(
        id="archive-encoding",
        severity=ERROR,
        says="A member's name is not ASCII and not marked as UTF-8.",
        fix="Write the archive with UTF-8 names (flag bit 11), as Python's zipfile does.",
        why="The name is read as another one, RECORD no longer fits, and installation fails.",
        source=_FORMAT,
        check=_seen("archive-encoding"),
    ),
    Rule(
        id="archive-encrypted",
        severity=ERROR,
        says="A member is encrypted.",
        fix="Write the archive without encryption.",
        why="No installer asks for a password.",
        check=_seen("archive-encrypted"),
    ),
    Rule(
        id="archive-compression",
        severity=WARNING,
        says="A member is compressed by another method than deflate.",
        fix="Write the archive with deflated or stored members.",
        why="Many installers read nothing else.",
        source=_FORMAT,
        check=_seen("archive-compression"),
    ),
    Rule(
        id="archive-symlink",
        severity=ERROR,
        says="A member is a symbolic link or another special file.",
        fix="Pack the file itself; for versions of a shared library keep the one that its SONAME names.",
        why="Installers write a small text file with the link's target in place of the library.",
        source=_FORMAT,
        check=_seen("archive-symlink"),
    ),
    Rule(
        id="binary-unreadable",
        severity=ERROR,
        says="A file starts like a binary and cannot be read as one.",
        fix="Build it again; a strip or patch tool may have damaged it.",
        why="The loader will refuse it, and no other rule could look into it.",
        check=_seen("binary-unreadable"),
    ),
)
