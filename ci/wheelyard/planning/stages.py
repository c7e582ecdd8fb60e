"""The jobs of a plan in their two stages: what builds and cross-builds, then what tests what was cross-built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wheelyard.planning import crossing, schedule
from wheelyard.planning.builds import Build
from wheelyard.planning.rows import Row
from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule import Batch, Lane, Schedule, Work


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one job has of a row; where it only tests, `crossing` is who builds."""

    row: Row
    batch: Batch
    crossing: str | None = None

    @property
    def builds(self) -> list[Build]:
        """Its builds."""
        return [self.row.builds[place] for place in self.batch.works]


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Both schedules. The last lane of the first is that of the crossings, whose works are the jobs of the second."""

    native: tuple[Row, ...]
    crossed: tuple[Row, ...]
    lanes: tuple[Lane, ...]
    first: Schedule
    second: Schedule

    @property
    def crossings(self) -> dict[str, Batch]:
        """What cross-builds, by its id."""
        batches = [batch for batch in self.first.batches if batch.lane == len(self.native)]
        several = len(batches) > 1
        return {f"cross-{number}" if several else "cross": batch for number, batch in enumerate(batches, start=1)}

    @property
    def shares(self) -> Iterator[Share]:
        """Every job that has a machine of its target, those that build before those that test."""
        for batch in self.first.batches:
            if batch.lane < len(self.native):
                yield Share(row=self.native[batch.lane], batch=batch)
        by = {place: name for name, batch in self.crossings.items() for place in batch.works}
        for place, batch in enumerate(self.second.batches):
            yield Share(row=self.crossed[batch.lane], batch=batch, crossing=by[place])

    def ends(self, slots: Slots) -> tuple[float, float]:
        """The minutes until all is built, and until all that was cross-built is tested: nothing, where nothing was."""
        batches = (*self.first.batches, *self.second.batches)
        then = len(self.first.batches)
        pools = [self.lanes[batch.lane].pool for batch in self.first.batches]
        pools += [self.crossed[batch.lane].lane.pool for batch in self.second.batches]
        minutes = [batch.minutes for batch in batches]
        first = [row for row, batch in enumerate(self.first.batches) if batch.lane == len(self.native)]
        begun = schedule.staged(pools, minutes, slots, first=first, then=then)
        ended = [start + lasting for start, lasting in zip(begun, minutes, strict=True)]
        return max(ended[:then], default=0.0), max(ended[then:], default=0.0)

    def floor(self, slots: Slots, *, limit: float) -> float:
        """Minutes that no division into jobs can stay under."""
        tests = [row.lane for row in self.crossed]
        works = tuple(Work(minutes=each, container=row.target) for row in self.crossed for each in row.minutes)
        crossings = [crossing.lane(works, limit=limit)] if works else []
        built = schedule.lower_bound([*(row.lane for row in self.native), *crossings], slots)
        return max(built, schedule.lower_bound(crossings, slots) + schedule.lower_bound(tests, slots))


def solve(rows: Sequence[Row], slots: Slots, *, limit: float) -> Stages:
    """The best jobs found; a crossed target is one job, unless its split or the `limit` of building it makes it more.

    A crossing builds whole jobs, so that what tests them waits for no artifact of another. As many share it as lose no
    time by that.
    """
    native = tuple(row for row in rows if not row.crossed)
    crossed = tuple(_given(row, limit) for row in rows if row.crossed)
    second = schedule.solve([row.lane for row in crossed], slots)
    works = tuple(_whole(crossed[batch.lane], batch) for batch in second.batches)
    lanes = (*(row.lane for row in native), *([crossing.lane(works, limit=limit)] if works else []))
    return Stages(native=native, crossed=crossed, lanes=lanes, first=schedule.solve(lanes, slots), second=second)


def _given(row: Row, most: float) -> Row:
    cut = row.lane.cut or crossing.cut(row.builds, row.minutes, most=most)
    return replace(row, lane=replace(row.lane, cut=cut))


def _whole(row: Row, batch: Batch) -> Work:
    return Work(minutes=sum(row.minutes[place] for place in batch.works), container=row.target)
