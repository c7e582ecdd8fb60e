"""Look at what this machine has for releases; nothing is installed, and no secret is shown."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wheelyard import __version__, resources
from wheelyard.config import Config
from wheelyard.doors import process
from wheelyard.engines import containers
from wheelyard.engines.host import layers
from wheelyard.errors import WheelyardError, listed
from wheelyard.machine.diagnosis import Sign, State
from wheelyard.planning.plan import Plan
from wheelyard.targets import Identifier

LEAST_DISK = 5 << 30  # bytes: zig and its libraries take 0.6 GB, an image 1 to 2 GB

_ANY = Identifier("cp313-manylinux_x86_64")  # for options that hold for all identifiers
_PATIENCE = 5  # seconds for an index to answer
_COMPILERS = ("cc", "c++", "clang", "cl", "gfortran", "cargo")
_RUST = ("maturin", "setuptools-rust", "setuptools_rust")
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN", "TWINE_PASSWORD")
_NETWORK = "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE."

# What was seen: whether it can be used, in words, and how to get it.
Seen = tuple[State, str, str]


def signs(config: Config | None, plan: Plan | None) -> tuple[Sign, ...]:
    """Everything that was looked at, side by side, in one order."""
    looks: dict[str, Callable[[], Seen]] = {
        "machine": _system,
        "git": _git,
        "containers": lambda: _containers(config),
        "emulation": _emulation,
        "compilers": lambda: _compilers(config),
        "host engine": lambda: _host(plan),
        "interpreters": lambda: _interpreters(plan),
        "pip's index": _pip,
        "tokens": _tokens,
        "disk": _disk,
    }
    if config is not None:
        looks["release index"] = lambda: _index(config.tool.publish.index)
    with ThreadPoolExecutor(len(looks)) as pool:
        return tuple(pool.map(_sign, looks, looks.values()))


def _sign(name: str, look: Callable[[], Seen]) -> Sign:
    try:
        state, words, fix = look()
    except WheelyardError as error:
        state, words, fix = State.SILENT, str(error), ""
    return Sign(name=name, state=state, words=words, fix=fix)


def _system() -> Seen:
    system = f"{platform.system()} {platform.machine()}", " ".join(platform.libc_ver()), f"{os.cpu_count()} cores"
    programs = f"Python {platform.python_version()}", f"wheelyard {__version__}"
    return State.READY, listed(filter(None, (*system, *programs))), ""


def _git() -> Seen:
    if found := _version("git"):
        return State.READY, found, ""
    return State.ABSENT, "not installed", "Install it: a release is made of a commit."


def _containers(config: Config | None) -> Seen:
    """The container engine that is configured, or another one that would do."""
    name = containers.engine(layers.over(config.cibuildwheel if config else {}, _ANY, os.environ))
    reason = containers.silent(name)
    if reason is None:
        return State.READY, _version(name) or name, ""
    state = State.SILENT if shutil.which(name) else State.ABSENT
    for other in {"podman", "docker"} - {name}:
        if containers.silent(other) is None:
            fix = (
                f"{other} works here: export CIBW_CONTAINER_ENGINE={other}, or container-engine in [tool.cibuildwheel]."
            )
            return state, reason, fix
    if state is State.ABSENT:
        return state, reason, "Install docker or podman to build Linux wheels for any Python."
    return state, reason, f"Start it, and let your user use it: `{name} info` must end well."


def _emulation() -> Seen:
    """Whether programs of other processors run, which containers of those need."""
    if sys.platform != "linux":
        return State.READY, f"what {platform.system()} itself runs", ""
    from wheelyard.engines.cibuildwheel import runs_here  # noqa: PLC0415  # engines are slow to import

    here = {platform.machine(), "i686", "armv7l"} & runs_here()
    foreign = runs_here() - here
    if foreign:
        return State.READY, f"{listed(sorted(here))}, and emulated {listed(sorted(foreign))}", ""
    fix = "Only for wheels of other processors: docker run --privileged --rm tonistiigi/binfmt --install all"
    return State.ABSENT, f"only {listed(sorted(here))}", fix


def _compilers(config: Config | None) -> Seen:
    there = [name for name in _COMPILERS if shutil.which(name)]
    needs_rust = config is not None and any(need.startswith(_RUST) for need in config.project.build_requires)
    words = listed(there) or "none; images bring theirs, the host engine takes zig"
    if needs_rust and "cargo" not in there:
        return State.ABSENT, f"{words}; no cargo", "Only for the host engine: install Rust with rustup."
    return State.READY, words, ""


def _host(plan: Plan | None) -> Seen:
    """Whether the host engine works here, and whether its compiler was downloaded already."""
    from wheelyard.engines.host import tools, unsupported  # noqa: PLC0415

    if reason := unsupported(platform.machine()):
        return State.ABSENT, reason, ""
    there = tools.has_zig(plan.tools if plan else {})
    return State.READY, "zig is in the cache" if there else "zig is downloaded by the first build (100 MB)", ""


def _interpreters(plan: Plan | None) -> Seen:
    """The CPythons here, beside those that the host engine needs for the plan's wheels."""
    if sys.platform != "linux":
        return State.READY, "cibuildwheel installs its own", ""
    from wheelyard.engines.host import interpreters  # noqa: PLC0415

    found = interpreters.find(machine=platform.machine(), environ=os.environ)
    usable = {name: ".".join(map(str, each.version)) for name, each in found.items() if each.headers is not None}
    bare = [f"{name} without headers" for name in found if name not in usable]
    words = listed((*(f"{name} ({version})" for name, version in usable.items()), *bare)) or "none"
    lacking = [name for name in _needed(plan) if name not in usable]
    if not lacking:
        return State.READY, words, ""
    version = f"{lacking[0][2]}.{lacking[0][3:]}"
    fix = f"Only for the host engine: uv python install {version}, pyenv install {version}, or python{version}-dev."
    return State.ABSENT, f"{words}; not {listed(lacking)}", fix


def _needed(plan: Plan | None) -> list[str]:
    """The interpreters that would build the plan's wheels for this machine."""
    built = [it for each in plan.expected for it in each.identifiers[:1]] if plan else []
    ours = [it for it in built if it.system == "manylinux" and it.arch == platform.machine()]
    return list(dict.fromkeys(it.python for it in ours if it.interpreter == "cp"))


def _pip() -> Seen:
    """Whether pip gets at the index it is set up for: tools and build requirements come from there."""
    pip = (sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "--retries=0", f"--timeout={_PATIENCE}")
    ended = process.run((*pip, "index", "versions", "pip"))
    if ended.code == 0:
        return State.READY, "answers", ""
    fix = "See `pip config list`, proxies and certificates. What is in the cache already goes on working."
    return State.SILENT, ended.last(1) or "pip said nothing", fix


def _index(name: str) -> Seen:
    """Whether the index that releases go to answers at all."""
    import requests  # noqa: PLC0415

    from wheelyard.doors.web import trouble  # noqa: PLC0415
    from wheelyard.index import account  # noqa: PLC0415  # twine is slow to import

    try:
        requests.head(account.resolve(name).reader().roots[0], timeout=_PATIENCE)
    except requests.RequestException as error:
        return State.SILENT, f"{name}: {trouble(error)}", _NETWORK
    return State.READY, f"{name} answers", ""


def _tokens() -> Seen:
    """Where tokens would come from."""
    there = [name for name in _TOKENS if os.environ.get(name)]
    there += [".pypirc"] if Path("~/.pypirc").expanduser().is_file() else []
    there += ["gh"] if shutil.which("gh") and process.run(("gh", "auth", "token")).code == 0 else []
    return State.READY, listed(there) or "none here; on GitHub they come by themselves", ""


def _disk() -> Seen:
    """The space where tools, toolchains and copies of the source go."""
    cache = resources.cache()
    free = shutil.disk_usage(next(path for path in (cache, *cache.parents) if path.exists())).free
    words = f"{free / 1e9:.1f} GB free at {cache}"
    if free < LEAST_DISK:
        return State.ABSENT, words, "Free some, or put the cache elsewhere: WHEELYARD_CACHE."
    return State.READY, words, ""


def _version(program: str) -> str | None:
    """What a program says of itself; None where it is not installed."""
    if shutil.which(program) is None:
        return None
    return process.run((program, "--version"), cwd=Path(os.sep)).output.partition("\n")[0].strip()
