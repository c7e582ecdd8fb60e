"""What has to be configured outside of the repository, and what each job of the workflow may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wheelyard.render.gates import Permission
from wheelyard.render.view import View


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """What a trusted publisher is recognised by (PyPI's documentation, Adding a trusted publisher)."""

    owner: str
    repository: str
    workflow: str
    environment: str


@dataclass(frozen=True, kw_only=True)
class Claims:
    """The publisher to configure, None where the index wants a password; the secrets to set; what jobs may do."""

    index: str
    publisher: Publisher | None
    secrets: tuple[str, ...]
    environment: str
    permissions: Mapping[str, tuple[Permission, ...]]


def of(view: View, *, remote: str | None) -> Claims:
    """The claims of a workflow; `remote` is what git knows of the repository's name."""
    owner, _, name = (view.repository or remote or "OWNER/REPOSITORY").partition("/")
    publisher = Publisher(owner=owner, repository=name, workflow=view.file, environment=view.environment)
    return Claims(
        index=view.index,
        publisher=publisher if view.trusted else None,
        secrets=() if view.trusted else ("TWINE_USERNAME", "TWINE_PASSWORD"),
        environment=view.environment,
        permissions=view.permissions,
    )


def text(claims: Claims) -> str:
    """The claims for people."""
    return "\n".join((*_publishing(claims), "", *_permissions(claims))) + "\n"


def _publishing(claims: Claims) -> Iterator[str]:
    if claims.publisher is None:
        yield f"{claims.index} gets a password. In the repository's settings, environment {claims.environment},"
        yield f"set the secrets {' and '.join(claims.secrets)}."
        return
    publisher = claims.publisher
    yield f"Add this trusted publisher to the project on {claims.index}, kind GitHub Actions:"
    yield f"  owner              {publisher.owner}"
    yield f"  repository         {publisher.repository}"
    yield f"  workflow           {publisher.workflow}"
    yield f"  environment        {publisher.environment}"
    yield f"and make the environment {claims.environment} in the repository's settings, for tags only, with reviewers."


def _permissions(claims: Claims) -> Iterator[str]:
    yield "What each job's token may do, and why:"
    for job, held in claims.permissions.items():
        yield f"  {job}" + ("" if held else ": nothing")
        for permission in held:
            yield f"    {permission.scope}: {permission.level:<5}  {permission.why}"
