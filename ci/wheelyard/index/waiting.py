"""Work on threads that an interruption does not wait for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def meanwhile(work: Callable[[], T]) -> Callable[[], T]:
    """Begin `work` now; the function this gives waits for what comes of it."""
    done: SimpleQueue[T | Exception] = SimpleQueue()

    def run() -> None:
        try:
            done.put(work())
        except Exception as error:  # noqa: BLE001  # told to the thread that waits
            done.put(error)

    Thread(target=run, daemon=True).start()
    return lambda: waited(done)


def waited(done: SimpleQueue[T | Exception]) -> T:
    """The next result; waits in short turns, so that an interruption gets through on every system."""
    while True:
        with suppress(Empty):
            result = done.get(timeout=0.5)
            if isinstance(result, Exception):
                raise result
            return result
