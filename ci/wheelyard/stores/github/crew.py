"""Do the same to many things, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")


def each(things: Iterable[T], work: Callable[[T], object], *, parallel: int) -> None:
    """`work` on everything; after a failure nothing new is begun, and the first one is raised.

    The threads are daemons: an interruption does not wait for a server that is silent.
    """
    todo: SimpleQueue[T] = SimpleQueue()
    for thing in things:
        todo.put(thing)
    failures: list[Exception] = []
    halted = threading.Event()

    def labour() -> None:
        while not halted.is_set():
            try:
                thing = todo.get_nowait()
            except Empty:
                return
            try:
                work(thing)
            except Exception as error:  # noqa: BLE001  # raised again where somebody waits for it
                failures.append(error)
                halted.set()

    threads = [threading.Thread(target=labour, daemon=True) for _ in range(min(parallel, todo.qsize()))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.5)  # in short turns, so that an interruption gets through on every system
    finally:
        halted.set()
    if failures:
        raise failures[0]
