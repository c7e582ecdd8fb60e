"""The contents of a wheel as a value: what reading it once, front to back, found out."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from wheelyard.audit.binaries import Binary
from wheelyard.audit.tags import PlatformTag

if TYPE_CHECKING:
    from packaging.tags import Tag
    from packaging.version import Version

Mark = Literal["private-key", "build-path"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """One file in the archive; `digest` is the SHA-256 of its bytes, or None where it could not be read."""

    name: str
    size: int
    digest: bytes | None
    program: bool = False

    @property
    def base(self) -> str:
        """The name without its folder."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A defect that reading itself ran into, under the id of the rule that reports it."""

    rule: str
    path: str | None = None
    message: str


@dataclass(frozen=True, kw_only=True)
class Name:
    """What a well-formed file name says."""

    name: str
    version: Version
    build: tuple[()] | tuple[int, str]
    tags: frozenset[Tag]


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A wheel: `texts` are the small files of its .dist-info folders, `marks` what was seen in other files.

    `whole` says whether the archive could be read to its end; where not, nothing is said of what is missing in it.
    """

    file: str
    size: int
    members: tuple[Member, ...] = ()
    binaries: tuple[Binary, ...] = ()
    texts: dict[str, bytes] = field(default_factory=dict)
    marks: tuple[tuple[Mark, str, str], ...] = ()
    troubles: tuple[Trouble, ...] = ()
    whole: bool = True

    @cached_property
    def name(self) -> Name | None:
        """The file name taken apart, or None where it is not a wheel's."""
        from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415  # start-up stays fast

        try:
            name, version, build, tags = parse_wheel_filename(self.file)
        except InvalidWheelFilename:
            return None
        return Name(name=name, version=version, build=build, tags=tags)

    @cached_property
    def tags(self) -> frozenset[Tag]:
        """The tags of the file name; none where that is malformed."""
        return self.name.tags if self.name else frozenset()

    @cached_property
    def platforms(self) -> tuple[PlatformTag, ...]:
        """The platform tags of the file name, taken apart."""
        return tuple(PlatformTag.parse(text) for text in sorted({tag.platform for tag in self.tags}))

    @cached_property
    def pure(self) -> bool:
        """Whether the file name says that the wheel is for any platform."""
        return any(platform.system == "any" for platform in self.platforms)

    @cached_property
    def names(self) -> frozenset[str]:
        """The name of every member."""
        return frozenset(member.name for member in self.members)

    @cached_property
    def base_names(self) -> frozenset[str]:
        """The names of all members without their folders, and in lower case too, as Windows looks for them."""
        bases = {member.base for member in self.members}
        return frozenset(bases | {base.lower() for base in bases})

    @cached_property
    def dist_infos(self) -> tuple[str, ...]:
        """The .dist-info folders at the top."""
        tops = {name.partition("/")[0] for name in self.names if "/" in name}
        return tuple(sorted(top for top in tops if top.endswith(".dist-info")))

    def info(self, name: str) -> bytes | None:
        """A file of the one .dist-info folder; None where it is absent or there are several folders."""
        return self.texts.get(f"{self.dist_infos[0]}/{name}") if len(self.dist_infos) == 1 else None

    @cached_property
    def metadata(self) -> Message | None:
        """METADATA as header fields."""
        return _message(self.info("METADATA"))

    @cached_property
    def wheel(self) -> Message | None:
        """WHEEL as header fields."""
        return _message(self.info("WHEEL"))

    @cached_property
    def record(self) -> tuple[tuple[str, ...], ...] | None:
        """The rows of RECORD; None where there is none or it is not CSV in UTF-8."""
        raw = self.info("RECORD")
        if raw is None:
            return None
        try:
            return tuple(tuple(row) for row in csv.reader(io.StringIO(raw.decode(), newline="")) if row)
        except (UnicodeDecodeError, csv.Error):
            return None

    @cached_property
    def purelib(self) -> bool:
        """Whether WHEEL says that the contents belong with files for any platform."""
        return self.wheel is not None and str(self.wheel["Root-Is-Purelib"]).strip().lower() == "true"


def _message(raw: bytes | None) -> Message | None:
    if raw is None:
        return None
    from email.parser import Parser  # noqa: PLC0415  # 20 ms, and broken archives have no use for it
    from email.policy import compat32  # noqa: PLC0415

    return Parser(policy=compat32).parsestr(raw.decode("utf-8", "surrogateescape"))
