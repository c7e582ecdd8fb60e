"""`[tool.wheelyard]` as frozen values, all mistakes at once.

What cibuildwheel owns stays in `[tool.cibuildwheel]`; it is kept here only as it was written, for the engines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wheelyard import abi, automation, documents, legacy, runners
from wheelyard.abi import Abi
from wheelyard.automation import BuildStep, Checkout, On, Workflow
from wheelyard.errors import ConfigError, UsageError
from wheelyard.tables import Labels, NonEmpty
from wheelyard.tables import Table as _Table
from wheelyard.targets import Platform, Target

SplitName = Literal["auto", "target", "libc", "python", "identifier"]


def _keyed_by(names: type[Target | Platform]) -> Meta:
    """The note in the schema that a table's keys are the members of an enumeration."""
    return Meta(extra_json_schema={"propertyNames": {"enum": [str(name) for name in names]}})


class Sdist(_Table, frozen=True, kw_only=True):
    """The source distribution of a release."""

    build: bool = True
    wheels_from_sdist: bool = False


class Override(_Table, frozen=True, kw_only=True):
    """What differs for the identifiers that `select` matches."""

    select: NonEmpty
    env: dict[str, str] = msgspec.field(default_factory=dict)
    variant: Annotated[str, Meta(pattern="^[a-z0-9-]+$")] | None = None


class Concurrency(_Table, frozen=True, kw_only=True):
    """Runner slots at one time."""

    total: Annotated[int, Meta(ge=1)]
    macos: Annotated[int, Meta(ge=0)]


class Ignore(_Table, frozen=True, kw_only=True):
    """A finding that is known and accepted, and why."""

    rule: NonEmpty
    select: NonEmpty = "*"
    reason: NonEmpty


class Audit(_Table, frozen=True, kw_only=True):
    """What every wheel is held to: the newest allowed, such as `2_28`, `1_2`, `11.0` or `3.9`; a size as `25 MB`."""

    manylinux: Annotated[str, Meta(pattern=r"^(1|2010|2014|\d+_\d+)$")] | None = None
    musllinux: Annotated[str, Meta(pattern=r"^\d+_\d+$")] | None = None
    macos: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | None = None
    abi3: Annotated[str, Meta(pattern=r"^3\.\d+$")] | None = None
    max_size: Annotated[str, Meta(pattern=r"^\d+(\.\d+)? ?(kB|MB|GB)$")] | None = None
    ignore: tuple[Ignore, ...] = ()


class Release(_Table, frozen=True, kw_only=True):
    """Where a release lives, what its tag is called, and on which branch it is made.

    `branch` is a glob such as `release-*` (default: the default branch of the remote). A `changelog` that is named must
    be there; else it is looked for under the usual names.
    """

    store: NonEmpty = "directory:dist/releases"
    tag: Annotated[str, Meta(pattern=r"\{version\}")] = "v{version}"
    branch: NonEmpty | None = None
    changelog: NonEmpty | None = None


class Nightly(_Table, frozen=True, kw_only=True):
    """Another index, for the builds of a schedule, which keeps only the newest `keep` versions."""

    index: NonEmpty
    keep: Annotated[int, Meta(ge=1)] | None = None


class Publish(_Table, frozen=True, kw_only=True):
    """The package index a release is uploaded to: a name twine knows, or a URL; on GitHub, from an environment.

    With `test_first` the workflow uploads to TestPyPI before. `drop` are the platforms that the version before had and
    this one leaves out on purpose, globs such as `*-win32`.
    """

    index: NonEmpty = "pypi"
    environment: NonEmpty = "pypi"
    attest: bool = True
    test_first: bool = False
    nightly: Nightly | None = None
    drop: tuple[NonEmpty, ...] = ()


class Macos(_Table, frozen=True, kw_only=True):
    """What wheels for macOS are built against."""

    deployment_target: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | None = None
    sdk: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | None = None


class Source(_Table, frozen=True, kw_only=True):
    """Something the build needs and the repository does not hold: fetched once, put into the folder `unpack`."""

    url: Annotated[str, Meta(pattern=r"^https://[^@\s]+$")]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    unpack: NonEmpty


class Tool(_Table, frozen=True, kw_only=True):
    """The table `[tool.wheelyard]`; `source_date` is SOURCE_DATE_EPOCH, in seconds, instead of the commit's date."""

    targets: tuple[Target, ...] = ()
    package: NonEmpty = "."
    pure: bool = False
    split: SplitName | Annotated[dict[Platform, SplitName], _keyed_by(Platform)] = "auto"
    runners: Annotated[dict[Target, Labels], _keyed_by(Target)] = msgspec.field(default_factory=dict)
    emulate: tuple[Target, ...] = ()
    abi: Annotated[str, Meta(pattern=r"^(auto|each|py3-none|cp3\d+-abi3)$")] = "auto"
    timeout: Annotated[int, Meta(ge=1, le=360)] | None = None
    source_date: Annotated[int, Meta(ge=0)] | None = None
    concurrency: Literal["free", "pro", "team", "enterprise"] | Concurrency = "free"
    sdist: Sdist = Sdist()
    override: tuple[Override, ...] = ()
    audit: Audit = Audit()
    release: Release = Release()
    publish: Publish = Publish()
    macos: Macos = Macos()
    source: tuple[Source, ...] = ()
    patches: tuple[NonEmpty, ...] = ()
    mirrors: dict[str, Annotated[str, Meta(pattern=r"^https://[^@\s]+$")]] = msgspec.field(default_factory=dict)
    checkout: Checkout = Checkout()
    steps: tuple[BuildStep, ...] = ()
    on: On = On()
    workflow: Workflow = Workflow()


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What the package says of itself; `version` is None where the build backend makes it."""

    name: str
    version: str | None
    requires_python: str | None
    build_requires: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All that one `pyproject.toml` says to wheelyard."""

    source: str
    tool: Tool
    project: Project
    abi: Abi | None
    cibuildwheel: dict[str, Any]


def parse(
    text: str, *, source: str, package_text: str | None = None, sources: Mapping[str, str] | None = None
) -> Config:
    """The configuration in a `pyproject.toml`.

    `package_text` is the package's own `pyproject.toml` where that is another file than the one with the table,
    `sources` are the texts of those files in `abi.SOURCES` that lie beside it.

    Raises:
        ConfigError: every mistake in the table at once, each with its path and the nearest legal name.
        UsageError: the text is not TOML, or has no `[tool.wheelyard]`.
    """
    top = _toml(text, source=source)
    package = top if package_text is None else _toml(package_text, source=f"the package's {source}")
    table = top.get("tool", {}).get("wheelyard")
    if table is None:
        raise UsageError(
            f'{source} has no [tool.wheelyard]. The shortest useful one is: targets = ["linux-x86_64", "macos-arm64"].'
        )
    tool = documents.parse(table, Tool, source=f"[tool.wheelyard] of {source}")
    problems = tuple(_contradictions(tool))
    if problems:
        raise ConfigError(f"[tool.wheelyard] of {source}", problems)
    sources = sources or {}
    return Config(
        source=source,
        tool=tool,
        project=_project(package, sources, source=source),
        abi=abi.detect(package, sources) if tool.abi == "auto" else abi.parse(tool.abi, stated="[tool.wheelyard]"),
        cibuildwheel=package.get("tool", {}).get("cibuildwheel", {}),
    )


def package_folder(text: str, *, source: str) -> str:
    """The package's folder inside the repository, read before anything else is checked."""
    folder = _toml(text, source=source).get("tool", {}).get("wheelyard", {}).get("package", ".")
    return folder if isinstance(folder, str) and folder else "."


def _toml(text: str, *, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source} is not valid TOML: {error}.") from None


def _project(top: dict[str, Any], sources: Mapping[str, str], *, source: str) -> Project:
    """Name and version, from `[project]` (PEP 621), Poetry's own table, or the files of setuptools."""
    project = top.get("project", {})
    poetry = top.get("tool", {}).get("poetry", {})
    name = project.get("name", poetry.get("name")) or legacy.name(sources)
    if not isinstance(name, str):
        raise UsageError(f"{source} does not say what the package is called. Add [project] with its name.")
    return Project(
        name=name,
        version=project.get("version", poetry.get("version")),
        requires_python=project.get("requires-python") or legacy.python_requires(sources),
        build_requires=tuple(map(str, top.get("build-system", {}).get("requires", ()))),
    )


def _contradictions(tool: Tool) -> Iterator[str]:
    """What the schema cannot say: keys that are legal apart and wrong together."""
    if not tool.targets and not tool.pure:
        yield (
            "targets: nothing to build. Name at least one target, such as 'linux-x86_64', or set pure = true"
            " for a package without native code."
        )
    for target in sorted({target for target in tool.targets if tool.targets.count(target) > 1}):
        yield f"targets: {target} is there twice."
    for target in tool.emulate:
        if target not in tool.targets:
            yield f"emulate: {target} is not among the targets. Add it to targets, or take it out of emulate."
        if target.platform is not Platform.LINUX:
            yield f"emulate: {target} cannot be emulated: QEMU runs Linux containers only. Give it a runner."
    for target, labels in tool.runners.items():
        if target not in tool.targets:
            yield f"runners: {target} is not among the targets. Add it to targets, or take it out of runners."
        for mistake in runners.mistakes(target, labels, emulated=target in tool.emulate):
            yield f"runners.{target}: {mistake}"
    if tool.publish.test_first and tool.publish.index != "pypi":
        yield f"publish.test-first: TestPyPI is the test of pypi, and the index is {tool.publish.index}. Leave it out."
    yield from _misplaced(tool)
    yield from automation.mistakes(
        targets=tool.targets, on=tool.on, steps=tool.steps, workflow=tool.workflow, tag=tool.release.tag
    )


def _misplaced(tool: Tool) -> Iterator[str]:
    """Folders outside of the repository, or of the copy of it that a build works in."""
    if tool.package.startswith("/") or ".." in tool.package.split("/"):
        yield f"package: {tool.package!r} leads out of the repository. Give a folder inside it."
    for number, source in enumerate(tool.source):
        if {"..", ".", ".git", ""}.intersection(source.unpack.split("/")) or "\\" in source.unpack:
            yield f"source[{number}].unpack: {source.unpack!r} is no folder of the repository. Give one: 'vendor/zlib'."
