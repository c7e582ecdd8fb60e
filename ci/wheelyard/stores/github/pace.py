"""Keep within the limits that GitHub sets to requests."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

# Content may be made 80 times a minute and 500 times an hour; a second more, since GitHub's clock is not ours.
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
LIMITS = ((80, 61.0), (500, 3601.0))
_LONG = 5.0  # seconds that a person wants to know of


@dataclass(kw_only=True)
class Pace:
    """Lets requests through when it is their time; many threads share one."""

    limits: Sequence[tuple[int, float]] = LIMITS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = lambda _: None
    _writes: deque[float] = field(init=False)
    _not_before: float = field(default=0.0, init=False)
    _told: float = field(default=0.0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self._writes = deque(maxlen=max(count for count, _ in self.limits))

    def wait(self, *, writes: bool) -> None:
        """Return when the next request may be sent."""
        with self._lock:
            now = self.clock()
            time_of_ours = max(now, self._not_before)
            if writes:
                for count, seconds in self.limits:
                    if len(self._writes) >= count:
                        time_of_ours = max(time_of_ours, self._writes[-count] + seconds)
                self._writes.append(time_of_ours)
            if time_of_ours - now > _LONG and time_of_ours > self._told:
                self._told = time_of_ours + _LONG
                self.say(f"waiting {time_of_ours - now:.0f} s for GitHub's limits on requests")
        if time_of_ours > now:
            self.sleep(time_of_ours - now)

    def hold(self, seconds: float) -> None:
        """Let nothing through for a while: GitHub said so."""
        with self._lock:
            self._not_before = max(self._not_before, self.clock() + seconds)
