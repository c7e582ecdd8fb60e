"""What the three hosts of a fake GitHub share, and what a test does to it behind the scenes."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from fakegithub.answers import Door
from fakegithub.documents import Json
from fakegithub.faults import KINDS, Fault, Faults
from fakegithub.rules import Rules
from fakegithub.world import World

CONTROL = "/_fake/"
EXCHANGES = "exchanges.jsonl"


@dataclass(kw_only=True)
class Site:
    """All that the three hosts share."""

    folder: Path
    hosts: Mapping[str, str]
    lock: threading.RLock = field(default_factory=threading.RLock)
    faults: Faults = field(default_factory=Faults)
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.reset({})

    def reset(self, _given: Json) -> None:
        """Begin anew."""
        self.door = Door(world=World(folder=self.folder), hosts=self.hosts)
        self.faults = Faults()
        (self.folder / EXCHANGES).write_text("")

    def rules(self, given: Json) -> None:
        """Change rules, by name."""
        unknown = given.keys() - Rules.__dataclass_fields__.keys()
        assert not unknown, f"no such rules: {unknown}"
        for name, value in given.items():
            setattr(self.door.world.rules, name, value)

    def fault(self, given: Json) -> None:
        """One more fault to come."""
        self.faults.listed.append(Fault(**given))

    def chaos(self, given: Json) -> None:
        """Faults by a seed, from now on."""
        kinds = tuple(given["kinds"] or KINDS)
        self.faults = Faults(dice=random.Random(given["seed"]), rate=given["rate"], kinds=kinds)  # noqa: S311  # dice

    def seed(self, given: Json) -> int:
        """A release with assets, made behind the back of all rules on writing."""
        world = self.door.world
        release = world.create({**given["release"], "draft": True})
        for name, encoded in given["files"].items():
            content = base64.b64decode(encoded)
            asset = world.begin(release, name=name.removesuffix("!"), label="", content_type="x/y", size=len(content))
            if not name.endswith("!"):
                world.bytes_of(asset).write_bytes(content)
                world.end(release, asset, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        if not given["release"]["draft"]:
            world.edit(release, {"draft": False})
        return release.id

    def state(self, _given: Json) -> Json:
        """The releases as they are kept."""
        world = self.door.world
        releases = [asdict(each) for each in world.releases.values()]
        for release in releases:
            release["assets"] = {asset["name"]: asset for asset in release["assets"].values()}
        latest = world.releases.get(world.latest or 0)
        return {"releases": releases, "latest": latest.tag if latest else None, "tags": world.rules.tags}
