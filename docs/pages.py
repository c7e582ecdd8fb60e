"""The pages that are made of the program itself when the documentation is built."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "ci"), str(ROOT / "tests")]

import goldens  # noqa: E402  # of tests/, whose workflows are what is described
from wheelyard import errors, reference  # noqa: E402
from wheelyard.audit import rules  # noqa: E402
from wheelyard.cli import VERBS  # noqa: E402
from wheelyard.errors import Exit, WheelyardError  # noqa: E402
from wheelyard.planning import runners  # noqa: E402
from wheelyard.targets import Target  # noqa: E402
from wheelyard.verbs.schema import MODELS  # noqa: E402

# Jobs in the order in which they are met; together they have every kind of job there is.
_WORKFLOWS = ("github", "pull-request")
_DONE = {
    Exit.DONE: "Done.",
    Exit.BUG: "A bug in wheelyard. Please report it with the lines below the message.",
    Exit.INTERRUPTED: "Interrupted, by Ctrl-C or SIGTERM. The same command goes on.",
}


def write(folder: Path) -> None:
    """Write every page that is not as it should be, so that a second build has nothing to do."""
    folder.mkdir(exist_ok=True)
    for name, make in PAGES.items():
        text = "\n".join(make()) + "\n"
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def keys() -> Iterator[str]:
    """`[tool.wheelyard]`, key by key."""
    yield "# Configuration"
    yield f"\nThe keys of `[{reference.TOP}]` in `pyproject.toml`. In the terminal: `wheelyard docs KEY`."
    yield "\nWhat cibuildwheel owns stays in `[tool.cibuildwheel]`, and is never repeated here."
    headers = dict.fromkeys(key.header for key in reference.every())
    for header in headers:
        yield f"\n## `{header}`"
        for key in (key for key in reference.every() if key.header == header):
            yield f"\n### {key.path}\n\n{key.says}\n"
            yield f"- takes {_code(key.type)}" + (f"; default `{key.default}`" if key.default else "")
            if key.example:
                yield f"\n```toml\n{key.header}\n{key.example}\n```"


def targets() -> Iterator[str]:
    """Every target, and where it is built when nothing else is said."""
    yield "# Targets and runners\n"
    yield "A target is a platform and an architecture, as cibuildwheel's `--platform` and `--archs` call them.\n"
    rows = ((f"`{target}`", f"`{runners.DEFAULTS[target]}`") for target in Target)
    yield from _table(("target", "built on, where `runners` says nothing else"), rows)
    yield "\n## Labels\n"
    yield "What GitHub answers. A list in `runners` names a machine of your own, and is taken as it is.\n"
    labels = {**runners.LABELS, **runners.PARTNER_LABELS}.items()
    yield from _table(("label", "system", "architecture"), ((f"`{label}`", *kind) for label, kind in labels))


def _code(text: str) -> str:
    return f"`{text}`" if "|" in text else text


def verbs() -> Iterator[str]:
    """Every verb, and every exit code."""
    yield "# Commands and exit codes\n"
    yield "`wheelyard VERB --help` is the reference of a verb, with examples. Each is a nox session of its name, too.\n"
    yield from _table(("verb", "does"), ((f"`{name}`", does) for name, does in VERBS.items()))
    yield "\n## Exit codes\n"
    yield from _table(("code", "means"), ((str(int(code)), _meaning(code)) for code in Exit))


def _meaning(code: Exit) -> str:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, WheelyardError)]
    said = [str(kind.__doc__) for kind in kinds if kind.__dict__.get("exit") is code and kind is not WheelyardError]
    return said[0] if said else _DONE[code]


FAMILIES = {
    "archive": "The archive",
    "record": "RECORD and .dist-info",
    "metadata": "Metadata",
    "names": "Names and tags",
    "elf": "ELF: Linux",
    "macho": "Mach-O: macOS and iOS",
    "pe": "PE: Windows",
    "abi": "Python's ABI",
    "contents": "Contents, licences, size",
    "limits": "What the project allows",
    "across": "A set of wheels",
    "policy": "The policy itself",
}


def audit() -> Iterator[str]:
    """Every rule of the audit, family by family."""
    yield "# Audit rules\n"
    yield "`wheelyard audit --explain RULE` prints the same."
    for family, every in {**rules.FAMILIES, "policy": (rules.UNUSED_IGNORE,)}.items():
        yield f"\n## {FAMILIES[family]}"
        for rule in every:
            why = f" {rule.why}" if rule.why else ""
            yield f"\n### {rule.id}\n\n**{rule.severity}**: {rule.says.rstrip('.')}.{why}"
            yield f"\n*To fix:* {rule.fix}{_source(rule.source)}"


def _source(source: str) -> str:
    """Where a fact stands: a link, or words."""
    return f" (<{source}>)" if source.startswith("https://") else f" ({source})" if source else ""


def files() -> Iterator[str]:
    """The documents that pass between jobs and processes."""
    yield "# Files\n"
    yield "Each is JSON with a `schema` number. `wheelyard schema NAME` prints its JSON schema, made of the same model."
    for name, model in MODELS.items():
        if name != "config":
            yield f"\n## {name}\n\n{str(model.__doc__).strip().splitlines()[0]}\n"
            rows = ((f"`{key.path}`", key.type.replace("|", "or"), key.says) for key in reference.of(model))
            yield from _table(("key", "holds", "which is"), rows)


def workflow() -> Iterator[str]:
    """The generated workflow, job by job."""
    yield "# The workflow, job by job\n"
    yield "What `wheelyard generate` makes, for a release on GitHub and for pull requests that build a subset."
    seen: set[str] = set()
    for name in _WORKFLOWS:
        made = goldens.render(name)
        for job, said in yaml.load(made.text, Loader=yaml.BaseLoader)["jobs"].items():  # noqa: S506  # only texts
            if job not in seen:
                seen.add(job)
                yield f"\n## {job}\n"
                needs = said.get("needs", [])
                yield f"- waits for: {', '.join([needs] if isinstance(needs, str) else needs) or 'nothing'}"
                yield f"- runs on: {_plain(said['runs-on'])}, for at most {_plain(said['timeout-minutes'])} minutes"
                yield from (
                    f"- may: `{held.scope}: {held.level}`, to {held.why}" for held in made.view.permissions.get(job, ())
                )
                yield from (f"{number}. {step['name']}" for number, step in enumerate(said["steps"], 1))


def _plain(value: str) -> str:
    """A value of a job, or where it comes from."""
    return "what the row says" if value.startswith("${{") else f"`{value}`"


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "keys": keys,
    "targets": targets,
    "verbs": verbs,
    "workflow": workflow,
    "audit-rules": audit,
    "files": files,
}
