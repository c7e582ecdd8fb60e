"""Collect, freeze and finish a release on a GitHub where everything goes wrong, killed again and again.

`python tests/chaos.py FOLDER FIRST LAST` plays these seeds and prints a line of JSON for each. The commands run in
forked processes that have all modules already, so that a `kill -9` is a real one and yet cheap. Their clock ticks
faster, for nobody learns from pauses.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

FASTER = 50
_sleep = time.sleep
time.sleep = lambda seconds: _sleep(float(seconds) / FASTER)  # before anything of ours is imported

import fakegithub  # noqa: E402
from fakegithub import Server  # noqa: E402
from releases import make_plan, make_wheelhouse  # noqa: E402
from wheelyard import audit, cli, stores  # noqa: E402, F401  # what a forked process has already
from wheelyard.releasing import checks  # noqa: E402, F401  # what a forked process has already
from wheelyard.report import releases as tables  # noqa: E402, F401
from wheelyard.stores import github  # noqa: E402, F401
from wheelyard.targets import Identifier  # noqa: E402
from wheelyard.verbs import collect, finish  # noqa: E402, F401

TAG, STORE = "v1.0", "github:ada/spam"
WHEELS = tuple(Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(11, 51))
TABLE = f"""\
[project]
name = "wy_sample"
version = "1.0"

[tool.wheelyard]
targets = ["linux-x86_64"]
release = {{ store = "{STORE}" }}
"""
EVENTS = {"http.client.send", "socket.connect", "os.rename", "os.mkdir", "os.remove", "tempfile.mkstemp"}
MOST = 12  # rounds with trouble, before the world calms down
FREEZE = ("freeze",)
STEPS: tuple[tuple[str, ...], ...] = (("collect",), FREEZE, ("finish", "--tag", TAG))


@dataclass(kw_only=True)
class Play:
    """One seed: the dice, the server, the projects of two collectors, and what happened."""

    seed: int
    server: Server
    projects: tuple[Path, Path]
    logs: Path
    dice: random.Random = field(init=False)
    runs: int = 0
    kills: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311  # dice

    def step(self, command: Sequence[str], *, events: int) -> None:
        """Run a command until it is done, killed and disturbed on the way."""
        for attempt in count():
            calm = attempt >= MOST
            if calm:
                self.server.chaos(0, rate=0.0)
                self.server.rules(lag=0.0)
            many = 2 if command[0] == "collect" and self.dice.random() < 0.3 else 1
            started = [
                self._start(command, project, kill_at=0 if calm else self._kill_at(events))
                for project in self.projects[:many]
            ]
            ended = [self._end(*each, calm=calm) for each in started]
            if any(ended) or calm:
                return

    def _kill_at(self, events: int) -> int:
        return self.dice.randint(1, events) if events and self.dice.random() < 0.7 else 0

    def _start(self, command: Sequence[str], project: Path, *, kill_at: int) -> tuple[int, Path]:
        log = self.logs / f"{self.seed}-{self.runs}.log"
        self.runs += 1
        return fork(command, project, log=log, kill_at=kill_at), log

    def _end(self, child: int, log: Path, *, calm: bool) -> bool:
        """Wait for a command; whether it did its work."""
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        self.kills += code == -signal.SIGKILL
        allowed = {0} if calm else {0, 4, -signal.SIGKILL}
        if code not in allowed:
            self.problems.append(f"exit {code}: {log.read_text()[-600:]}")
        if self.server.token.encode() in log.read_bytes():
            self.problems.append(f"{log} has the token")
        return code == 0


def fork(command: Sequence[str], project: Path, *, log: Path, kill_at: int = 0, tell: bool = False) -> int:
    """Run a command in a process of its own, killed just before its n-th event; `tell` logs how many there were."""
    child = os.fork()
    if child:
        return child
    handle = os.open(log, os.O_WRONLY | os.O_CREAT)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.chdir(project)
    seen = count(1)

    def hook(event: str, _: object) -> None:
        if event in EVENTS and next(seen) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    code = 70
    try:
        code = freeze() if tuple(command) == FREEZE else cli.main(list(command))
        if tell:
            print(next(seen))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def freeze() -> int:
    """What `publish` does to the store."""
    from wheelyard.errors import OutsideError  # noqa: PLC0415

    try:
        store = stores.choose(STORE, root=Path.cwd())
        found = store.find(TAG)
        assert found is not None
        for sent in (False, True):
            store.freeze(found, index="https://index.example/", sent=sent)
    except OutsideError:
        return 4
    return 0


def shown(server: Server) -> object:
    """Everything that a release is to people: all there are, their facts, and their bytes."""

    def digest(number: int) -> str:
        return hashlib.sha256((server.folder / str(number)).read_bytes()).hexdigest()

    facts = ("tag", "name", "body", "draft", "prerelease", "target")
    releases = [
        [
            *(each[fact] for fact in facts),
            sorted((name, a["state"], digest(a["id"])) for name, a in each["assets"].items()),
        ]
        for each in server.releases()
    ]
    return [releases, server.latest()]


def play(seed: int, server: Server, projects: tuple[Path, Path], *, events: dict[str, int], wanted: object) -> Play:
    """One seed from nothing to the published release, which is compared with the undisturbed one."""
    begin(server)
    logs = server.folder / "logs"
    logs.mkdir(exist_ok=True)
    played = Play(seed=seed, server=server, projects=projects, logs=logs)
    server.chaos(seed, rate=played.dice.choice((0.02, 0.1, 0.2, 0.35)))
    server.rules(lag=played.dice.choice((0.0, 0.0, 0.05, 0.6)))
    for step in STEPS:
        played.step(step, events=events[step[0]])
    if shown(server) != wanted:
        played.problems.append(f"the release is another: {shown(server)}")
    server.chaos(0, rate=0.0)
    before = len(server.exchanges())
    for step in STEPS:
        played.step(step, events=0)
    written = {each.method for each in server.exchanges()[before:]} - {"GET"}
    if written or shown(server) != wanted:
        played.problems.append(f"a finished release was changed: {written}")
    return played


def begin(server: Server) -> None:
    """A GitHub without releases that has no limits on writing."""
    server.reset()
    for path in server.folder.glob("[0-9]*"):
        path.unlink()
    server.rules(writes_a_minute=10**6, writes_an_hour=10**6, requests_an_hour=10**6)


def make_project(folder: Path) -> Path:
    """A project with a complete wheelhouse."""
    make_wheelhouse(folder / "wheelhouse", plan=make_plan(identifiers=WHEELS[1:]))
    (folder / "pyproject.toml").write_text(TABLE)
    for command in (("init", "--quiet"), ("add", "pyproject.toml"), ("commit", "--quiet", "--message", "All of it")):
        author = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(("git", *author, *command), cwd=folder, check=True)
    return folder


def undisturbed(server: Server, project: Path) -> dict[str, int]:
    """Make the release with nothing in the way; how many events each step has."""
    begin(server)
    events = {}
    for step in STEPS:
        log = server.folder / f"{step[0]}.log"
        code = os.waitstatus_to_exitcode(os.waitpid(fork(step, project, log=log, tell=True), 0)[1])
        assert code == 0, log.read_text()
        events[step[0]] = int(log.read_text().split()[-1])
    return events


def plays(folder: Path, seeds: range) -> Iterator[Play]:
    """All seeds, one after another, against one server."""
    first = make_project(folder / "first")
    projects = (first, shutil.copytree(first, folder / "second"))
    with fakegithub.serve(folder / "github") as server:
        os.environ.update(GITHUB_TOKEN=server.token, GITHUB_API_URL=server.url, NO_PROXY="127.0.0.1,localhost")
        os.environ.pop("GITHUB_SERVER_URL", None)
        events = undisturbed(server, first)
        wanted = shown(server)
        for seed in seeds:
            yield play(seed, server, projects, events=events, wanted=wanted)


def main(folder: Path, first: int, last: int) -> None:
    """Play the seeds from first to last and tell of each."""
    for played in plays(folder, range(first, last + 1)):
        faults = sum(1 for each in played.server.exchanges() if each.fault)
        facts = {"seed": played.seed, "runs": played.runs, "kills": played.kills, "faults": faults}
        print(json.dumps({**facts, "problems": played.problems}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
