"""Say what an index has to know of a workflow before it trusts it.

A trusted publisher on PyPI is the triple (repository, workflow file, environment): PyPI's documentation, chapter
"Adding a Trusted Publisher to an Existing PyPI Project".
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def advice(failure: str, environment: Mapping[str, str]) -> str:
    """What to do about a failure of trusted publishing, with the exact claim of this job where it is known."""
    if "invalid-publisher" in failure or "invalid-pending-publisher" in failure:
        return f"Configure this publisher on the index, letter by letter: {claim(environment)}."
    if environment.get("GITHUB_ACTIONS") == "true" and "ACTIONS_ID_TOKEN_REQUEST_TOKEN" not in environment:
        return "The job has no identity: give it `permissions: id-token: write`."
    return "Run the same command again; if it fails again, see the trusted publishers of the project on the index."


def claim(environment: Mapping[str, str]) -> str:
    """The triple that a job on GitHub Actions shows."""
    repository = environment.get("GITHUB_REPOSITORY", "unknown")
    reference = environment.get("GITHUB_WORKFLOW_REF", "")
    workflow = re.fullmatch(r"[^/]+/[^/]+/\.github/workflows/(.+?)@.*", reference)
    file = workflow[1] if workflow else "unknown"
    return f"repository {repository}, workflow file {file}, and the environment that the job names"
