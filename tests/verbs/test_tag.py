"""`wheelyard tag` on real repositories with a bare remote: everything is looked at, then one tag is made and pushed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakegithub import Server
from support import MakeRepository, run_git
from wheelyard import cli, config, documents
from wheelyard.errors import Exit
from wheelyard.locking import lock

PROJECT = '[project]\nname = "spam"\nversion = "1.0"\n'
TABLE = "[tool.wheelyard]\npure = true\n"
CHANGES = "# Changes\n\n## 1.0 (2026-11-20)\n\n- All of it.\n"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A repository and its bare remote."""

    root: Path
    remote: Path

    def tag(self, *arguments: str) -> int:
        return cli.main(["tag", "-C", str(self.root), *arguments])

    def commit(self, name: str, text: str = "x", *, root: Path | None = None) -> None:
        root = root or self.root
        (root / name).write_text(text)
        run_git(root, "add", "--all")
        run_git(root, "commit", "--quiet", "--message", f"Change {name}")

    def tags(self) -> list[str]:
        return run_git(self.remote, "tag").split()

    def clone(self, name: str, *options: str) -> Path:
        run_git(self.root.parent, "clone", "--quiet", *options, self.remote.as_uri(), name)
        return self.root.parent / name


def locked(pyproject: str) -> str:
    made = lock.made(config.parse(pyproject, source="pyproject.toml"), cibuildwheel="4.3.3", identifiers={})
    return documents.dump(made).decode()


MakePlace = Callable[..., Place]


@pytest.fixture
def make(repository: MakeRepository, tmp_path: Path) -> MakePlace:
    """Makes a repository that is ready for its release, pushed to a bare remote."""

    def made(*, pyproject: str = PROJECT + TABLE, **files: str) -> Place:
        every = {"pyproject.toml": pyproject, lock.FILE: locked(pyproject), "CHANGES.md": CHANGES, **files}
        place = Place(root=repository(every), remote=tmp_path / "remote.git")
        run_git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(place.remote))
        run_git(place.root, "remote", "add", "origin", str(place.remote))
        run_git(place.root, "push", "--quiet", "--set-upstream", "origin", "main")
        return place

    return made


@pytest.fixture
def place(make: MakePlace) -> Place:
    return make()


def refused(place: Place, capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a refusal says; nothing was written here or there."""
    before = run_git(place.root, "tag"), place.tags()
    assert place.tag("--yes", *arguments) == Exit.FINDINGS
    assert (run_git(place.root, "tag"), place.tags()) == before
    return capfd.readouterr().err


def test_one_annotated_tag_is_made_and_pushed(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    head = run_git(place.root, "rev-parse", "HEAD")
    run_git(place.root, "config", "push.followTags", "true")
    run_git(place.root, "tag", "--annotate", "--message", "mine", "private")
    assert place.tag("--yes") == Exit.DONE
    assert place.tags() == ["v1.0"]
    assert run_git(place.remote, "cat-file", "-t", "v1.0") == "tag"
    assert run_git(place.remote, "rev-parse", "v1.0^{commit}") == head
    assert run_git(place.remote, "tag", "--format=%(subject)", "--list", "v1.0") == "spam 1.0"
    shown = capfd.readouterr().out.splitlines()
    assert shown == [
        f"git tag --annotate --message 'spam 1.0' v1.0 {head}",
        "git push --no-follow-tags origin refs/tags/v1.0",
    ]


def test_the_same_command_again_changes_nothing(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert place.tag("--yes") == Exit.DONE
    before = run_git(place.root, "rev-parse", "v1.0")
    assert place.tag("--yes") == Exit.DONE
    assert run_git(place.root, "rev-parse", "v1.0") == before
    assert "already, at this commit" in capfd.readouterr().err


def test_a_dry_run_shows_the_commands_and_runs_none(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert place.tag("--dry-run") == Exit.DONE
    assert len(capfd.readouterr().out.splitlines()) == 2
    assert run_git(place.root, "tag") == ""
    assert place.tags() == []


def test_without_a_terminal_nothing_is_done_unasked(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert place.tag() == Exit.USAGE
    assert "--yes" in capfd.readouterr().err
    assert run_git(place.root, "tag") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
@pytest.mark.parametrize(
    ("answer", "code", "tags"),
    [pytest.param("y", Exit.DONE, ["v1.0"], id="yes"), pytest.param("", Exit.USAGE, [], id="no")],
)
def test_a_person_is_asked(place: Place, answer: str, code: Exit, tags: list[str]) -> None:
    person, terminal = os.openpty()
    command = (sys.executable, "-m", "wheelyard", "tag", "-C", str(place.root))
    with subprocess.Popen(command, stdin=terminal, stderr=terminal, stdout=subprocess.PIPE) as program:
        os.close(terminal)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(person, 4096)
        os.write(person, f"{answer}\n".encode())
        output, _ = program.communicate()
    os.close(person)
    assert (program.returncode, place.tags()) == (code, tags)
    assert len(output.splitlines()) == 2


def test_json_has_every_check_and_command(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert place.tag("--dry-run", "--json") == Exit.DONE
    found = json.loads(capfd.readouterr().out)
    checks = {check["name"]: check["outcome"] for check in found["checks"]}
    assert (checks.pop("workflow"), checks.pop("CI")) == ("nothing there", "not asked")
    assert set(checks.values()) == {"ok"}
    assert [command[1] for command in found["commands"]] == ["tag", "push"]
    assert found["state"] == "nowhere"


def test_all_that_is_wrong_is_said_at_once(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    run_git(place.root, "switch", "--quiet", "--create", "fix")
    place.commit("pyproject.toml", PROJECT.replace("1.0", "1.1") + TABLE + 'targets = ["linux-x86_64"]\n')
    (place.root / "new.c").write_text("")
    said = refused(place, capfd)
    assert "changelog: CHANGES.md has no heading with 1.1" in said
    assert "tree: the tree has changes that are in no commit: new.c" in said
    assert "branch: this is fix, and releases are made on main" in said
    assert "in step: origin has no branch fix" in said
    assert "lock: wheelyard.lock is stale" in said
    assert "not asked: workflow: the lock comes first" in said


def test_json_of_a_refusal_has_the_checks(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    (place.root / "new.c").write_text("")
    assert place.tag("--dry-run", "--json") == Exit.FINDINGS
    found = {check["name"]: check for check in json.loads(capfd.readouterr().out)["checks"]}
    assert found["tree"]["outcome"] == "wrong"


def ahead(place: Place) -> None:
    place.commit("mine")


def behind(place: Place) -> None:
    other = place.clone("other")
    place.commit("more", root=other)
    run_git(other, "push", "--quiet")


def diverged(place: Place) -> None:
    ahead(place)
    behind(place)


def detached(place: Place) -> None:
    run_git(place.root, "switch", "--quiet", "--detach")


def remote_only(place: Place) -> None:
    other = place.clone("other")
    place.commit("more", root=other)
    run_git(other, "push", "--quiet", "origin", "HEAD:refs/tags/v1.0")


def local_only(place: Place) -> None:
    run_git(place.root, "tag", "v1.0")
    place.commit("more")
    run_git(place.root, "push", "--quiet")


def lightweight(place: Place) -> None:
    run_git(place.root, "tag", "v1.0")


def unsigned(place: Place) -> None:
    run_git(place.root, "tag", "--annotate", "--message", "mine", "v1.0")
    run_git(place.root, "config", "tag.gpgSign", "true")


def another(place: Place) -> None:
    run_git(place.root, "push", "--quiet", "origin", "HEAD:refs/tags/v0.9")


def unreleased(place: Place) -> None:
    place.commit("CHANGES.md", "# Changes\n\n## 1.0 (unreleased)\n")
    run_git(place.root, "push", "--quiet")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(ahead, "in step: main of origin lacks 1 commit.", id="ahead"),
        pytest.param(behind, "in step: main of origin is 1 commit further", id="behind"),
        pytest.param(
            diverged,
            "in step: main of origin went another way: it has 1 commit more, and lacks 1 commit",
            id="diverged",
        ),
        pytest.param(detached, "branch: HEAD is on no branch", id="detached head"),
        pytest.param(remote_only, "tag: origin has v1.0 at", id="the tag is on the remote only"),
        pytest.param(local_only, "tag: v1.0 is here at", id="the tag is here, elsewhere"),
        pytest.param(lightweight, "tag: v1.0 is here without message", id="a lightweight tag"),
        pytest.param(unsigned, "tag: v1.0 is here without a signature", id="a tag that should be signed"),
        pytest.param(another, "no other release: v0.9 is on this commit too", id="another release"),
        pytest.param(unreleased, "changelog: CHANGES.md, line 3: ## 1.0 (unreleased)", id="unreleased"),
    ],
)
def test_what_keeps_a_commit_from_being_a_release(
    place: Place, capfd: pytest.CaptureFixture[str], change: Callable[[Place], None], says: str
) -> None:
    change(place)
    assert says in refused(place, capfd)


def test_a_shallow_clone_is_no_place_to_release_from(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    place.commit("more")
    run_git(place.root, "push", "--quiet")
    shallow = Place(root=place.clone("shallow", "--depth=1"), remote=place.remote)
    assert "git fetch --unshallow" in refused(shallow, capfd)


def test_changes_inside_a_submodule_are_changes(
    make: MakePlace, repository: MakeRepository, capfd: pytest.CaptureFixture[str]
) -> None:
    place, inner = make(), repository({"lib.c": "int x;"}, name="inner")
    allowed = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "vendor")
    run_git(place.root, *allowed)
    run_git(place.root, "commit", "--quiet", "--message", "Vendor it")
    run_git(place.root, "push", "--quiet")
    (place.root / "vendor" / "lib.c").write_text("int y;")
    assert "in no commit: vendor" in refused(place, capfd)
    run_git(place.root / "vendor", "checkout", "--quiet", "lib.c")
    assert place.tag("--yes") == Exit.DONE


def test_a_folder_without_git_says_what_to_do(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT + TABLE)
    assert cli.main(["tag", "-C", str(tmp_path), "--yes"]) == Exit.USAGE
    assert "git init" in capfd.readouterr().err


def test_a_repository_without_a_remote_says_what_to_do(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    run_git(place.root, "remote", "remove", "origin")
    assert place.tag("--yes") == Exit.USAGE
    assert "git remote add origin" in capfd.readouterr().err


def test_a_remote_that_is_gone_is_no_answer(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    place.remote.rename(place.remote.with_name("moved.git"))
    assert place.tag("--yes") == Exit.OUTSIDE
    assert "remote: The remote origin does not answer" in capfd.readouterr().err
    (place.root / "new.c").write_text("")
    assert place.tag("--yes") == Exit.FINDINGS
    said = capfd.readouterr().err
    assert "does not answer" in said
    assert "tree: " in said


def test_of_two_remotes_the_branchs_own_is_taken(place: Place, tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet", "--bare", "fork.git")
    run_git(place.root, "remote", "rename", "origin", "canonical")
    run_git(place.root, "remote", "add", "fork", str(tmp_path / "fork.git"))
    run_git(place.root, "config", "remote.pushDefault", "fork")
    assert place.tag("--yes") == Exit.DONE
    assert place.tags() == ["v1.0"]
    assert run_git(tmp_path / "fork.git", "tag") == ""


def test_two_remotes_without_a_hint_have_to_be_told_apart(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    run_git(place.root, "remote", "rename", "origin", "upstream")
    run_git(place.root, "remote", "add", "fork", str(place.remote))
    run_git(place.root, "branch", "--quiet", "--unset-upstream")
    assert place.tag("--yes") == Exit.USAGE
    assert "--remote fork" in capfd.readouterr().err
    assert place.tag("--yes", "--remote", "upstream") == Exit.DONE


def test_a_push_that_was_refused_is_made_up_for_by_the_same_command(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    hook = place.remote / "hooks" / "update"
    hook.write_text("#!/bin/sh\necho 'tags are frozen today' >&2\nexit 1\n")
    hook.chmod(0o755)
    assert place.tag("--yes") == Exit.OUTSIDE
    said = capfd.readouterr().err
    assert "tags are frozen today" in said
    assert "the same command pushes it" in said
    made = run_git(place.root, "rev-parse", "v1.0")
    hook.unlink()
    assert place.tag("--yes") == Exit.DONE
    assert capfd.readouterr().out == "git push --no-follow-tags origin refs/tags/v1.0\n"
    assert run_git(place.remote, "rev-parse", "v1.0") == made


def test_a_remote_that_drops_what_it_took_is_not_believed(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    hook = place.remote / "hooks" / "post-receive"
    hook.write_text("#!/bin/sh\ngit update-ref -d refs/tags/v1.0\n")
    hook.chmod(0o755)
    assert place.tag("--yes") == Exit.OUTSIDE
    assert "origin does not show it" in capfd.readouterr().err


def test_a_hook_here_that_refuses_the_tag_leaves_nothing(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    hook = place.root / ".git" / "hooks" / "reference-transaction"
    hook.write_text('#!/bin/sh\ntest "$1" != prepared\n')
    hook.chmod(0o755)
    assert place.tag("--yes") == Exit.OUTSIDE
    assert "Nothing was changed." in capfd.readouterr().err
    hook.unlink()
    assert run_git(place.root, "tag") == ""


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen, which signs, is not installed")
def test_a_tag_is_signed_where_git_is_set_up_so(place: Place, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)), check=True)
    run_git(place.root, "config", "gpg.format", "ssh")
    run_git(place.root, "config", "user.signingKey", str(key))
    assert place.tag("--yes") == Exit.DONE
    assert "BEGIN SSH SIGNATURE" in run_git(place.remote, "cat-file", "tag", "v1.0")


def test_a_signature_that_cannot_be_made_is_no_tag(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    run_git(place.root, "config", "gpg.format", "ssh")
    run_git(place.root, "config", "tag.gpgSign", "true")
    run_git(place.root, "config", "user.signingKey", "/nowhere/key")
    assert place.tag("--yes") == Exit.OUTSIDE
    assert "could not sign it" in capfd.readouterr().err
    assert run_git(place.root, "tag") == ""


def test_shell_syntax_in_a_tags_name_is_only_text(make: MakePlace, capfd: pytest.CaptureFixture[str]) -> None:
    table = TABLE + "release.tag = 'v$(touch${IFS}owned);{version}'\n"
    place = make(pyproject=PROJECT + table)
    assert place.tag("--yes") == Exit.DONE
    assert place.tags() == ["v$(touch${IFS}owned);1.0"]
    assert "'refs/tags/v$(touch${IFS}owned);1.0'" in capfd.readouterr().out
    assert not (place.root / "owned").exists()


@pytest.mark.parametrize("template", ["-{version}", "a..{version}", "a b{version}", "{version}.lock"])
def test_what_git_takes_for_no_tag_is_refused(
    make: MakePlace, capfd: pytest.CaptureFixture[str], template: str
) -> None:
    place = make(pyproject=f"{PROJECT}{TABLE}release.tag = '{template}'\non.tag = '*'\n")
    assert place.tag("--yes") == Exit.USAGE
    assert "git takes no tag called" in capfd.readouterr().err


def test_releases_of_other_branches_are_a_matter_of_configuration(make: MakePlace) -> None:
    place = make(pyproject=PROJECT + TABLE + "release.branch = 'stable-*'\n")
    run_git(place.root, "switch", "--quiet", "--create", "stable-1")
    run_git(place.root, "push", "--quiet", "--set-upstream", "origin", "stable-1")
    assert place.tag("--yes") == Exit.DONE


def test_a_named_changelog_has_to_be_there(make: MakePlace, capfd: pytest.CaptureFixture[str]) -> None:
    place = make(pyproject=PROJECT + TABLE + "release.changelog = 'docs/changes.rst'\n")
    assert "docs/changes.rst does not exist" in refused(place, capfd)


def test_without_a_changelog_none_is_asked_for(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    run_git(place.root, "rm", "--quiet", "CHANGES.md")
    run_git(place.root, "commit", "--quiet", "--message", "Take it away")
    run_git(place.root, "push", "--quiet")
    assert place.tag("--yes") == Exit.DONE
    assert "nothing there: changelog: no changelog" in capfd.readouterr().err


def test_a_workflow_that_is_not_fresh_comes_first(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["generate", "-C", str(place.root)]) == Exit.DONE
    workflow = place.root / ".github" / "workflows" / "wheels.yml"
    place.commit(".github/workflows/wheels.yml", workflow.read_text() + "# mine\n")
    run_git(place.root, "push", "--quiet")
    assert "workflow: .github/workflows/wheels.yml is not what it would be" in refused(place, capfd)


def test_another_version_than_that_of_the_project_is_refused(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    said = refused(place, capfd, "1.1")
    assert "the project's version is 1.0, and its tag is 'v1.0'" in said


def test_a_version_in_the_project_that_is_none_is_refused(make: MakePlace, capfd: pytest.CaptureFixture[str]) -> None:
    place = make(pyproject=PROJECT.replace("1.0", "first") + TABLE)
    assert "version: 'first' is no version" in refused(place, capfd)


@pytest.mark.parametrize("version", ["latest", "1.0; touch owned", "v$(id)"])
def test_what_is_no_version_is_refused(place: Place, capfd: pytest.CaptureFixture[str], version: str) -> None:
    assert place.tag("--dry-run", version) == Exit.USAGE
    assert "is no version" in capfd.readouterr().err


# A back end that needs nothing installed and takes the version from git, as setuptools-scm and hatch-vcs do.
BACKEND = """\
import pathlib, subprocess

def _version():
    said = subprocess.run(["git", "describe", "--tags", "--long"], capture_output=True, text=True).stdout
    tag, _, rest = said.partition("-") if said else ("v0", "", "1-")
    return tag[1:] if rest.startswith("0-") else f"{tag[1:]}.1.dev{rest.partition('-')[0]}"

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    info = pathlib.Path(metadata_directory, "spam-0.dist-info")
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: spam\\nVersion: {_version()}\\n")
    return info.name

def build_wheel(*arguments, **options):
    raise NotImplementedError
"""
DYNAMIC = (
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    '[project]\nname = "spam"\ndynamic = ["version"]\n'
)


@pytest.fixture
def dynamic(make: MakePlace) -> Place:
    return make(pyproject=DYNAMIC + TABLE, **{"backend.py": BACKEND})


def test_a_version_that_is_made_of_the_tag_has_to_be_said(dynamic: Place, capfd: pytest.CaptureFixture[str]) -> None:
    assert dynamic.tag("--yes") == Exit.USAGE
    assert "now it is 0.1.dev1. Say the one to be: wheelyard tag VERSION" in capfd.readouterr().err


def test_the_back_end_agrees_to_the_version_before_the_tag_is_made(dynamic: Place) -> None:
    assert dynamic.tag("--yes", "1.0") == Exit.DONE
    assert dynamic.tags() == ["v1.0"]
    assert dynamic.tag("--yes") == Exit.DONE


def test_a_back_end_that_makes_another_version_is_believed(make: MakePlace, capfd: pytest.CaptureFixture[str]) -> None:
    place = make(pyproject=DYNAMIC + TABLE, **{"backend.py": BACKEND.replace("tag[1:] if", "'0.7' if")})
    assert "with the tag 'v1.0' the build backend makes version 0.7, not 1.0" in refused(place, capfd, "1.0")


def test_a_back_end_that_fails_is_one_more_thing_that_is_wrong(
    make: MakePlace, capfd: pytest.CaptureFixture[str]
) -> None:
    place = make(pyproject=DYNAMIC + TABLE, **{"backend.py": "raise SystemExit('no compiler')\n", "CHANGES.md": "-\n"})
    said = refused(place, capfd, "1.0")
    assert "The build backend could not be asked" in said
    assert "no heading with 1.0" in said


def rules(place: Place, *checks: dict[str, Any], **others: Any) -> dict[str, Any]:
    """What GitHub is to know of the commit."""
    head = run_git(place.root, "rev-parse", "HEAD")
    return {"checks": [{"head_sha": head, "id": n, **each} for n, each in enumerate(checks)], **others}


@pytest.mark.parametrize(
    ("known", "says"),
    [
        pytest.param(([{}, {"conclusion": "skipped"}], [{}]), "ok: CI: 3 checks passed", id="all passed"),
        pytest.param(([], []), "nothing there: CI: GitHub knows no check", id="nothing"),
    ],
)
def test_ci_that_does_not_object_is_no_obstacle(
    place: Place, github: Server, capfd: pytest.CaptureFixture[str], known: tuple[list[Any], list[Any]], says: str
) -> None:
    checks, statuses = known
    github.rules(**rules(place, *checks, statuses=statuses))
    assert place.tag("--yes") == Exit.DONE
    assert says in capfd.readouterr().err


@pytest.mark.parametrize(
    ("known", "says"),
    [
        pytest.param(({"name": "docs", "conclusion": "failure"}, []), "did not pass: docs (failure)", id="failed"),
        pytest.param(({"conclusion": "cancelled"}, []), "did not pass: tests (cancelled)", id="cancelled"),
        pytest.param(({"status": "queued", "conclusion": None}, []), "still at work: tests", id="waiting"),
        pytest.param(({}, [{"state": "pending", "context": "buildbot"}]), "still at work: buildbot", id="pending"),
        pytest.param(({}, [{"state": "error"}]), "did not pass: ci (error)", id="an older status"),
    ],
)
def test_ci_that_is_not_green_keeps_a_commit_from_being_a_release(
    place: Place, github: Server, capfd: pytest.CaptureFixture[str], known: tuple[Any, Any], says: str
) -> None:
    check, statuses = known
    github.rules(**rules(place, {}, check, statuses=statuses))
    assert says in refused(place, capfd)


def test_more_checks_than_a_page_are_all_looked_at(
    place: Place, github: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    github.rules(**rules(place, *[{}] * 249, {"conclusion": "failure"}))
    assert "did not pass: tests (failure)" in refused(place, capfd)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_github_that_does_not_say_is_not_asked_and_never_green(
    place: Place, github: Server, capfd: pytest.CaptureFixture[str], status: int
) -> None:
    github.fault(str(status), "check-runs", times=100)
    assert place.tag("--dry-run", "--json") == Exit.DONE
    found = {check["name"]: check["outcome"] for check in json.loads(capfd.readouterr().out)["checks"]}
    assert found["CI"] == "not asked"


@pytest.mark.peers
@pytest.mark.parametrize(
    "build",
    [
        pytest.param(
            'requires = ["setuptools-scm>=8"]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools_scm]\n',
            id="setuptools-scm",
        ),
        pytest.param(
            'requires = ["hatch-vcs"]\nbuild-backend = "hatchling.build"\n[tool.hatch.version]\nsource = "vcs"\n'
            '[tool.hatch.build.targets.wheel]\ninclude = ["spam.py"]\n',
            id="hatch-vcs",
        ),
    ],
)
def test_the_real_back_ends_take_the_version_from_the_tag(
    make: MakePlace, capfd: pytest.CaptureFixture[str], build: str
) -> None:
    pyproject = f'[project]\nname = "spam"\ndynamic = ["version"]\n[build-system]\n{build}{TABLE}'
    place = make(pyproject=pyproject, **{"spam.py": ""})
    assert place.tag("--yes") == Exit.USAGE
    assert ".dev" in capfd.readouterr().err
    assert place.tag("--yes", "1.0") == Exit.DONE
    assert "1.0, by the build backend" in capfd.readouterr().err
