"""Work on threads that an interruption does not wait for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def meanwhile(work: Callable[[], T], *, seconds: float = math.inf) -> Callable[[], T]:
    """Begin `work` now; the function this gives waits for what comes of it, at most so long, as `waited` does."""
    done: SimpleQueue[T | Exception] = SimpleQueue()

    def run() -> None:
        try:
            done.put(work())
        except Exception as error:  # noqa: BLE001  # told to the thread that waits
            done.put(error)

    Thread(target=run, daemon=True).start()
    return lambda: waited(done, seconds=seconds)


def waited(done: SimpleQueue[T | Exception], *, seconds: float = math.inf) -> T:
    """The next result; waits in short turns, so that an interruption gets through on every system.

    Raises:
        TimeoutError: there is none after so many seconds.
    """
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        with suppress(Empty):
            result = done.get(timeout=min(left, 0.5))
            if isinstance(result, Exception):
                raise result
            return result
    raise TimeoutError
