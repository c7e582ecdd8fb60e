"""The jobs that a matrix makes.

As https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from wheelyard.migration.document import Table
from wheelyard.planning.runners import MATRIX_JOBS

Leg = dict[str, Any]
# More combinations than that are looked at by nobody: GitHub takes 256 after what `exclude` takes away.
_MOST = 100 * MATRIX_JOBS


def legs(matrix: Mapping[str, Any]) -> tuple[Leg, ...]:
    """The values of each job of a matrix that is known, at most as many as GitHub runs."""
    axes = {key: each for key, each in matrix.items() if key not in {"include", "exclude"} and isinstance(each, list)}
    excluded = _entries(matrix, "exclude")
    first: list[Leg] = [
        leg
        for leg in islice(_combined(axes), _MOST)
        if not any(all(leg.get(key) == each for key, each in entry.items()) for entry in excluded)
    ]
    return tuple(_included(first, _entries(matrix, "include"), axes)[:MATRIX_JOBS])


def _entries(matrix: Mapping[str, Any], key: str) -> list[Table]:
    found = matrix.get(key)
    return [entry for entry in found if isinstance(entry, Table)] if isinstance(found, list) else []


def _combined(axes: Mapping[str, Sequence[Any]]) -> Iterator[Leg]:
    return (dict(zip(axes, values, strict=True)) for values in product(*axes.values())) if axes else iter(())


def _included(first: list[Leg], entries: Sequence[Table], axes: Mapping[str, object]) -> list[Leg]:
    """Each entry is added to the combinations whose own values it does not change, or else is one more job."""
    made, alone = [dict(leg) for leg in first], []
    for entry in entries:
        fitting = [
            place
            for place, leg in enumerate(first)
            if all(leg.get(key) == each for key, each in entry.items() if key in axes)
        ]
        for place in fitting:
            made[place].update(entry)
        if not fitting:
            alone.append(dict(entry))
    return made + alone
