"""What a Linux runner cross-builds for others: which builds it can, how they are cut, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wheelyard.building import macos
from wheelyard.config import Config
from wheelyard.errors import listed
from wheelyard.planning import durations, runners
from wheelyard.planning.builds import Build
from wheelyard.planning.schedule import Lane, Work
from wheelyard.targets import Identifier, Target, macos_version

RUNNER = ("ubuntu-24.04",)

# The oldest CPython that actions/setup-python has for a machine, where it has not all that are built for
# (https://github.com/actions/python-versions; python.org has no older one for Windows on ARM).
_OLDEST = {Target.WINDOWS_ARM64: (3, 11)}


def refusals(config: Config, every: Iterable[Build]) -> Iterator[str]:
    """A sentence for each reason why what is to be cross-built cannot be, or could not be tested, with its builds."""
    if not config.tool.cross:
        return
    if reason := _of_backend(config):
        yield f"This package cannot be cross-built: {reason}. Leave `cross` out of [tool.wheelyard]."
    found: dict[str, list[Identifier]] = {}
    for build in every:
        if build.target in config.tool.cross:
            for identifier in build.identifiers:
                for reason in _reasons(config, build, identifier):
                    found.setdefault(reason, []).append(identifier)
    for reason, identifiers in found.items():
        targets = dict.fromkeys(identifier.target for identifier in identifiers)
        yield (
            f"{listed(identifiers)} cannot be cross-built: {reason}."
            f" Skip what is meant in [tool.cibuildwheel], or take {listed(targets)} out of `cross`."
        )


def _of_backend(config: Config) -> str | None:
    from wheelyard.engines.host import backends  # noqa: PLC0415  # an engine is slow to import

    project = config.project
    return backends.refusal(backends.Backend.of(project.build_backend, project.build_requires))


def _reasons(config: Config, build: Build, identifier: Identifier) -> Iterator[str]:
    from wheelyard.engines.host import machines  # noqa: PLC0415  # an engine is slow to import

    machine = machines.of(identifier)
    if identifier.interpreter != "cp":
        yield "the host engine builds for CPython only"
    elif machine is None:
        yield f"the host engine makes code for {listed(machines.MACHINES, most=20)}"
    elif machine.musl:
        yield "no runner has musl to test it with"
    else:
        yield from _untestable(config, identifier)
        wanted, oldest = _deployment_target(config, build), machine.platform.split("-")[1]
        if machine.system == "darwin" and wanted and macos_version(wanted) < macos_version(oldest):
            yield f"zig makes code for macOS {oldest} and newer, and {wanted} is asked for"
    if identifier == build.identifier:
        yield from _of_commands(config, identifier)


def _of_commands(config: Config, identifier: Identifier) -> Iterator[str]:
    from wheelyard.engines.host import options, refusals  # noqa: PLC0415  # an engine is slow to import

    chosen = options.resolve(config.cibuildwheel, identifier, {})
    for name, command in (("before-all", chosen.before_all), ("before-build", chosen.before_build)):
        if what := refusals.change(command):
            yield f"{name} would change the machine that builds for all of them ({what})"


def _untestable(config: Config, identifier: Identifier) -> Iterator[str]:
    """Why no runner could test a wheel; what lies on a machine of the user's own is not known here."""
    target = identifier.target
    labels = config.tool.labels(target)
    if labels[0] in runners.PARTNER_LABELS:
        yield f"GitHub has no Pythons for {labels[0]}: give a machine of your own that has them in `runners`"
    found = runners.machine(labels)
    if found is not None and found != (target.platform, target.arch):
        yield f"{labels[0]} is {found[1]}, and there are no Pythons of {target.arch} for it to test with"
    if found is not None and identifier.version < _OLDEST.get(target, (0, 0)):
        yield f"GitHub has no CPython for {labels[0]} that is older than {'.'.join(map(str, _OLDEST[target]))}"


def _deployment_target(config: Config, build: Build) -> str | None:
    variables: Mapping[str, str] = build.environment.get(build.identifier, {})
    return macos.target(config.cibuildwheel, build.identifier, variables)


def cut(group: Sequence[Build], minutes: Sequence[float], *, most: float) -> tuple[tuple[int, ...], ...]:
    """Builds of one target in as few jobs as can be that take `most` minutes to build.

    The installers of Windows' two kinds of CPython take each other's place: those are tested apart
    (https://github.com/actions/setup-python).
    """

    def apart(place: int) -> bool:
        return group[place].identifier.system == "win" and group[place].identifier.threaded

    jobs: list[list[int]] = []
    for place in sorted(range(len(group)), key=apart):
        last = jobs[-1] if jobs else None
        if last is None or apart(last[0]) != apart(place) or sum(minutes[each] for each in (*last, place)) > most:
            jobs.append([])
        jobs[-1].append(place)
    return tuple(map(tuple, jobs))


def lane(works: Sequence[Work], *, limit: float) -> Lane:
    """The cross-building of jobs as the scheduler sees it: as many as fit share a runner, each done whole there."""
    return Lane(
        works=tuple(works),
        fixed=durations.FIXED_ELSEWHERE,
        each_container=durations.ONE_MORE_MACHINE,
        pool=runners.pool(RUNNER),
        price=runners.price(RUNNER),
        limit=limit,
    )
