"""How long a build takes: measured where it was measured, else guessed from its neighbours.

The priors are medians over public CI runs (numpy, mypy, lxml, Pillow, scikit-learn and others, 2024 to 2026), minutes
for one wheel; Pyodide, Android and iOS were not among them and take the median of the system they are built on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median

import msgspec

from wheelyard import documents
from wheelyard.errors import ConfigError, UsageError
from wheelyard.planning.builds import Build
from wheelyard.releasing.manifest import Manifest
from wheelyard.targets import Identifier, Platform, Target

PRIORS = {
    Platform.LINUX: 8.7,
    Platform.MACOS: 7.9,
    Platform.WINDOWS: 10.5,
    Platform.PYODIDE: 8.7,
    Platform.ANDROID: 8.7,
    Platform.IOS: 7.9,
}
EMULATED_PRIOR = 99.7

# Minutes a job pays before its first build. The queue is the median wait over 740 public jobs (macOS 21 s, others
# 4 s); checkout, Python and cibuildwheel take about a minute everywhere.
FIXED = {Platform.MACOS: 1.4, Platform.IOS: 1.4}
FIXED_ELSEWHERE = 1.1
# Minutes to pull and start a container, and what a before-all adds when there is one.
CONTAINER = 0.5
BEFORE_ALL = 2.0
# Minutes to test a wheel on one more Python than the one that built it.
ONE_MORE_TEST = 0.5
# Minutes that zig takes to make its run-time libraries for one more machine (docs/cross-building.md).
ONE_MORE_MACHINE = 1.5


def name(identifier: Identifier, variant: str | None) -> str:
    """The name of a build in a table of durations."""
    return identifier if variant is None else f"{identifier}/{variant}"


def known(build: Build, table: Mapping[str, float]) -> float | None:
    """The minutes that were measured for a build."""
    return table.get(name(build.identifier, build.variant))


def minutes(builds: Iterable[Build], table: Mapping[str, float], *, emulated: Iterable[Target]) -> tuple[float, ...]:
    """Minutes for each build, its tests included.

    What was not measured takes the median of the same target, else the prior, scaled by how the measured compare.
    """
    builds = tuple(builds)
    emulated = frozenset(emulated)
    measured = [(build, found) for build in builds if (found := known(build, table)) is not None]
    scale = median(found / _prior(build, emulated) for build, found in measured) if measured else 1.0
    typical = {
        target: median(found for build, found in measured if build.target is target)
        for target in {build.target for build, _ in measured}
    }
    return tuple(
        found
        if (found := known(build, table)) is not None
        else typical.get(build.target, scale * _prior(build, emulated))
        for build in builds
    )


def _prior(build: Build, emulated: frozenset[Target]) -> float:
    once = EMULATED_PRIOR if build.target in emulated else PRIORS[build.target.platform]
    return once + ONE_MORE_TEST * (len(build.identifiers) - 1)


def of_tests(build: Build) -> float:
    """Minutes to test a wheel that another runner built."""
    return ONE_MORE_TEST * len(build.identifiers)


def parse(text: bytes, *, source: str) -> dict[str, float]:
    """Durations from a manifest, or from a JSON table of identifiers and minutes.

    Raises `ConfigError` with every entry that is no duration.
    """
    try:
        data = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise UsageError(
            f"{source} is not JSON: {error}. Give a manifest.json, or a table of identifiers and minutes."
        ) from None
    if not isinstance(data, dict):
        raise UsageError(f"{source} is no table. Give a manifest.json, or a table of identifiers and minutes.")
    if "files" in data:
        return of_manifest(documents.parse(data, Manifest, source=source))
    mistakes = tuple(mistake for key, value in data.items() if (mistake := _mistake(key, value)) is not None)
    if mistakes:
        raise ConfigError(source, mistakes)
    return {key: float(value) for key, value in data.items()}


def of_manifest(manifest: Manifest) -> dict[str, float]:
    """The minutes of each file, under the identifier that built it; what took no time was taken over, not built."""
    found: dict[str, float] = {}
    for file in manifest.files:
        if file.identifiers and file.minutes > 0:
            found.setdefault(name(file.identifiers[0], None), file.minutes)
    return found


def _mistake(key: str, value: object) -> str | None:
    try:
        Identifier.parse(key.partition("/")[0])
    except UsageError as error:
        return str(error)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{key}: expected minutes, found {value!r}."
    if not 0 < value < float("inf"):
        return f"{key}: {value} is no number of minutes. Leave it out, or measure again."
    return None
