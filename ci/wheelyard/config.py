"""`[tool.wheelyard]` as frozen values, all mistakes at once.

What cibuildwheel owns stays in `[tool.cibuildwheel]`; it is kept here only as it was written, for the engines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wheelyard import automation, documents
from wheelyard.automation import BuildStep, Checkout, On, Workflow
from wheelyard.errors import ConfigError, UsageError, listed
from wheelyard.planning import abi, legacy, runners
from wheelyard.planning.abi import Abi
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
    """Whether a release has an sdist. Example: `build = false`"""
    wheels_from_sdist: bool = False
    """Whether wheels are built from the unpacked sdist instead of the repository.

    Example: `wheels-from-sdist = true`
    """


class Override(_Table, frozen=True, kw_only=True):
    """What differs for the identifiers that `select` matches."""

    select: NonEmpty
    """Identifiers, in cibuildwheel's glob language. Example: `select = "cp31{2,3}-macosx_x86_64"`"""
    env: dict[str, str] = msgspec.field(default_factory=dict)
    """Environment variables of their builds. Example: `env = { MACOSX_DEPLOYMENT_TARGET = "10.13" }`"""
    variant: Annotated[str, Meta(pattern="^[a-z0-9-]+$")] | None = None
    """Build them a second time under this name, told apart in jobs and manifest. Example: `variant = "accelerate"`"""


class Concurrency(_Table, frozen=True, kw_only=True):
    """Runner slots at one time."""

    total: Annotated[int, Meta(ge=1)]
    """Jobs at one time, on all of GitHub's machines. Example: `total = 20`"""
    macos: Annotated[int, Meta(ge=0)]
    """Jobs at one time on macOS. Example: `macos = 5`"""


class Ignore(_Table, frozen=True, kw_only=True):
    """A finding that is known and accepted, and why."""

    rule: NonEmpty
    """The id of the rule, as `wheelyard audit --explain all` lists them. Example: `rule = "debug-symbols"`"""
    select: NonEmpty = "*"
    """Globs on file names, tags and identifiers. Example: `select = "*-win_amd64"`"""
    reason: NonEmpty
    """Why it is accepted, for whoever reads it next. Example: `reason = "wanted by the crash reporter"`"""


class Audit(_Table, frozen=True, kw_only=True):
    """What every wheel is held to: the newest allowed, such as `2_28`, `1_2`, `11.0` or `3.9`; a size as `25 MB`."""

    manylinux: Annotated[str, Meta(pattern=r"^(1|2010|2014|\d+_\d+)$")] | None = None
    """The newest manylinux that the oldest tag of a wheel may name. Example: `manylinux = "2_28"`"""
    musllinux: Annotated[str, Meta(pattern=r"^\d+_\d+$")] | None = None
    """The newest musllinux. Example: `musllinux = "1_2"`"""
    macos: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | None = None
    """The newest macOS that a wheel may need. Example: `macos = "11.0"`"""
    abi3: Annotated[str, Meta(pattern=r"^3\.\d+$")] | None = None
    """The newest Python that an abi3 wheel may need. Example: `abi3 = "3.9"`"""
    max_size: Annotated[str, Meta(pattern=r"^\d+(\.\d+)? ?(kB|MB|GB)$")] | None = None
    """The largest wheel, in kB, MB or GB. Example: `max-size = "25 MB"`"""
    ignore: tuple[Ignore, ...] = ()


class Release(_Table, frozen=True, kw_only=True):
    """Where a release lives, what its tag is called, on which branch it is made, and whether its page lies with it.

    `branch` is a glob such as `release-*` (default: the default branch of the remote). A `changelog` that is named must
    be there; else it is looked for under the usual names.
    """

    store: Annotated[str, Meta(pattern="^(directory|github)(:.*)?$")] = "directory:dist/releases"
    """Where releases live: `github`, or `directory:` and a path. Example: `store = "github"`"""
    tag: Annotated[str, Meta(pattern=r"\{version\}")] = "v{version}"
    """The tag of a version. Example: `tag = "release-{version}"`"""
    branch: NonEmpty | None = None
    """The branch that releases are made on, as a glob (default: the remote's default branch).

    Example: `branch = "release-*"`
    """
    changelog: NonEmpty | None = None
    """The changelog that has to have an entry (default: looked for under the usual names).

    Example: `changelog = "docs/changes.md"`
    """
    report: bool = False
    """Whether the page of the release lies with it, as one of its files. Example: `report = true`"""


class Nightly(_Table, frozen=True, kw_only=True):
    """Another index, for the builds of a schedule, which keeps only the newest `keep` versions."""

    index: NonEmpty
    """A name that is in `.pypirc`, or a URL. Example: `index = "https://pypi.example.org/nightly/"`"""
    keep: Annotated[int, Meta(ge=1)] | None = None
    """How many versions stay. Example: `keep = 5`"""


class Publish(_Table, frozen=True, kw_only=True):
    """The package index a release is uploaded to: a name twine knows, or a URL; on GitHub, from an environment.

    With `test_first` the workflow uploads to TestPyPI before. `drop` are the platforms that the version before had and
    this one leaves out on purpose, globs such as `*-win32`.
    """

    index: NonEmpty = "pypi"
    """A name that twine knows, or a URL. Example: `index = "testpypi"`"""
    environment: NonEmpty = "pypi"
    """The environment on GitHub that the job runs in. Example: `environment = "release"`"""
    attest: bool = True
    """Whether each file gets an attestation (PEP 740). Example: `attest = false`"""
    trust_config: NonEmpty | None = None
    """The client trust configuration of a private Sigstore, which attests for any index (default: the public one).

    Example: `trust-config = "sigstore.json"`
    """
    test_first: bool = False
    """Whether TestPyPI gets it before. Example: `test-first = true`"""
    project_limit: Annotated[int, Meta(ge=1)] | None = None
    """The total size, in GB, that the index gave the project, where that is known. Example: `project-limit = 20`"""
    nightly: Nightly | None = None
    drop: tuple[NonEmpty, ...] = ()
    """Platforms that the version before had and this one leaves out on purpose, as globs.

    Example: `drop = ["*-win32"]`
    """


class Macos(_Table, frozen=True, kw_only=True):
    """What wheels for macOS are built against."""

    deployment_target: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | None = None
    """The oldest macOS that wheels run on. Example: `deployment-target = "11.0"`"""
    sdk: Annotated[str, Meta(pattern=r"^\d+\.\d+$")] | None = None
    """The SDK to build with, fetched and compared with its SHA-256. Example: `sdk = "11.3"`"""


class Source(_Table, frozen=True, kw_only=True):
    """Something the build needs and the repository does not hold: fetched once, put into the folder `unpack`."""

    url: Annotated[str, Meta(pattern=r"^https://[^@\s]+$")]
    """Where it is fetched from, once. Example: `url = "https://example.org/lib-1.0.tar.gz"`"""
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    """What it has to hash to. Example: `sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"`"""
    unpack: NonEmpty
    """The folder of the repository it is unpacked into. Example: `unpack = "vendor/lib"`"""


class Tool(_Table, frozen=True, kw_only=True):
    """The table `[tool.wheelyard]`; `source_date` is SOURCE_DATE_EPOCH, in seconds, instead of the commit's date."""

    targets: tuple[Target, ...] = ()
    """The platforms and architectures that wheels are built for.

    Example: `targets = ["linux-x86_64", "macos-arm64"]`
    """
    package: NonEmpty = "."
    """The folder of the package inside the repository. Example: `package = "python"`"""
    pure: bool = False
    """Whether there is a wheel for any platform too, or only that where there are no targets. Example: `pure = true`"""
    split: SplitName | Annotated[dict[Platform, SplitName], _keyed_by(Platform)] = "auto"
    """How identifiers become jobs, for all platforms or for each. Example: `split = { macos = "target" }`"""
    runners: Annotated[dict[Target, Labels], _keyed_by(Target)] = msgspec.field(default_factory=dict)
    """Where a target is built: a label of GitHub's, or a list for a machine of your own.

    Example: `runners = { linux-s390x = ["self-hosted", "s390x"] }`
    """
    cross: tuple[Target, ...] = ()
    """Targets whose wheels Linux runners cross-build with zig, and runners of their own then test.

    Example: `cross = ["macos-x86_64", "windows-ARM64"]`
    """
    emulate: tuple[Target, ...] = ()
    """Linux targets that QEMU builds; nothing is emulated unasked. Example: `emulate = ["linux-riscv64"]`"""
    abi: Annotated[str, Meta(pattern=r"^(auto|each|py3-none|cp3\d+-abi3)$")] = "auto"
    """Which Pythons one wheel is for (default: read from the package). Example: `abi = "cp311-abi3"`"""
    timeout: Annotated[int, Meta(ge=1, le=360)] | None = None
    """Minutes after which a job is ended (default: three times its estimate). Example: `timeout = 90`"""
    source_date: Annotated[int, Meta(ge=0)] | None = None
    """SOURCE_DATE_EPOCH in seconds (default: the commit's date). Example: `source-date = 1700000000`"""
    concurrency: Literal["free", "pro", "team", "enterprise"] | Concurrency = "free"
    """The plan of your account on GitHub, or its slots. Example: `concurrency = { total = 20, macos = 5 }`"""
    sdist: Sdist = Sdist()
    override: tuple[Override, ...] = ()
    audit: Audit = Audit()
    release: Release = Release()
    publish: Publish = Publish()
    macos: Macos = Macos()
    source: tuple[Source, ...] = ()
    patches: tuple[NonEmpty, ...] = ()
    """Patches for a clean copy of the tree, never for the work tree, as globs.

    Example: `patches = ["patches/*.patch"]`
    """
    mirrors: dict[str, Annotated[str, Meta(pattern=r"^https://[^@\s]+$")]] = msgspec.field(default_factory=dict)
    """Other places for what is fetched, by the start of its address.

    Example: `mirrors = { "https://example.org/" = "https://mirror.example.com/" }`
    """
    checkout: Checkout = Checkout()
    steps: tuple[BuildStep, ...] = ()
    on: On = On()
    workflow: Workflow = Workflow()

    def labels(self, target: Target) -> tuple[str, ...]:
        """The labels of the machine of a target."""
        asked = self.runners.get(target) or runners.default(target, emulated=target in self.emulate)
        return (asked,) if isinstance(asked, str) else asked


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What the package says of itself; `version` is None where the build backend makes it."""

    name: str
    version: str | None
    requires_python: str | None
    build_requires: tuple[str, ...] = ()
    build_backend: str | None = None


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
    tool = documents.parse(
        table, Tool, source=f"[tool.wheelyard] of {source}", hint="`wheelyard docs KEY` says what a key takes."
    )
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
    if text.startswith("\ufeff"):
        raise UsageError(f"{source} starts with a byte order mark, which TOML has not. Save it as UTF-8 without one.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{source} is not valid TOML: {error}.") from None


def _project(top: dict[str, Any], sources: Mapping[str, str], *, source: str) -> Project:
    """Name and version, from `[project]` (PEP 621), Poetry's own table, or the files of setuptools and maturin."""
    project = top.get("project", {})
    poetry = top.get("tool", {}).get("poetry", {})
    system = top.get("build-system", {})
    name = project.get("name", poetry.get("name")) or legacy.name(sources)
    if not isinstance(name, str):
        raise UsageError(f"{source} does not say what the package is called. Add [project] with its name.")
    return Project(
        name=name,
        version=project.get("version", poetry.get("version")) or legacy.version(top, sources),
        requires_python=project.get("requires-python") or legacy.python_requires(sources),
        build_requires=tuple(map(str, system.get("requires", ()))),
        build_backend=system.get("build-backend"),
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
    yield from _unfit_for_crossing(tool)
    yield from _unfit_for_emulation(tool)
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


def _unfit_for_crossing(tool: Tool) -> Iterator[str]:
    for target in tool.cross:
        if target not in tool.targets:
            yield f"cross: {target} is not among the targets. Add it to targets, or take it out of cross."
        if target.platform not in {Platform.LINUX, Platform.MACOS, Platform.WINDOWS}:
            yield f"cross: {target} cannot be cross-built: the host engine makes code for Linux, macOS and Windows."
        if target in tool.emulate:
            yield f"cross: {target} is in emulate, too. What is cross-built is tested on its own machine: keep one."
        if target.platform is Platform.MACOS and tool.macos.sdk:
            yield f"cross: {target} would be built with zig's headers, not with macos.sdk. Take one of the two out."
    for number, step in enumerate(tool.steps):
        selected = [target for target in tool.cross if fnmatchcase(target, step.where)]
        if selected and step.where != "*":
            yield (
                f"steps[{number}].where: {step.where!r} selects {listed(selected)}, which a Linux runner cross-builds."
                " Only steps for all targets run there: select others, or take it out of cross."
            )


def _unfit_for_emulation(tool: Tool) -> Iterator[str]:
    for target in tool.emulate:
        if target not in tool.targets:
            yield f"emulate: {target} is not among the targets. Add it to targets, or take it out of emulate."
        if target.platform is not Platform.LINUX:
            yield f"emulate: {target} cannot be emulated: QEMU runs Linux containers only. Give it a runner."


def _misplaced(tool: Tool) -> Iterator[str]:
    """Folders outside of the repository, or of the copy of it that a build works in."""
    if tool.package.startswith("/") or ".." in tool.package.split("/"):
        yield f"package: {tool.package!r} leads out of the repository. Give a folder inside it."
    for number, source in enumerate(tool.source):
        if {"..", ".", ".git", ""}.intersection(source.unpack.split("/")) or "\\" in source.unpack:
            yield f"source[{number}].unpack: {source.unpack!r} is no folder of the repository. Give one: 'vendor/zlib'."
