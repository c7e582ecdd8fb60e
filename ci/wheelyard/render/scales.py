"""Where values lie on a drawing, in percents of its width: so it fits every screen, and its text keeps its size."""

from __future__ import annotations

from dataclasses import dataclass

from wheelyard.page.jobs import Span
from wheelyard.words import size

_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480)
_TICKS = 7


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar or a point, in percents of the width."""

    x: float
    width: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A scale from nothing to `most`, with where its ticks are and what stands at each."""

    most: float
    ticks: tuple[tuple[float, str], ...]

    def bar(self, span: Span | None) -> Bar | None:
        """Where a span of time lies."""
        if span is None:
            return None
        return Bar(x=round(100 * span.start / self.most, 2), width=max(round(100 * span.minutes / self.most, 2), 0.2))

    def point(self, value: float) -> float:
        """Where a value lies."""
        return round(100 * value / self.most, 2)


def of_minutes(most: float) -> Axis:
    """A scale of minutes."""
    most = max(most, 0.0) or 1.0
    step = next((step for step in _STEPS if most / step <= _TICKS), most / _TICKS)
    ticks = [step * place for place in range(int(most / step) + 1)]
    return Axis(most=most, ticks=tuple((round(100 * tick / most, 2), f"{tick:g}") for tick in ticks))


def of_bytes(most: int) -> Axis:
    """A scale of bytes."""
    most = max(most, 1)
    step = next(step for power in range(20) for factor in (1, 2, 5) if most / (step := factor * 10**power) <= _TICKS)
    ticks = [step * place for place in range(most // step + 1)]
    room = most * 1.02
    return Axis(most=room, ticks=tuple((round(100 * tick / room, 2), size(tick)) for tick in ticks))
