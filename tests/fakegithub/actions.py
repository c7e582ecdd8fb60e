"""Pages of lists, and the routes of the Actions API: runs, jobs, artifacts, checks, environments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from fakegithub import documents
from fakegithub.answers import Answer, Door, Entry, Request
from fakegithub.documents import REPOSITORY_ID, Json
from fakegithub.world import Refused

Route = Callable[..., Answer]
_FILTERS = {"branch": "head_branch", "check_name": "name"}
_NO_FILTERS = {"per_page", "page", "filter", "exclude_pull_requests", "created"}


def page(door: Door, request: Request, every: list[Json]) -> tuple[list[Json], dict[str, str]]:
    """A page of a list, and the Link header, whose addresses have the number of the repository, not its name."""
    size = max(1, min(100, _number(request.query.get("per_page", "30"), 30)))
    number, last = max(1, _number(request.query.get("page", "1"), 1)), max(1, -(-len(every) // size))
    inside = re.sub("^/repos/[^/]+/[^/]+", f"/repositories/{REPOSITORY_ID}", request.path)
    pages = {"prev": number - 1, "first": 1} if number > 1 else {}
    pages |= {"next": number + 1, "last": last} if number < last else {}
    links = (
        f'<{door.home.api}{inside}?{urlencode({**request.query, "page": to})}>; rel="{relation}"'
        for relation, to in pages.items()
    )
    return every[(number - 1) * size : number * size], ({"Link": ", ".join(links)} if pages else {})


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() else otherwise


def _filtered(door: Door, entry: Entry, key: str, every: Iterable[Json]) -> Answer:
    """A page of a list in an object, of those that are what the query asks for."""
    asked = {_FILTERS.get(name, name): value for name, value in entry.request.query.items() if name not in _NO_FILTERS}
    kept = [each for each in every if all(_is(each, name, value) for name, value in asked.items())]
    part, headers = page(door, entry.request, kept)
    return Answer(body={"total_count": len(kept), key: part}, headers=headers)


def _is(facts: Mapping[str, Any], name: str, value: str) -> bool:
    """A `status` may be asked for by the conclusion too."""
    return value in {str(facts.get(name))} | ({str(facts.get("conclusion"))} if name == "status" else set())


def runs(door: Door, entry: Entry, workflow: str = "") -> Answer:
    every = [documents.workflow_run(door.home, facts) for facts in door.world.rules.runs]
    kept = [run for run in every if workflow in {"", run["path"].rpartition("/")[2], str(run["workflow_id"])}]
    return _filtered(door, entry, "workflow_runs", kept)


def run(door: Door, _entry: Entry, number: str) -> Answer:
    for facts in door.world.rules.runs:
        run = documents.workflow_run(door.home, facts)
        if run["id"] == int(number):
            return Answer(body=run)
    raise Refused(404, "Not Found")


def of_run(key: str, form: Callable[..., Json]) -> Route:
    def route(door: Door, entry: Entry, number: str) -> Answer:
        run(door, entry, number)
        facts = [each for each in getattr(door.world.rules, key) if each.get("run_id", 1) == int(number)]
        return _filtered(door, entry, key, [form(door.home, each) for each in facts])

    return route


def checks(door: Door, entry: Entry, ref: str) -> Answer:
    sha = _sha(door, ref)
    every = [documents.check_run(door.home, facts) for facts in door.world.rules.checks]
    return _filtered(door, entry, "check_runs", [each for each in every if each["head_sha"] == sha])


def status(door: Door, _entry: Entry, ref: str) -> Answer:
    """The worst of all; `pending` where there is none."""
    statuses = [documents.status(door.home, facts) for facts in door.world.rules.statuses]
    states = {each["state"] for each in statuses}
    bad = bool(states & {"failure", "error"})
    state = "failure" if bad else "success" if states == {"success"} else "pending"
    url, sha = door.home.url, _sha(door, ref)
    shown = {"state": state, "statuses": statuses, "sha": sha, "total_count": len(statuses)}
    links = {"commit_url": f"{url}/commits/{sha}", "url": f"{url}/commits/{sha}/status"}
    return Answer(body={**shown, **links, "repository": documents.repository(door.home)})


def _sha(door: Door, ref: str) -> str:
    name = ref.removeprefix("refs/").removeprefix("tags/").removeprefix("heads/")
    return {**door.world.rules.branches, **door.world.rules.tags}.get(name, name)


def environments(door: Door, entry: Entry) -> Answer:
    every = [documents.environment(door.home, facts) for facts in door.world.rules.environments]
    return _filtered(door, entry, "environments", every)


def environment(door: Door, _entry: Entry, name: str) -> Answer:
    if not door.world.rules.actions:
        raise Refused(403, "Resource not accessible by integration")
    for facts in door.world.rules.environments:
        if facts.get("name") == name:
            return Answer(body=documents.environment(door.home, facts))
    raise Refused(404, "Not Found")


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", r"/actions/runs", runs),
    ("GET", r"/actions/workflows/([^/]+)/runs", runs),
    ("GET", r"/actions/runs/(\d+)", run),
    ("GET", r"/actions/runs/(\d+)/jobs", of_run("jobs", documents.job)),
    ("GET", r"/actions/runs/(\d+)/artifacts", of_run("artifacts", documents.artifact)),
    ("GET", r"/commits/(.+)/check-runs", checks),
    ("GET", r"/commits/(.+)/status", status),
    ("GET", r"/environments", environments),
    ("GET", r"/environments/([^/]+)", environment),
)
