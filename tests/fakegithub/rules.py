"""How a fake GitHub is set up."""

from __future__ import annotations

from dataclasses import dataclass, field

from fakegithub.documents import Json

WRITER, READER = "ghp_writer0000000000000000000000000000001", "ghp_reader0000000000000000000000000000002"


@dataclass(kw_only=True)
class Rules:
    """How this GitHub is set up; a test changes what it is about.

    `tokens` maps each to "write", "read" or "none", `moved` is the new `owner/name`, `odd` matches the characters of an
    asset's name that are replaced, `skew` is added to the clock (seconds), `minute` is how long one lasts for the
    limits on writing, `latency` is slept before each answer, `lag` is how late lists show what is new. An `enterprise`
    has no host of its own for uploads, and one that is `proxied` names its hosts as its clients do. The lists hold
    facts of the Actions API, where tokens may see its environments only with `actions`: each entry is completed by the
    defaults of `documents`.
    """

    repository: str = "ada/spam"
    private: bool = False
    immutable: bool = False
    moved: str = ""
    tokens: dict[str, str] = field(default_factory=lambda: {WRITER: "write", READER: "read"})
    tags: dict[str, str] = field(default_factory=dict)
    annotated: dict[str, str] = field(default_factory=dict)  # objects of tags, and the commits they are of
    branches: dict[str, str] = field(default_factory=lambda: {"main": "c" * 40})
    odd: str = r"[^A-Za-z0-9._@-]"
    digests: bool = True
    enterprise: bool = False
    proxied: bool = False
    largest: int = (1 << 31) - 1
    most_assets: int = 1000
    requests_an_hour: int = 5000
    writes_a_minute: int = 80
    writes_an_hour: int = 500
    minute: float = 60.0
    skew: float = 0.0
    latency: float = 0.0
    lag: float = 0.0
    runs: list[Json] = field(default_factory=list)
    jobs: list[Json] = field(default_factory=list)
    artifacts: list[Json] = field(default_factory=list)
    checks: list[Json] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    environments: list[Json] = field(default_factory=list)
    actions: bool = True
