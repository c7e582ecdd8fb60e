"""What has to be configured outside of the repository, and what each job of the workflow may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wheelyard.render.gates import NIGHTLY, Permission
from wheelyard.render.view import View


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """What a trusted publisher is recognised by (PyPI's documentation, Adding a trusted publisher)."""

    owner: str
    repository: str
    workflow: str
    environment: str


@dataclass(frozen=True, kw_only=True)
class Destination:
    """An index that the workflow uploads to: its trusted publisher, or where there is none the secrets to set."""

    index: str
    environment: str
    publisher: Publisher | None
    secrets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Claims:
    """Where the workflow uploads to, in its order, and what its jobs may do."""

    destinations: tuple[Destination, ...]
    permissions: Mapping[str, tuple[Permission, ...]]


def of(view: View, *, remote: str | None) -> Claims:
    """The claims of a workflow; `remote` is what git knows of the repository's name."""
    owner, _, name = (view.repository or remote or "OWNER/REPOSITORY").partition("/")

    def destination(index: str, environment: str, *, trusted: bool) -> Destination:
        publisher = Publisher(owner=owner, repository=name, workflow=view.file, environment=environment)
        return Destination(
            index=index,
            environment=environment,
            publisher=publisher if trusted else None,
            secrets=() if trusted else ("TWINE_USERNAME", "TWINE_PASSWORD"),
        )

    first = (
        [destination("testpypi", view.uploads.test_environment, trusted=True)] if view.uploads.test_environment else []
    )
    last = [destination(view.uploads.nightly, NIGHTLY, trusted=False)] if view.uploads.nightly else []
    main = destination(view.uploads.index, view.uploads.environment, trusted=view.uploads.trusted)
    return Claims(destinations=(*first, main, *last), permissions=view.permissions)


def text(claims: Claims) -> str:
    """The claims for people."""
    publishing = (line for each in claims.destinations for line in (*_publishing(each), ""))
    return "\n".join((*publishing, *_permissions(claims))) + "\n"


def _publishing(destination: Destination) -> Iterator[str]:
    index, environment, publisher = destination.index, destination.environment, destination.publisher
    if publisher is None:
        yield f"{index} gets a password. In the repository's settings, environment {environment},"
        yield f"set the secrets {' and '.join(destination.secrets)}."
        return
    yield f"Add this trusted publisher to the project on {index}, kind GitHub Actions:"
    yield f"  owner              {publisher.owner}"
    yield f"  repository         {publisher.repository}"
    yield f"  workflow           {publisher.workflow}"
    yield f"  environment        {publisher.environment}"
    yield f"and make the environment {environment} in the repository's settings, for tags only, with reviewers."


def _permissions(claims: Claims) -> Iterator[str]:
    yield "What each job's token may do, and why:"
    for job, held in claims.permissions.items():
        yield f"  {job}" + ("" if held else ": nothing")
        for permission in held:
            yield f"    {permission.scope}: {permission.level:<5}  {permission.why}"
