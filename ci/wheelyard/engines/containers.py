"""Container engines and images, as cibuildwheel's options choose them."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from wheelyard.doors import process
from wheelyard.engines.host.layers import Reader
from wheelyard.errors import OutsideError
from wheelyard.targets import Identifier

REACH_SECONDS = 3
_ARGUMENTS = ("create-args", "create_args")


def engine(read: Reader) -> str:
    """The program that runs containers: `docker`, `podman` or what else `container-engine` names."""
    chosen = read.last("container-engine")
    name = chosen.get("name", "docker") if isinstance(chosen, dict) else str(chosen or "docker")
    return name.partition(";")[0].strip()


def created_with(read: Reader, *arguments: str) -> str:
    """The `container-engine` option as it is set, with more arguments for making a container."""
    chosen = read.last("container-engine")
    if isinstance(chosen, dict):
        given = [str(part) for part in chosen.get("create-args", ())]
        rest = [f"{key}: {str(chosen[key]).lower()}" for key in ("disable-host-mount",) if key in chosen]
    else:
        _, *parts = (part.strip() for part in str(chosen or "").split(";"))
        given = [part.partition(":")[2].strip() for part in parts if part.startswith(_ARGUMENTS)]
        rest = [part for part in parts if not part.startswith(_ARGUMENTS)]
    words = given if isinstance(chosen, dict) else shlex.split(" ".join(given))
    return "; ".join((engine(read), f"create-args: {shlex.join((*words, *arguments))}", *rest))


def remove(program: str, label: str) -> None:
    """Remove the containers with a label: an engine that was killed leaves its container at work."""
    found = process.run((program, "ps", "--all", "--quiet", "--filter", f"label={label}"))
    if found.code == 0 and found.output.split():
        process.run((program, "rm", "--force", "--volumes", *found.output.split()))


def silent(program: str) -> str | None:
    """Why a container engine does not answer, or None when it does."""
    if shutil.which(program) is None:
        return f"{program} is not installed."
    ended = process.run((program, "info"), cwd=Path(os.sep))
    return None if ended.code == 0 else f"{program} does not answer: {ended.last(1)}"


def image(read: Reader, identifier: Identifier, *, pinned: Path) -> str:
    """The image an identifier is built in; `pinned` is the list of images that came with the locked cibuildwheel."""
    pypy = "pypy_" if identifier.interpreter == "pp" and identifier.system == "manylinux" else ""
    key = f"{identifier.system}-{pypy}{identifier.arch}-image"
    glibc = {"armv7l": "2_31", "riscv64": "2_39"}.get(identifier.arch, "2_28")
    default = "musllinux_1_2" if identifier.system == "musllinux" else f"manylinux_{glibc}"
    variable = key.replace("_", "-")  # CIBW_MANYLINUX_X86_64_IMAGE does not tell the two apart
    chosen = str(read.last(variable) or read.last(key) or default)
    known = configparser.ConfigParser(inline_comment_prefixes="#")
    known.read(pinned)
    return known.get(f"{pypy}{identifier.arch}", chosen, fallback=chosen)


def is_here(program: str, name: str) -> bool:
    """Whether the image is on this machine."""
    return process.run((program, "image", "inspect", name)).code == 0


def registry(name: str) -> str | None:
    """The host an image is pulled from, or None where its name has none."""
    host, slash, _ = name.partition("/")
    return host if slash and ("." in host or ":" in host) else None


def is_reachable(host: str) -> bool:
    """Whether a registry answers at all, through the proxies that are set; whatever it answers."""
    import requests  # noqa: PLC0415  # only for images that are not here

    try:
        requests.head(f"https://{host}/v2/", timeout=REACH_SECONDS)
    except requests.RequestException:
        return False
    return True


def pull(program: str, name: str) -> None:
    """Fetch an image; `OutsideError` when that fails."""
    ended = process.run((program, "pull", "--quiet", name))
    if ended.code != 0:
        raise OutsideError(f"The image {name} could not be pulled: {ended.last(3)}\nCheck the network, then run again.")


def digest(program: str, name: str) -> str:
    """The image with its digest, for the record."""
    if "@sha256:" in name:
        return name
    ended = process.run((program, "image", "inspect", "--format", "{{.Digest}}", name))
    found = ended.output.strip()
    return f"{name}@{found}" if ended.code == 0 and found.startswith("sha256:") else name


def inherited(environ: Mapping[str, str], read: Reader) -> tuple[str, ...]:
    """The names of variables that are passed into containers already."""
    passed = read.last("environment-pass")
    names = (
        passed.split()
        if isinstance(passed, str)
        else [str(name) for name in passed]
        if isinstance(passed, list)
        else []
    )
    return tuple(name for name in names if name in environ)
