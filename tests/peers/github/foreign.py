"""PyGithub drives a GitHub at an address through a release: `python foreign.py URL FILE`, the token in GITHUB_TOKEN."""

from __future__ import annotations

import json
import os
import sys

from github import Auth, Github, GithubException


def main(url: str, file: str) -> None:
    """Print what happened as one line of JSON."""
    auth = Auth.Token(os.environ["GITHUB_TOKEN"])
    repository = Github(auth=auth, base_url=url, seconds_between_writes=0, retry=None).get_repo("ada/spam")
    refused = None
    draft = repository.create_git_release("v7", "seven", "notes", draft=True)
    asset = draft.upload_asset(file, name="a+b.whl", content_type="application/zip")
    try:
        draft.upload_asset(file, name="a+b.whl")
    except GithubException as error:
        refused = (error.status, error.data["errors"][0]["code"])
    for number in range(34):
        draft.upload_asset(file, name=f"{number}.whl")
    before = [release.tag_name for release in repository.get_releases()]
    published = draft.update_release("seven", "notes", draft=False)
    said = {
        "asset": (asset.name, asset.state, asset.size, asset.digest),
        "refused": refused,
        "assets": len({each.name for each in published.get_assets()}),
        "before": before,
        "latest": repository.get_latest_release().tag_name,
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
