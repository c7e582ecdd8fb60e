#!/usr/bin/env python3
"""Make the local manylinux image that cibuildwheel runs in where no image registry can be reached.

The image holds CPython 3.9 and 3.13 on Debian 11 (glibc 2.31). Its recipe is tests/peers/podman/Containerfile, on a
base system made here with mmdebstrap. Mirrors, certificates and pip settings are the host's own, copied at run time.
"""

from __future__ import annotations

import argparse
import configparser
import fcntl
import hashlib
import io
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

IMAGE = "localhost/manylinux_2_31_x86_64:local"
RECIPE = Path(__file__).resolve().parent.parent / "tests" / "peers" / "podman"
STATE = Path("/var/cache/wheelyard-local-image")
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
LABEL = "wheelyard.made-from"

ASK_VERSIONS = "for tag in cp39-cp39 cp313-cp313; do /opt/python/$tag/bin/python -V; done; patchelf --version"

SUITE, SOURCE_SUITE = "bullseye", "trixie"
PACKAGES = (
    "ca-certificates,python3-dev,python3-venv,gcc,g++,make,git,cmake,pkg-config,xz-utils,"
    "libssl-dev,zlib1g-dev,libffi-dev,libbz2-dev,liblzma-dev,libsqlite3-dev"
)
UNREAD = ("doc", "info", "locale", "man")
BASE_NAME = f"wheelyard-{SUITE}"
BASE = " ".join((SUITE, PACKAGES, *UNREAD))

NEEDED = "apt-get install --no-install-recommends podman runc mmdebstrap debian-archive-keyring"
EXAMPLES = f"""\
examples:
  apt-get update && {NEEDED}
  python3 scripts/local_image.py            make the image, or find that it is there (about 2.5 minutes on 2 cores)
  python3 scripts/local_image.py --check    exit 0: the image is there and podman runs it, 1: not
  podman rmi {IMAGE}   before that: make it again, with newer tools

  CONTAINERS_CONF={RECIPE}/containers.conf \\
  CIBW_CONTAINER_ENGINE=podman CIBW_MANYLINUX_X86_64_IMAGE={IMAGE} \\
  cibuildwheel --only cp313-manylinux_x86_64
"""


class Problem(Exception):  # noqa: N818 - it is told to a user, never handled
    """What happened, the names involved, and what to do."""


class Host(NamedTuple):
    """The settings of this machine that go into the image."""

    mirror: str
    apt: str
    certificates: bytes
    pip: str


def main() -> int:
    """Do as the arguments say; the exit code is 0 when the image can be used."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").split("\n", 1)[0],
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="only say whether the image is there and runs")
    parser.add_argument("--mirror", metavar="URL", help="Debian mirror to use (default: the one apt uses here)")
    arguments = parser.parse_args()
    os.environ.setdefault("CONTAINERS_CONF", str(RECIPE / "containers.conf"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not arguments.check:
            make(mirror=arguments.mirror)
        print(check())
    except Problem as problem:
        say(f"local_image: {problem}")
        return 1
    except KeyboardInterrupt:
        say("local_image: stopped. Run it again: a finished base system is kept.")
        return 130
    return 0


def check() -> str:
    """One line about the image, after podman has run both Pythons in it."""
    if shutil.which("podman") is None:
        raise Problem(f"podman is not installed. As root: {NEEDED}")
    made_from = image_label()
    if made_from is None:
        raise Problem(f"{IMAGE} is not there. As root: python3 scripts/local_image.py")
    if not made_from.startswith(recipe_digest()):
        raise Problem(f"{IMAGE} was made from another recipe. As root: python3 scripts/local_image.py")
    ran = capture("podman", "run", "--rm", "--pull=never", "--volume=/:/host", IMAGE, "bash", "-ec", ASK_VERSIONS)
    if ran.returncode:
        raise Problem(f"{IMAGE} is there, but podman cannot run it:\n{tail(ran.stderr)}")
    return f"{IMAGE} runs: {', '.join(ran.stdout.splitlines())}"


def make(*, mirror: str | None) -> None:
    """Make the image unless it is there, from the same recipe and the same settings of the host."""
    preflight()
    with lock(), work_folder() as work:
        host = host_settings(mirror)
        label = recipe_digest() + "-" + digest(*host)
        if image_label() == label:
            return
        begun = time.monotonic()
        tidy()
        make_image(host, work, base=make_base(host, work), label=label)
        tidy()
        say(f"Made {IMAGE} in {time.monotonic() - begun:.0f} s.")


def preflight() -> None:
    """Refuse what cannot work before anything is written."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise Problem(f"the image is made on x86_64 Linux only, this is {sys.platform} on {platform.machine()}.")
    missing = [name for name in ("podman", "runc", "mmdebstrap", "apt-get") if shutil.which(name) is None]
    missing += [] if Path(KEYS).exists() else [KEYS]
    if missing:
        raise Problem(f"not installed: {', '.join(missing)}. As root, on Debian 12 or newer: {NEEDED}")
    if os.geteuid() != 0:
        raise Problem("making a base system needs root. Run it with sudo; then podman has the image for root only.")


def make_base(host: Host, work: Path) -> str:
    """The name of an image with Debian and the packages the recipe stands on."""
    name = f"localhost/{BASE_NAME}:{digest(BASE, host.apt)[:16]}"
    if capture("podman", "image", "exists", name).returncode == 0:
        return name
    (work / "apt.conf").write_text(host.apt)
    unread = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in UNREAD]
    options = [*unread, "--dpkgopt=force-unsafe-io", f"--aptopt={work / 'apt.conf'}", f"--include={PACKAGES}"]
    source = f"deb [signed-by={KEYS}] {host.mirror} {SUITE} main"
    command = ["mmdebstrap", "--mode=root", "--variant=apt", *options, SUITE, f"{work / 'base.tar'}", source]
    run(f"Debian {SUITE} with compilers", command, work)
    run("Into podman", ["podman", "import", f"{work / 'base.tar'}", name], work)
    return name


def make_image(host: Host, work: Path, *, base: str, label: str) -> None:
    """Build the Containerfile. Its parts run as children of podman, so that stopping podman stops them."""
    settings = work / "context" / "host"
    settings.mkdir(parents=True)
    (settings / "ca-certificates.crt").write_bytes(host.certificates)
    (settings / "pip.conf").write_text(host.pip)
    command = [
        "podman",
        "build",
        "--network=host",
        "--isolation=chroot",
        "--jobs=2",
        "--layers=false",
        f"--tag={IMAGE}",
    ]
    command += [f"--file={RECIPE / 'Containerfile'}", f"--label={LABEL}={label}", f"--build-arg=BASE={base}"]
    command += [f"--build-arg=SOURCES=deb-src {host.mirror} {SOURCE_SUITE} main", f"{settings.parent}"]
    run("CPython 3.13 and tools", command, work)


def tidy() -> None:
    """Remove what podman keeps of a build that was interrupted, and the image that a new one replaced."""
    listed = capture("podman", "ps", "--all", "--external", "--format", "{{.ID}} {{.Names}}").stdout.splitlines()
    left = [line.split()[0] for line in listed if f" {BASE_NAME}-working-container" in line]
    if left:
        capture("podman", "rm", "--force", *left)
    capture("podman", "image", "prune", "--force", "--filter", f"label={LABEL}")


def host_settings(mirror: str | None) -> Host:
    """What this machine itself uses to reach mirrors and package indexes."""
    kept = re.compile(r"Acquire::(https?\b|ftp\b|Retries|Check-|ForceIPv)")
    lines = capture("apt-config", "dump").stdout.splitlines()
    pip = pip_settings()
    return Host(
        mirror=mirror or debian_mirror(),
        apt="".join(f"{line}\n" for line in lines if kept.match(line)),
        certificates=certificates(pip.get("cert")),
        pip=pip_file(pip),
    )


def debian_mirror() -> str:
    """The first Debian mirror in apt's own index, whatever format its sources are written in."""
    template = "$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)"
    for line in capture("apt-get", "indextargets", "--format", template, "Created-By: Packages").stdout.splitlines():
        origin, label, component, uri = line.split("|", 3)
        if (origin, label, component) == ("Debian", "Debian", "main"):
            return uri
    raise Problem("apt knows no Debian mirror. Run apt-get update first, or name one with --mirror.")


def certificates(configured: str | None) -> bytes:
    """The bundle of certificates this machine trusts."""
    named = [configured, *(os.environ.get(f"{owner}_CA_BUNDLE") for owner in ("REQUESTS", "CURL"))]
    paths = [Path(name) for name in (*named, os.environ.get("SSL_CERT_FILE"), CERTIFICATES) if name]
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        raise Problem(f"no certificates at {', '.join(map(str, paths))}. As root: apt-get install ca-certificates")
    return found.read_bytes()


def pip_settings() -> dict[str, str]:
    """The settings of pip on this machine, from its files and then the environment, as pip itself reads them.

    https://pip.pypa.io/en/stable/topics/configuration/
    """
    own, home = os.environ.get("PIP_CONFIG_FILE", ""), Path.home()
    usual = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        home / ".pip/pip.conf",
        home / ".config/pip/pip.conf",
    ]
    parser = configparser.ConfigParser(interpolation=None)
    parser.read([own] if own == os.devnull else [*usual, own])
    found = {key: value for part in ("global", "install") if part in parser for key, value in parser[part].items()}
    named = {key.removeprefix("PIP_"): value for key, value in os.environ.items() if key.startswith("PIP_")}
    return found | {key.lower().replace("_", "-"): value for key, value in named.items()}


def pip_file(found: dict[str, str]) -> str:
    """A pip.conf for the image: how to reach the index, and nothing that names a folder of this machine."""
    reach = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "default-timeout", "retries")
    kept = {key: found[key] for key in reach if found.get(key)}
    if any(re.search("//[^/]*@", value) for value in kept.values()):
        say("note: pip's settings here hold a password, and so will the image: do not push it anywhere.")
    parser = configparser.ConfigParser(interpolation=None)
    parser["global"] = kept | {"cert": CERTIFICATES, "disable-pip-version-check": "true"}
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def recipe_digest() -> str:
    """Names the recipe: another Containerfile or another base makes another image."""
    return digest((RECIPE / "Containerfile").read_bytes(), BASE, SOURCE_SUITE)


def image_label() -> str | None:
    """What the image was made from, None when there is no image; that podman fails to say is an error."""
    exists = capture("podman", "image", "exists", IMAGE)
    if exists.returncode not in (0, 1):
        raise Problem(f"podman does not work here:\n{tail(exists.stderr)}")
    if exists.returncode:
        return None
    return capture("podman", "image", "inspect", "--format", f'{{{{index .Labels "{LABEL}"}}}}', IMAGE).stdout.strip()


@contextmanager
def lock() -> Iterator[None]:
    """Let one run at a time make the image. What an interrupted run left working holds the lock until it ends."""
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (STATE / "lock").open("w") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 - takes no keyword
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run is making the image; waiting for it to end.")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def work_folder() -> Iterator[Path]:
    """An empty folder that is gone afterwards, also the one that a killed run left."""
    work = STATE / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def run(title: str, command: Sequence[str], work: Path) -> None:
    """Run one long step, its output in a log, telling how far it is; a failure shows the log's last lines."""
    begun, log, env = time.monotonic(), STATE / "log", os.environ | {"TMPDIR": str(work)}
    say(f"{title} ...")
    with log.open("wb") as sink, started(command, sink=sink, env=env) as child:
        while not ended(child, within=15):
            say(f"  {time.monotonic() - begun:3.0f} s: {tail(log.read_text(errors='replace'), lines=1)[:100]}")
    if child.returncode:
        text = tail(log.read_text(errors="replace"))
        raise Problem(f"{title}: {command[0]} failed. Its last lines ({log} has all):\n{text}")
    say(f"{title}: {time.monotonic() - begun:.0f} s")


@contextmanager
def started(command: Sequence[str], *, sink: IO[bytes], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program that inherits the lock (see there) and does not outlive this block, nor do its own children."""
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=env, close_fds=False, start_new_session=True
    )
    try:
        yield child
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if child.poll() is None:
                os.killpg(child.pid, number)
                ended(child, within=20)


def ended(child: subprocess.Popen[bytes], *, within: float) -> bool:
    """Whether a program ends in so many seconds."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=within)
    return child.returncode is not None


def capture(*command: str) -> subprocess.CompletedProcess[str]:
    """Run one short command; it may fail, but not hang."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except subprocess.TimeoutExpired as error:
        raise Problem(f"no answer in 60 s from: {' '.join(command)}. Is another podman stuck? See: ps -ef") from error


def say(text: str) -> None:
    """Talk to the user at once, also through a pipe."""
    print(text, file=sys.stderr, flush=True)


def tail(text: str, *, lines: int = 12) -> str:
    """The last lines that say something."""
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-lines:])


def digest(*parts: str | bytes) -> str:
    """One name for several contents."""
    encoded = (part.encode() if isinstance(part, str) else part for part in parts)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in encoded)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
