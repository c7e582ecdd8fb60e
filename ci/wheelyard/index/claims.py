"""Say what an index has to know of a workflow before it trusts it.

The claims are those that PyPI's documentation ("Troubleshooting") has one compare, the fields those of
the form in its "Adding a trusted publisher".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

Claims = Mapping[str, object]

_AUDIENCE = "wheelyard"  # which no index takes: the token is asked for to be read, and is of no use to anybody
_SHOWN = (
    "sub",
    "repository",
    "repository_owner",
    "repository_owner_id",
    "workflow_ref",
    "job_workflow_ref",
    "ref",
    "environment",
)
_WORKFLOW = re.compile(r"[^/]+/[^/]+/\.github/workflows/(?P<file>[^/@]+)@.*")


def ambient() -> Claims | None:
    """What the identity of this job claims, or None where it has none that can be read."""
    import id  # noqa: A004, PLC0415  # its name; slow to import, and wanted only after a failure

    try:
        token = id.detect_credential(_AUDIENCE)
        claims = json.loads(id.decode_oidc_token(token)[1]) if token else None
    except (id.IdentityError, ValueError):
        return None
    return claims if isinstance(claims, dict) and "repository" in claims else None


def advice(failure: str, environment: Mapping[str, str], *, identity: Callable[[], Claims | None] = ambient) -> str:
    """What to do about a failure of trusted publishing, with the exact claims of this job where they are known."""
    if "invalid-publisher" in failure or "invalid-pending-publisher" in failure:
        claims = identity()
        if claims is None:
            return "Compare the publisher on the index with this workflow; what the job claims could not be read."
        return "\n".join(("The publisher on the index has to match what this job claims:", *_lines(claims)))
    if environment.get("GITHUB_ACTIONS") == "true" and "ACTIONS_ID_TOKEN_REQUEST_TOKEN" not in environment:
        return "The job has no identity: give it `permissions: id-token: write`."
    return "Run the same command again; if it fails again, see the trusted publishers of the project on the index."


def _lines(claims: Claims) -> Iterator[str]:
    """Each claim, and the field of the publisher's form that it is compared with."""
    owner, _, repository = _value(claims, "repository").partition("/")
    calling, called = (_WORKFLOW.fullmatch(_value(claims, name)) for name in ("workflow_ref", "job_workflow_ref"))
    environment = _value(claims, "environment")
    fields = {
        "repository": f"Repository name: {repository}",
        "repository_owner": f"Owner: {owner}",
        "repository_owner_id": "Owner, by GitHub's number: one that was renamed or made anew has to be added again",
        "job_workflow_ref": f"Workflow name: {called['file'] if called else 'of no workflow file'}",
        "environment": f"Environment name: {environment or 'empty, as long as the job names none'}",
    }
    for name in _SHOWN:
        field = f"  ({fields[name]})" if name in fields else ""
        yield f"  {name:<20} {_value(claims, name) or '(none)'}{field}"
    if calling and called and calling[0] != called[0]:
        yield (
            f"The job is in a reusable workflow, {called['file']}, which indexes do not trust: publish from a job of"
            f" {calling['file']} itself."
        )


def _value(claims: Claims, name: str) -> str:
    """A claim as it is, on one line."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(claims.get(name) or ""))
