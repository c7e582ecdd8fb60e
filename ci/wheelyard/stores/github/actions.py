"""What GitHub says of a commit: its checks, the runs of a workflow, and their jobs.

https://docs.github.com/en/rest/actions, https://docs.github.com/en/rest/checks/runs and
https://docs.github.com/en/rest/commits/statuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import count
from typing import TypeVar
from urllib.parse import quote

import msgspec

from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.calls import PAGE
from wheelyard.stores.github.client import Client
from wheelyard.stores.github.wire import COMPLETED, Check, Job, Request, Run

T = TypeVar("T")


class _Checks(msgspec.Struct, frozen=True):
    check_runs: tuple[Check, ...]


class _Status(msgspec.Struct, frozen=True):
    context: str
    state: str


class _Statuses(msgspec.Struct, frozen=True):
    statuses: tuple[_Status, ...]


class _Runs(msgspec.Struct, frozen=True):
    workflow_runs: tuple[Run, ...] = ()


class _Jobs(msgspec.Struct, frozen=True):
    jobs: tuple[Job, ...]


def checks(client: Client, commit: str) -> tuple[Check, ...]:
    """Everything that was checked on a commit, by Actions, by other apps, or by the older statuses."""
    own = _every(client, f"/commits/{commit}/check-runs", _Checks, does="read the checks", needs="checks: read")
    others = _every(client, f"/commits/{commit}/status", _Statuses, does="read the statuses", needs="statuses: read")
    found = [check for part in own for check in part.check_runs]
    return (*found, *(_of_status(each) for part in others for each in part.statuses))


def runs(client: Client, workflow: str, *, commit: str) -> tuple[Run, ...]:
    """The runs of a workflow, by its file's name, of a commit, the newest first."""
    path = f"/actions/workflows/{quote(workflow, safe='')}/runs"
    unknown = frozenset({HTTPStatus.NOT_FOUND})
    parts = _every(
        client, path, _Runs, does="read the runs", needs="actions: read", query={"head_sha": commit}, also=unknown
    )
    found = [run for part in parts for run in part.workflow_runs]
    return tuple(sorted(found, key=lambda run: (run.created_at, run.id), reverse=True))


def jobs(client: Client, run: Run) -> tuple[Job, ...]:
    """The jobs of a run, each in its latest attempt."""
    parts = _every(client, f"/actions/runs/{run.id}/jobs", _Jobs, does="read the jobs", needs="actions: read")
    return tuple(job for part in parts for job in part.jobs)


def _of_status(status: _Status) -> Check:
    if status.state == "pending":
        return Check(name=status.context, status="in_progress")
    return Check(name=status.context, status=COMPLETED, conclusion=status.state)


def _every(
    client: Client,
    path: str,
    model: type[T],
    *,
    does: str,
    needs: str,
    query: Mapping[str, str] | None = None,
    also: frozenset[int] = frozenset(),
) -> Iterator[T]:
    """Every page of a list that is part of an object; there is none of what a repository, which is there, has not."""
    for page in count(1):
        asked = {**(query or {}), "per_page": str(PAGE), "page": str(page)}
        answer = client.ask(Request(does=does, path=path, query=asked, needs=needs, also=also))
        if answer.status == HTTPStatus.NOT_FOUND:
            client.ask(calls.repository())
            return
        yield wire.decode(answer, model)
        if not answer.has_next:
            return
