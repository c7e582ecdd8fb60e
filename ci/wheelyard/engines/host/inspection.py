"""What a wheel is held to once it was made, and what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from wheelyard.engines.host import binaries, gates, musl
from wheelyard.engines.host.options import Options
from wheelyard.engines.host.work import Work
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import listed
from wheelyard.targets import Identifier, answered, sort_key


def check(wheel: Path, work: Work, toolchain: Toolchain, *, repaired: bool) -> None:
    """Hold the wheel to the gates; those that speak of a finished wheel only once it is `repaired`."""
    inside = binaries.of(wheel)
    offered = musl.offered() if toolchain.machine.musl else frozenset()
    linked = toolchain.notes().linked
    found = list(gates.problems(inside, linked=linked, offered=offered) if repaired or not inside else ())
    if repaired:
        found += _wrong_tags(wheel, work.order.identifiers)
        found += gates.left_behind(binaries.names(wheel)) if toolchain.machine.system == "win32" else ()
    if found:
        output = work.order.log.read_text(errors="replace")
        raise work.failure("\n".join((f"{wheel.name} is not fit for release", *found)).removesuffix("."), output)


def _wrong_tags(wheel: Path, identifiers: Sequence[Identifier]) -> Iterator[str]:
    from packaging.utils import parse_wheel_filename  # noqa: PLC0415  # start-up stays fast

    tags = parse_wheel_filename(wheel.name)[3]
    missing = sorted(set(identifiers).difference(answered(identifiers, tags)), key=sort_key)
    if missing:
        yield (
            f"Its tags do not answer {listed(missing)}. Set the tag in the build backend (py_limited_api, python-tag),"
            " leave repair-wheel-command as it is, or run `wheelyard lock` if the identifiers changed."
        )


def notes(wheel: Path, toolchain: Toolchain, *, options: Options, foreign: bool) -> Iterator[str]:
    """What a person should know of how the wheel was made."""
    calls = toolchain.notes()
    if calls.altered:
        yield f"Left out although it changes what the files offer, because zig cannot do it: {listed(calls.altered)}."
    if calls.left_out:
        yield f"Compiler flags left out, unknown to zig or about folders of this machine: {listed(calls.left_out)}."
    if foreign and options.repair:
        yield "repair-wheel-command: left out, because it was written for the machine the wheel is for."
    yield from gates.notes(binaries.of(wheel))
