"""Do the same to many things, several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
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
    workers = min(parallel, todo.qsize())
    threads = [
        threading.Thread(target=_labour, args=(todo, work, failures, halted), daemon=True) for _ in range(workers)
    ]
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


def _labour(
    todo: SimpleQueue[T], work: Callable[[T], object], failures: list[Exception], halted: threading.Event
) -> None:
    """Do what is to do until there is nothing more, or something failed."""
    with suppress(Empty):
        while not halted.is_set():
            thing = todo.get_nowait()
            try:
                work(thing)
            except Exception as error:  # noqa: BLE001  # raised again where somebody waits for it
                failures.append(error)
                halted.set()
