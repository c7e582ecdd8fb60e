"""The identities that GitHub Actions gives to jobs: signed tokens that live for minutes.

The claims are those of GitHub's documentation, "OpenID Connect reference", chapter "OIDC token claims".
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

ISSUER = "https://token.actions.githubusercontent.com"
REF = "refs/tags/v1.0"
SHA = "c" * 40


@dataclass(kw_only=True)
class Issuer:
    """Makes and reads tokens; `seconds` is how long each lives, those of `lives` first."""

    seconds: int = 300
    lives: list[int] = field(default_factory=list)
    given: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def token(self, *, repository: str, workflow: str, environment: str, audience: str) -> str:
        """The token of a job of a workflow file."""
        self.given += 1
        now = int(time.time())
        owner = repository.partition("/")[0]
        reference = f"{repository}/.github/workflows/{workflow}@{REF}"
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": f"repo:{repository}:environment:{environment}" if environment else f"repo:{repository}:ref:{REF}",
            "jti": str(self.given),
            "iat": now,
            "nbf": now - 60,
            "exp": now + (self.lives.pop(0) if self.lives else self.seconds),
            "repository": repository,
            "repository_id": "1234",
            "repository_owner": owner,
            "repository_owner_id": "1815",
            "repository_visibility": "public",
            "workflow": "Wheels",
            "workflow_ref": reference,
            "workflow_sha": SHA,
            "job_workflow_ref": reference,
            "job_workflow_sha": SHA,
            "sha": SHA,
            "ref": REF,
            "ref_type": "tag",
            "event_name": "push",
            "runner_environment": "github-hosted",
            "run_id": "789",
            "run_number": "10",
            "run_attempt": "1",
            **({"environment": environment} if environment else {}),
        }
        return jwt.encode(claims, self.key, algorithm="ES256")

    def read(self, token: str, *, audience: str) -> dict[str, Any]:
        """The claims of a token of ours; `jwt.InvalidTokenError` for any other."""
        required = ["aud", "exp", "iat", "iss", "sub"]
        key = self.key.public_key()
        return jwt.decode(
            token, key, algorithms=["ES256"], audience=audience, issuer=ISSUER, options={"require": required}
        )


def workflow_file(claims: dict[str, Any]) -> str:
    """The name of the workflow file that a job runs in."""
    return str(claims["job_workflow_ref"]).partition("@")[0].rpartition("/")[2]
