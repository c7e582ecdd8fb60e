"""Rules about METADATA: what twine checks, and what PyPI refuses and twine does not know."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage, Message
from functools import lru_cache
from io import StringIO
from typing import Any

from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, WARNING, Hit, Policy, Rule
from wheelyard.errors import listed

_CORE = "https://packaging.python.org/en/latest/specifications/core-metadata/"
_SUMMARY_LENGTH = 512
_LABEL_LENGTH = 32


def invalid(raw: bytes) -> Iterator[str]:
    """What is wrong with core metadata, as twine and PyPI judge it.

    Before 2.4, License-File was no field yet and setuptools wrote it all the same: twine overlooks it, so do we.
    """
    from packaging.metadata import Metadata, parse_email  # noqa: PLC0415  # only audits need it

    fields, unparsed = parse_email(raw)
    version = fields.get("metadata_version", "0")
    if version in {"1.0", "1.1", "1.2", "2.0", "2.1", "2.2", "2.3"}:
        fields.pop("license_files", None)
        unparsed.pop("license-file", None)
    if unparsed:
        yield f"Fields that are unknown, or there more than once: {', '.join(sorted(unparsed))}."
    try:
        Metadata.from_raw(fields)
    except ExceptionGroup as group:
        for error in group.exceptions:
            yield f"{' '.join(str(error).split())}."


def _invalid(contents: Contents, _: Policy) -> Iterator[Hit]:
    raw = contents.info("METADATA")
    if raw is not None:
        yield from (Hit(path=_path(contents), message=message) for message in invalid(raw))


def _undescribed(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.metadata is not None:
        for message in undescribed(contents.metadata):
            yield Hit(path=_path(contents), message=message)


def undescribed(metadata: Message) -> Iterator[str]:
    """What `twine check` warns of: a description that is absent, or of no stated type."""
    body = description(metadata)
    if not body.strip() or body.strip() == "UNKNOWN":
        yield "There is no description."
    elif metadata["Description-Content-Type"] is None:
        yield "Description-Content-Type is absent; reStructuredText is assumed."


def _broken_description(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.metadata is not None:
        for message in broken_description(contents.metadata):
            yield Hit(path=_path(contents), message=message)


def broken_description(metadata: Message) -> Iterator[str]:
    """What keeps the description from being rendered; only reStructuredText can fail."""
    parsed = EmailMessage()
    parsed["content-type"] = str(metadata["Description-Content-Type"] or "text/x-rst")
    body = description(metadata)
    if body.strip() in {"", "UNKNOWN"}:
        return
    if parsed.get_content_type() not in {"text/plain", "text/markdown"} and (why := _unrenderable(body)):
        yield f"The description cannot be rendered as reStructuredText: {why}"


def description(metadata: Message) -> str:
    """The description: the body since metadata 2.1, a folded field before."""
    payload = metadata.get_payload()
    body = payload if isinstance(payload, str) and payload.strip() else str(metadata["Description"] or "")
    return body.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@lru_cache(maxsize=8)
def _unrenderable(text: str) -> str:
    """Why PyPI and twine would get nothing from it; the wheels of a release share one description.

    It is parsed under the settings of their renderer, where any warning ends it. Turning the result into HTML and
    colouring its code, which takes as long again, cannot fail.
    """
    from docutils.core import publish_doctree  # noqa: PLC0415  # slow to import, and only this format needs it
    from docutils.utils import SystemMessage  # noqa: PLC0415
    from readme_renderer.rst import SETTINGS  # noqa: PLC0415

    said = StringIO()
    settings = {**SETTINGS, "warning_stream": said, "syntax_highlight": "none"}
    try:
        document: Any = publish_doctree(text, settings_overrides=settings)  # type: ignore[no-untyped-call]  # no types
        if document.astext().strip():
            return ""
    except SystemMessage as error:
        return " ".join((said.getvalue() or str(error)).split())[:300]
    return "nothing in it is visible."


def _pypi(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.metadata is not None:
        yield from (Hit(path=_path(contents), message=message) for message in refused(contents.metadata))


def refused(metadata: Message) -> Iterator[str]:
    """What PyPI refuses although the metadata are well-formed."""
    summary = str(metadata["Summary"] or "")
    if len(summary) > _SUMMARY_LENGTH:
        yield f"The summary has {len(summary)} letters; 512 are allowed."
    for line in metadata.get_all("Requires-Dist", []):
        if "@" in str(line).partition(";")[0]:
            yield f"It requires a package by URL: {line}."
    for line in metadata.get_all("Project-URL", []):
        label, _, url = (part.strip() for part in str(line).partition(","))
        if not label or len(label) > _LABEL_LENGTH:
            yield f"A project URL needs a label of at most 32 letters: {line}."
        if not url.startswith(("http://", "https://", "ftp://")):
            yield f"A project URL is no address: {line}."
    for line in metadata.get_all("Classifier", []):
        if str(line).startswith("Private ::"):
            yield f"The classifier {line!r} keeps it off PyPI."


def _licence_twice(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.metadata is None or not contents.metadata["License-Expression"]:
        return
    classifiers = [str(line) for line in contents.metadata.get_all("Classifier", [])]
    if found := [line for line in classifiers if line.startswith("License ::")]:
        yield Hit(path=_path(contents), message=f"It has a License-Expression and these classifiers: {listed(found)}.")


def _path(contents: Contents) -> str:
    return f"{contents.dist_infos[0]}/METADATA"


RULES = (
    Rule(
        id="metadata-invalid",
        severity=ERROR,
        says="METADATA breaks the specification of core metadata.",
        fix="Correct [project] in pyproject.toml; upgrade build back end, twine and packaging if a field is too new.",
        why="twine refuses to upload it, or PyPI answers 400.",
        source=_CORE,
        check=_invalid,
    ),
    Rule(
        id="description-broken",
        severity=ERROR,
        says="The description cannot be rendered.",
        fix="Correct the README at the line named, or write it in Markdown.",
        why="PyPI refuses the upload, and so does `twine check`.",
        source="https://packaging.python.org/en/latest/guides/making-a-pypi-friendly-readme/",
        check=_broken_description,
    ),
    Rule(
        id="description-missing",
        severity=WARNING,
        says="The description, or its content type, is absent.",
        fix="Set readme in [project].",
        why="The project's page on the index is empty or plain; `twine check --strict` fails.",
        source="https://packaging.python.org/en/latest/guides/making-a-pypi-friendly-readme/",
        check=_undescribed,
    ),
    Rule(
        id="metadata-refused",
        severity=ERROR,
        says="METADATA has something that PyPI refuses although it is well-formed.",
        fix="Correct [project] in pyproject.toml.",
        why="The upload ends in an error 400 after other files have gone out.",
        source="PyPI's documentation, Project metadata",
        check=_pypi,
    ),
    Rule(
        id="metadata-licence-twice",
        severity=WARNING,
        says="The licence is said twice, as an expression and as a classifier.",
        fix="Keep `license` in [project] and delete the classifiers that begin with License.",
        why="Newer build back ends refuse to build it.",
        source="https://peps.python.org/pep-0639/#deprecate-license-classifiers",
        check=_licence_twice,
    ),
)
