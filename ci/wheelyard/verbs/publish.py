"""Upload a complete release to a package index with twine."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import stores
from wheelyard.doors import files
from wheelyard.errors import OutsideError, UsageError
from wheelyard.generating import generated
from wheelyard.releasing import lookup, publication
from wheelyard.releasing.manifest import Manifest
from wheelyard.releasing.publication import Errand
from wheelyard.report import pages
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console
    from wheelyard.index.account import Account
    from wheelyard.index.verification import Copy

EPILOG = """\
examples:
  wheelyard publish                                  to the index of [tool.wheelyard.publish]
  wheelyard publish --index testpypi                 to another that twine knows, or a section of .pypirc
  wheelyard publish --index https://host/legacy/     to any address twine can upload to
  wheelyard publish --nightly                        to the index of [tool.wheelyard.publish.nightly], deleting old ones
  wheelyard publish --rehearse                       to an index of its own on this machine, and install from it
  wheelyard publish --verify 1.2                     that the index has the release's bytes, published by its workflow

User name and token come from where twine looks for them: TWINE_USERNAME and TWINE_PASSWORD, .pypirc, the keyring,
trusted publishing. After an interruption the same command sends only what the index does not have.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard publish` takes."""
    parser.epilog = EPILOG
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--version", dest="release", metavar="VERSION", help="the release (default: the plan's version)")
    which.add_argument("--tag", help="the release, by its tag")
    which.add_argument(
        "--verify", type=_version, metavar="VERSION", help="compare what is there with manifest and provenance"
    )
    parser.add_argument("--index", metavar="NAME-OR-URL", help="where to (default: [tool.wheelyard.publish] index)")
    parser.add_argument("--nightly", action="store_true", help="to the index for nightlies, keeping the newest")
    parser.add_argument("--simple", metavar="URL", help="where the index shows its files; none to compare nothing")
    parser.add_argument("--parallel", type=_count, default=4, metavar="N", help="files at a time (default: 4)")
    parser.add_argument("--wait", type=float, default=60, metavar="S", help="seconds for files to show (default: 60)")
    parser.add_argument("--rehearse", action="store_true", help="publish to a throw-away index and install from it")
    parser.add_argument("--offline", type=Path, metavar="DIR", help="verify files and FILE.provenance of a folder")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="who should have published it, on GitHub")
    parser.add_argument("--workflow", metavar="FILE", help="which workflow there (default: ours, or any of another's)")
    parser.add_argument("--store", metavar="STORE", help="where it is (default: [tool.wheelyard.release] store)")
    parser.add_argument("--dry-run", action="store_true", help="check and compare everything, upload nothing")
    parser.add_argument("--json", action="store_true", help="print what became of each file")
    pages.arguments(parser)


def run(options: Namespace, console: Console) -> None:
    """Publish the store's release; a second run sends only what the first one did not."""
    workspace = enter(options.project)
    if options.verify:
        _verify(workspace, options, console)
        return
    store = stores.choose(options.store or workspace.config.tool.release.store, root=workspace.root, say=console.say)
    found = lookup.release(store, workspace, tag=options.tag, version=options.release)
    tool, warn = workspace.config.tool, console.warn
    drawn = tool.release.report or pages.wanted(options)
    facts = pages.released(found, store, workspace, warn=warn) if drawn else None
    with pages.kept(facts, options) if facts else nullcontext() as page, files.scratch("publish") as scratch:
        paths = store.fetch(found, folder=scratch)
        trusted = workspace.trust_config
        errand = Errand(
            found=found, paths=paths, tool=tool, trusted=trusted, options=options, console=console, page=page
        )
        if options.rehearse:
            publication.rehearse(errand)
        else:
            publication.publish(errand, store)
            if tool.release.report and page and page.facts.sent:
                pages.redrawn(page.facts, found, store, warn=warn)


def _verify(workspace: Workspace, options: Namespace, console: Console) -> None:
    """Hold a published version, on an index or in a folder, to what it should be."""
    from wheelyard.index import account, provenance, verification  # noqa: PLC0415  # twine is slow to import
    from wheelyard.report import verified  # noqa: PLC0415

    tool, name, version = workspace.config.tool, workspace.config.project.name, options.verify
    trusted = workspace.trust_config
    if options.offline:
        copies = verification.in_folder(options.offline, name=name, version=version)
        source, attested = str(options.offline), tool.publish.attest
    else:
        chosen = account.resolve(options.index or tool.publish.index)
        copies = _download(name, chosen, options, console)
        source, attested = chosen.url, tool.publish.attest and (chosen.is_pypi or trusted is not None)
    made = _manifest(workspace, options, console)
    publisher = options.repository or tool.workflow.repository or generated.remote(workspace.root)
    workflow = options.workflow or (None if options.repository else tool.workflow.file)
    offline = options.offline is not None
    proof = provenance.Witness(publisher, workflow=workflow, trusted=trusted, offline=offline)
    held = verification.verify(copies, made=made, attested=attested, proof=proof)
    if options.json:
        console.json(verification.report(held, name=name, version=version, source=source, made=made))
    else:
        console.show(verified.table(held))
    verification.refuse(held, source)


def _download(name: str, chosen: Account, options: Namespace, console: Console) -> tuple[Copy, ...]:
    """Every file that the index has of the version to verify."""
    from wheelyard.index import verification  # noqa: PLC0415

    version, reader = options.verify, chosen.reader(options.simple)
    console.say(f"downloading {name} {version} from {chosen.url}")
    with console.download() as tell:
        bar = partial(tell, f"{name} {version}")
        return verification.on_index(reader, name=name, version=version, parallel=options.parallel, tell=bar)


def _manifest(workspace: Workspace, options: Namespace, console: Console) -> Manifest | None:
    """What the store says of the version to verify; a store that cannot be asked is no obstacle offline."""
    release = workspace.config.tool.release
    try:
        store = stores.choose(options.store or release.store, root=workspace.root, say=console.say)
        found = store.find(release.tag.replace("{version}", options.verify))
        words = f"The store {store.name} has no release of {options.verify}"
    except (OutsideError, UsageError) as error:
        if not options.offline:
            raise
        found, words = None, f"The store cannot be asked ({error})"
    if found is None:
        console.warn(f"{words}: there is no manifest to compare with.")
    return found.manifest if found else None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def _version(text: str) -> str:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # only this option needs it

    try:
        return str(Version(text))
    except InvalidVersion:
        raise ArgumentTypeError(f"{text!r} is no version") from None
