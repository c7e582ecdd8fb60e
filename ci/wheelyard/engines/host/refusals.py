"""What the host engine will not build, said before anything is started."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wheelyard.doors import process
from wheelyard.engines import Order
from wheelyard.engines.host import backends, machines
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.options import Options
from wheelyard.errors import listed
from wheelyard.targets import Identifier, macos_version, sort_key

# Programs that change the machine: what is harmless in cibuildwheel's throw-away container is not here.
_CHANGES_MACHINE = re.compile(
    r"(?<![\w./-])(?:/\S*/)?(?P<program>apk|apt|apt-get|brew|dnf|ldconfig|microdnf|pacman|rustup|sudo|yum|zypper)(?![\w.-])"
    r"|(?P<install>\b(?:make|ninja)\b[^\n;&|]*\binstall\b|\bcmake\b[^\n;&|]*--install\b)"
    r"|(?P<folder>(?<![\w.-])/(?:etc|opt|usr)/(?!bin/env\b)[\w./-]*)"
)
_SCRIPT_BYTES = 1 << 20
_ELSEWHERE = "Build it with --engine cibuildwheel"


def lowest(order: Order) -> Identifier:
    """The identifier that is built; the wheel answers the others too."""
    return min(order.identifiers, key=sort_key)


def of_target(order: Order) -> str | None:
    """Why no interpreter and no option could make these identifiers buildable anywhere like here."""
    for identifier in order.identifiers:
        if machines.of(identifier) is None:
            known = listed(machines.MACHINES, most=20)
            return f"{identifier}: the host engine makes code for {known}. {_ELSEWHERE}."
    if lowest(order).interpreter != "cp":
        return f"{lowest(order)}: the host engine builds for CPython only. {_ELSEWHERE}."
    return None


def of_network(order: Order) -> str | None:
    """Why the network cannot be taken away from a build that must do without it."""
    if not order.offline or process.networkless() is not None:
        return None
    return (
        f"{lowest(order)}: this machine gives no build a network of its own (`unshare --net`, for root or with user"
        f" namespaces). {_ELSEWHERE}, whose containers have none, or leave --offline out."
    )


def of_backend(order: Order, *, machine: str) -> str | None:
    """Why the project's back end cannot build for another machine; for this one every back end can."""
    identifier = lowest(order)
    if machines.of(identifier) is machines.NATIVE.get(machine):
        return None
    reason = backends.refusal(backends.read(order.package))
    return f"{identifier} cannot be built on a machine of another kind: {reason}. {_ELSEWHERE}." if reason else None


def of_interpreters(order: Order, found: Mapping[str, Interpreter]) -> str | None:
    """Why no interpreter here can build the order."""
    identifier = lowest(order)
    interpreter = found.get(identifier.python)
    version = ".".join(map(str, identifier.version)) + ("t" if identifier.threaded else "")
    if interpreter is None:
        return f"{identifier}: there is no CPython {version} on this machine. Install it, with headers. {_there(found)}"
    if interpreter.headers is None:
        return f"{identifier}: {interpreter} has no headers. Install python{version}-dev, or another CPython {version}."
    return None


def _there(found: Mapping[str, Interpreter]) -> str:
    versions = (".".join(map(str, interpreter.version)) for interpreter in found.values())
    return f"There are {listed(versions, most=20)}." if found else "There is none."


def of_macos(order: Order, asked: str | None) -> str | None:
    """Why nothing here makes code for the oldest macOS that is asked for."""
    identifier = lowest(order)
    machine = machines.of(identifier)
    if asked is None or machine is None or machine.system != "darwin":
        return None
    if re.fullmatch(r"\d+(\.\d+){0,2}", asked) is None:
        return f"{identifier}: MACOSX_DEPLOYMENT_TARGET is {asked!r}. Write a version of macOS, such as 10.15."
    oldest = machine.platform.split("-")[1]
    if macos_version(asked) >= macos_version(oldest):
        return None
    return (
        f"{identifier}: macOS {asked} is asked for, and zig and this Python make code for {oldest} and newer."
        " Raise MACOSX_DEPLOYMENT_TARGET for it in an override, or build it on a Mac."
    )


def of_commands(order: Order, options: Options) -> str | None:
    """Why the project's commands must not run here."""
    for name, command in (("before-all", options.before_all), ("before-build", options.before_build)):
        for text in (command, *_scripts(command, order)):
            if what := change(text):
                return (
                    f"{lowest(order)}: {name} would change this machine ({what}), as only a container may."
                    f" {_ELSEWHERE}, or override {name} for this identifier."
                )
    return None


def change(text: str) -> str | None:
    """What in a command would change the machine it runs on, or None."""
    found = _CHANGES_MACHINE.search(text)
    return (found["program"] or found["install"] or found["folder"]).strip() if found else None


def _scripts(command: str, order: Order) -> Iterator[str]:
    """The text, without comments, of the project's own files that a command names."""
    for word in re.split(r"[\s;&|'\"()]+", command):
        plain = word.replace("{project}", str(order.project)).replace("{package}", str(order.package))
        path = order.project / plain
        if plain and path.is_relative_to(order.project) and path.is_file() and path.stat().st_size < _SCRIPT_BYTES:
            yield re.sub(r"^\s*#.*$", "", path.read_text(errors="replace"), flags=re.MULTILINE)
