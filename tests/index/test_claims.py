"""An index that does not know a job is answered with what the job claims, claim by claim."""

from __future__ import annotations

import pytest

from wheelyard.index import claims
from wheelyard.index.claims import Claims

REFUSED = "* `invalid-publisher`: valid token, but no corresponding publisher"
CLAIMS = {
    "sub": "repo:ada/spam:environment:release",
    "repository": "ada/spam",
    "repository_owner": "ada",
    "repository_owner_id": "1815",
    "workflow_ref": "ada/spam/.github/workflows/wheels.yml@refs/tags/v1.0",
    "job_workflow_ref": "ada/spam/.github/workflows/wheels.yml@refs/tags/v1.0",
    "ref": "refs/tags/v1.0",
    "environment": "release",
}
SAID = """\
The publisher on the index has to match what this job claims:
  sub                  repo:ada/spam:environment:release
  repository           ada/spam  (Repository name: spam)
  repository_owner     ada  (Owner: ada)
  repository_owner_id  1815  (Owner, by GitHub's number: one that was renamed or made anew has to be added again)
  workflow_ref         ada/spam/.github/workflows/wheels.yml@refs/tags/v1.0
  job_workflow_ref     ada/spam/.github/workflows/wheels.yml@refs/tags/v1.0  (Workflow name: wheels.yml)
  ref                  refs/tags/v1.0
  environment          release  (Environment name: release)"""


def advice(**changed: object) -> str:
    return claims.advice(REFUSED, {}, identity=lambda: {**CLAIMS, **changed})


def test_every_claim_is_said_with_its_field() -> None:
    assert advice() == SAID


def test_a_job_without_an_environment_says_none() -> None:
    said = advice(environment=None)
    assert "environment          (none)  (Environment name: empty, as long as the job names none)" in said


def test_a_reusable_workflow_is_named_as_the_cause() -> None:
    called = "eve/shared/.github/workflows/publish.yml@refs/heads/main"
    said = advice(job_workflow_ref=called)
    assert called in said
    assert "in a reusable workflow, publish.yml" in said
    assert "a job of wheels.yml itself" in said


def test_a_claim_stays_on_its_line() -> None:
    assert "refs/heads/a?::error::b" in advice(ref="refs/heads/a\n::error::b")


def test_where_the_claims_cannot_be_read_that_is_said() -> None:
    assert "could not be read" in claims.advice(REFUSED, {}, identity=lambda: None)


@pytest.mark.parametrize("refused", ["invalid-pending-publisher", "invalid-publisher"])
def test_both_kinds_of_publisher_are_known(refused: str) -> None:
    assert "ada/spam" in claims.advice(refused, {}, identity=lambda: CLAIMS)


def test_another_failure_asks_for_no_claims() -> None:
    def never() -> Claims:
        raise AssertionError

    assert "id-token: write" in claims.advice("no token", {"GITHUB_ACTIONS": "true"}, identity=never)
    assert "Run the same command again" in claims.advice("500", {}, identity=never)


def test_a_machine_without_an_identity_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert claims.ambient() is None
