"""Publish as the verb does, and as the code below it does, to the indexes of tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from releases import tree, wheel_name
from wheelyard import cli
from wheelyard.index import account, attesting
from wheelyard.index.attesting import Attester, Sigstore
from wheelyard.index.publishing import Publishing
from wheelyard.index.uploads import Outcome, Sent
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle
from wheelyard.targets import Identifier

if TYPE_CHECKING:
    from fakepypi import FakePyPI


WHEEL = wheel_name(Identifier("cp311-manylinux_x86_64"))
US = ("--repository", "ada/spam", "--workflow", "wheels.yml")


class Nobody:
    """Watches without a word."""

    def progress(self, file: File, done: int) -> None:
        """Hear of bytes."""

    def ended(self, report: Sent) -> None:
        """Hear of files."""


def released(project: Path) -> dict[str, bytes]:
    """The files of the release in a project's store, with their bytes."""
    files = tree(project / "store" / "v1.0")
    return {name: content for name, content in files.items() if name.endswith((".whl", ".tar.gz"))}


def publish(project: Path, *more: str) -> int:
    """The exit code of `wheelyard publish`."""
    return cli.main(["publish", "-C", str(project), "-q", "--wait", "0", *more])


def send(bundle: Bundle, *, parallel: int = 4, index: str = "pypi", attester: Attester | None = None) -> Sequence[Sent]:
    """The reports of files sent, without pauses."""
    chosen = account.resolve(index)
    task = Publishing(
        made=bundle.manifest, account=chosen, reader=chosen.reader(), attester=attester, pause=lambda _seconds: None
    )
    return task.send(task.compare(), bundle.paths, parallel=parallel, watch=Nobody(), wait=0)


def refusals(bundle: Bundle, *, attester: Attester | None = None) -> list[str]:
    """What the index says of the files that it refuses."""
    return [report.words for report in send(bundle, attester=attester) if report.outcome is Outcome.REFUSED]


def hasty(fake: FakePyPI, *, seconds: float = 60) -> Sigstore:
    """What attests, without pauses."""
    return Sigstore(partial(attesting._signer, fake.trusted), seconds=seconds, pause=lambda _seconds: None)
