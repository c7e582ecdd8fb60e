"""What goes wrong at GitHub and on the way there: one fault a request, as listed or by a seed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Each kind, and the requests it can befall ("HOST METHOD path").
KINDS = {
    "reset": r"(api|uploads) ",  # the connection breaks; an upload was half sent and leaves an asset in `starter`
    "lost": r"(api|uploads) ",  # all is done, and no answer comes back
    "502": r"(api|uploads) ",  # nothing is done; an upload leaves an asset in `starter`
    "403": r"(api|uploads) ",  # a secondary limit, with Retry-After
    "429": r"(api|uploads) ",
    "422": r"uploads ",  # the file is there, and the answer says that it already was
    "truncated": r"storage ",  # half of the file, then the end of the connection
    "slow": r"",  # the answer takes its time
    "clock": r"api ",  # the server's clock jumps
}
_JUMPS = (-7200.0, -60.0, 60.0, 7200.0)


@dataclass(kw_only=True)
class Fault:
    """A kind of fault for the requests that `on` is found in, after `skip` of them, `times` in all.

    `seconds` is the Retry-After, the delay, or the jump of the clock. A `kind` of digits is a status.
    """

    kind: str
    on: str = ""
    skip: int = 0
    times: int = 1
    seconds: float = 0.0


@dataclass(kw_only=True)
class Faults:
    """The faults to come. Those of a seed follow no rule that a client could learn; the same seed, the same dice."""

    listed: list[Fault] = field(default_factory=list)
    dice: random.Random = field(default_factory=random.Random)
    rate: float = 0.0
    kinds: tuple[str, ...] = tuple(KINDS)

    def next(self, request: str) -> Fault | None:
        """What befalls a request, if anything does."""
        for fault in self._meant(request):
            if fault.skip > 0:
                fault.skip -= 1
            else:
                fault.times -= 1
                return fault
        if self.dice.random() >= self.rate:
            return None
        possible = [kind for kind in self.kinds if re.match(KINDS[kind], request)]
        if not possible:
            return None
        kind = self.dice.choice(possible)
        seconds = {"403": 1.0, "429": 1.0, "slow": self.dice.uniform(0.01, 0.2), "clock": self.dice.choice(_JUMPS)}
        return Fault(kind=kind, seconds=seconds.get(kind, 0.0))

    def _meant(self, request: str) -> Iterator[Fault]:
        for fault in self.listed:
            if fault.times > 0 and re.match(KINDS.get(fault.kind, ""), request) and re.search(fault.on, request):
                yield fault
