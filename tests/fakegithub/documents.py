"""The JSON of GitHub's REST API, in full as its OpenAPI description demands it, from the few facts a test cares for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from fakegithub.world import Asset, Release

Json = dict[str, Any]
DOCS = "https://docs.github.com/rest"

ENTERPRISE, ENTERPRISE_UPLOADS = "/api/v3", "/api/uploads"  # below the address of a GitHub of one's own
OWNER_ID, REPOSITORY_ID = 7, 4242
_USER = (
    *("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events"),
    "received_events",
)
_REPOSITORY = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents"),
    *("contributors", "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks"),
    *("issue_comment", "issue_events", "issues", "keys", "labels", "languages", "merges", "milestones"),
    *("notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription", "tags", "teams"),
    "trees",
)


def moment(seconds: float) -> str:
    """A time of GitHub's, in whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, kw_only=True)
class Home:
    """A repository by its `owner/name`, and where GitHub's hosts are."""

    api: str
    uploads: str
    storage: str
    name: str

    @property
    def url(self) -> str:
        """The repository in the API."""
        return f"{self.api}/repos/{self.name}"

    @property
    def page(self) -> str:
        """The repository for people."""
        return f"{self.api.removesuffix(ENTERPRISE)}/{self.name}"


def user(home: Home, login: str = "ada") -> Json:
    """A `simple-user`."""
    api = home.api
    url = f"{api}/users/{login}"
    return {
        **{f"{name}_url": f"{url}/{name}" for name in _USER},
        "login": login,
        "id": OWNER_ID,
        "node_id": "MDQ6VXNlcjc=",
        "avatar_url": f"{url}/avatar",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{api}/{login}",
        "type": "User",
        "site_admin": False,
    }


def repository(home: Home, *, private: bool = False, may_write: bool = False) -> Json:
    """A `full-repository`; it has every field of a `minimal-repository` too."""
    name, url, page = home.name, home.url, home.page
    zeros = "forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count"
    flags = "archived disabled fork has_discussions has_pages has_projects has_wiki"
    nothing = "description homepage language license mirror_url"
    when = moment(1_600_000_000)
    return {
        **dict.fromkeys(f"{zeros} network_count subscribers_count".split(), 0),
        **dict.fromkeys(flags.split(), False),
        **dict.fromkeys(nothing.split(), None),
        **{f"{each}_url": f"{url}/{each}" for each in _REPOSITORY},
        **{f"{each}_url": f"{page}.git" for each in ("clone", "git", "ssh", "svn")},
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), when),
        "id": REPOSITORY_ID,
        "node_id": "MDEwOlJlcG9zaXRvcnk0MjQy",
        "name": name.partition("/")[2],
        "full_name": name,
        "owner": user(home, name.partition("/")[0]),
        "private": private,
        "visibility": "private" if private else "public",
        "html_url": page,
        "url": url,
        "default_branch": "main",
        "has_issues": True,
        "permissions": {"admin": False, "push": may_write, "pull": True},
    }


def workflow_run(home: Home, facts: Mapping[str, Any]) -> Json:
    """A `workflow-run`."""
    number, mine = facts.get("id", 1), repository(home)
    url = f"{home.url}/actions/runs/{number}"
    when = facts.get("created_at", moment(1_700_000_000))
    return {
        **{f"{each}_url": f"{url}/{each}" for each in ("jobs", "logs", "check_suite", "cancel", "rerun", "artifacts")},
        **dict.fromkeys(("created_at", "updated_at", "run_started_at"), when),
        "id": number,
        "node_id": "WFR_1",
        "name": "Wheels",
        "display_title": "Wheels",
        "head_branch": "main",
        "head_sha": "c" * 40,
        "path": ".github/workflows/wheels.yml",
        "run_number": 1,
        "run_attempt": 1,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "workflow_id": 1,
        "workflow_url": f"{home.url}/actions/workflows/1",
        "url": url,
        "html_url": f"{home.page}/actions/runs/{number}",
        "pull_requests": [],
        "head_commit": None,
        "repository": mine,
        "head_repository": mine,
        **facts,
    }


def job(home: Home, facts: Mapping[str, Any]) -> Json:
    """A `job` of a run."""
    number, run = facts.get("id", 1), facts.get("run_id", 1)
    url = f"{home.url}/actions"
    return {
        **dict.fromkeys(("created_at", "started_at"), moment(1_700_000_000)),
        "id": number,
        "node_id": "CR_1",
        "run_id": run,
        "run_url": f"{url}/runs/{run}",
        "run_attempt": 1,
        "head_sha": "c" * 40,
        "head_branch": "main",
        "workflow_name": "Wheels",
        "name": "linux-x86_64",
        "url": f"{url}/jobs/{number}",
        "html_url": f"{home.page}/actions/runs/{run}/job/{number}",
        "check_run_url": f"{home.url}/check-runs/{number}",
        "status": "completed",
        "conclusion": "success",
        "completed_at": moment(1_700_000_600),
        "labels": ["ubuntu-24.04"],
        "runner_id": 1,
        "runner_name": "GitHub Actions 1",
        "runner_group_id": 0,
        "runner_group_name": "GitHub Actions",
        "steps": [],
        **facts,
    }


def check_run(home: Home, facts: Mapping[str, Any]) -> Json:
    """A `check-run` of a commit."""
    number = facts.get("id", 1)
    url = f"{home.url}/check-runs/{number}"
    output = {"title": None, "summary": None, "text": None, "annotations_count": 0, "annotations_url": f"{url}/a"}
    return {
        "id": number,
        "node_id": "CR_1",
        "head_sha": "c" * 40,
        "name": "tests",
        "url": url,
        "html_url": f"{home.page}/runs/{number}",
        "details_url": f"{home.page}/runs/{number}",
        "status": "completed",
        "conclusion": "success",
        "started_at": moment(1_700_000_000),
        "completed_at": moment(1_700_000_600),
        "external_id": "",
        "check_suite": {"id": 1},
        "output": output,
        "app": None,
        "pull_requests": [],
        **facts,
    }


def status(home: Home, facts: Mapping[str, Any]) -> Json:
    """A `simple-commit-status`."""
    when = moment(1_700_000_000)
    return {
        **dict.fromkeys(("created_at", "updated_at"), when),
        "id": 1,
        "node_id": "SC_1",
        "url": f"{home.url}/statuses/1",
        "avatar_url": f"{home.api}/users/ada/avatar",
        "state": "success",
        "context": "ci",
        "description": None,
        "target_url": None,
        **facts,
    }


def environment(home: Home, facts: Mapping[str, Any]) -> Json:
    """An `environment`."""
    called = facts.get("name", "pypi")
    return {
        **dict.fromkeys(("created_at", "updated_at"), moment(1_600_000_000)),
        "id": 1,
        "node_id": "EN_1",
        "name": called,
        "url": f"{home.url}/environments/{called}",
        "html_url": f"{home.page}/deployments/activity_log?environments_filter={called}",
        "protection_rules": [],
        "deployment_branch_policy": None,
        **facts,
    }


def artifact(home: Home, facts: Mapping[str, Any]) -> Json:
    """An `artifact` of a run."""
    number = facts.get("id", 1)
    url = f"{home.url}/actions/artifacts/{number}"
    return {
        **dict.fromkeys(("created_at", "updated_at"), moment(1_700_000_000)),
        "id": number,
        "node_id": "MDg6QXJ0aWZhY3Qx",
        "name": "wheels-linux-x86_64-1",
        "size_in_bytes": 1,
        "url": url,
        "archive_download_url": f"{url}/zip",
        "expired": False,
        "expires_at": moment(1_900_000_000),
        **facts,
    }


def release(home: Home, facts: Release, *, digests: bool) -> Json:
    """A `release`; the address of a draft tells nothing of its tag."""
    url = f"{home.url}/releases/{facts.id}"
    ball = None if facts.draft else f"{home.url}/%s/refs/tags/{quote(facts.tag)}"
    return {
        "url": url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{home.uploads}/repos/{home.name}/releases/{facts.id}/assets{{?name,label}}",
        "html_url": f"{home.page}/releases/tag/{_shown_tag(facts)}",
        "id": facts.id,
        "author": user(home),
        "node_id": f"RE_{facts.id}",
        "tag_name": facts.tag,
        "target_commitish": facts.target,
        "name": facts.name,
        "draft": facts.draft,
        "immutable": facts.immutable,
        "prerelease": facts.prerelease,
        "created_at": moment(facts.created),
        "updated_at": moment(facts.created),
        "published_at": None if facts.published is None else moment(facts.published),
        "assets": [asset(home, facts, each, digests=digests) for each in facts.assets.values()],
        "tarball_url": ball and ball % "tarball",
        "zipball_url": ball and ball % "zipball",
        "body": facts.body,
    }


def asset(home: Home, owner: Release, facts: Asset, *, digests: bool) -> Json:
    """A `release-asset`."""
    return {
        "url": f"{home.url}/releases/assets/{facts.id}",
        "id": facts.id,
        "node_id": f"RA_{facts.id}",
        "name": facts.name,
        "label": facts.label,
        "uploader": user(home),
        "content_type": facts.content_type,
        "state": facts.state,
        "size": facts.size,
        "digest": f"sha256:{facts.sha256}" if digests and facts.sha256 else None,
        "download_count": 0,
        "created_at": moment(facts.created),
        "updated_at": moment(facts.created),
        "browser_download_url": f"{home.page}/releases/download/{_shown_tag(owner)}/{quote(facts.name)}",
    }


def _shown_tag(facts: Release) -> str:
    return f"untagged-{facts.id:020x}" if facts.draft else quote(facts.tag)
