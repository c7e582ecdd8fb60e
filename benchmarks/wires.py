"""A wire of some length and width: a relay on loopback that passes bytes on late, and no faster than it is wide."""

from __future__ import annotations

import asyncio
import contextlib
import math
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized

_PIECE = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Link:
    """Seconds one way, and bytes a second for each connection."""

    seconds: float
    rate: float = math.inf

    @property
    def room(self) -> int:
        """How many pieces can be on their way; 0 for any number."""
        return 0 if math.isinf(self.rate) else max(4, int(2 * self.seconds * self.rate) // _PIECE)


@contextlib.contextmanager
def relayed(port: int, link: Link) -> Iterator[tuple[int, Synchronized[int]]]:
    """The port from which a wire leads to a server's, and how many bytes went to the server so far."""
    sent, ready = multiprocessing.Value("q", 0), multiprocessing.Value("i", 0)
    process = multiprocessing.Process(target=_relay, args=(port, link, sent, ready), daemon=True)
    process.start()
    while not ready.value:
        time.sleep(0.01)
    try:
        yield ready.value, sent
    finally:
        process.kill()
        process.join()


def _relay(port: int, link: Link, sent: Synchronized[int], ready: Synchronized[int]) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * link.seconds)  # the handshake
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_pump(reader, far_writer, link, sent), _pump(far_reader, writer, link, None))

    async def run() -> None:
        server = await asyncio.start_server(accept, "127.0.0.1", 0, limit=4 * _PIECE)
        ready.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(run())


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, link: Link, counter: Synchronized[int] | None
) -> None:
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(link.room)

    async def deliver() -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not data:
                writer.close()
                return
            writer.write(data)
            await writer.drain()

    task = asyncio.create_task(deliver())
    data, free = b"-", 0.0
    while data:
        data = await reader.read(_PIECE)
        free = max(free, time.monotonic()) + len(data) / link.rate
        if counter is not None:
            counter.value += len(data)
        await queue.put((free + link.seconds, data))
    await task
