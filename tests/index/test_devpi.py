"""devpi is an index of another kind: its simple pages are elsewhere, and it answers in other words."""

from __future__ import annotations

import base64
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from releases import make_bundle, make_plan, make_project, make_wheelhouse
from support import MakeRepository, answering
from wheelyard import cli
from wheelyard.doors import toolbox
from wheelyard.errors import Exit, FindingsError
from wheelyard.index import account, project
from wheelyard.index.account import Account
from wheelyard.index.publishing import Publishing
from wheelyard.index.uploads import Outcome, Sent
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle

pytestmark = pytest.mark.peers

LOGIN = ("ada", "s3cret")


class Nobody:
    """Watches without a word."""

    def progress(self, file: File, done: int) -> None:
        """Hear of bytes."""

    def ended(self, report: Sent) -> None:
        """Hear of files."""


@pytest.fixture(scope="module")
def devpi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an index `ada/dev` on a devpi-server of its own, without bases."""
    python = toolbox.environment("devpi", ("devpi-server==6.15.0",))
    folder = tmp_path_factory.mktemp("devpi")
    subprocess.run(
        (toolbox.program(python, "devpi-init"), "--serverdir", folder, "--no-root-pypi"),
        check=True,
        capture_output=True,
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        command = (toolbox.program(python, "devpi-server"), "--serverdir", folder, "--port", str(port))
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            answering(f"{url}/+api", server)
            _make_index(url)
            yield f"{url}/ada/dev/"
        finally:
            server.terminate()
            server.wait()


def _make_index(url: str) -> None:
    user, password = LOGIN
    requests.put(f"{url}/{user}", json={"password": password}, timeout=30).raise_for_status()
    login = requests.post(f"{url}/+login", json={"user": user, "password": password}, timeout=30).json()
    token = base64.b64encode(f"{user}:{login['result']['password']}".encode()).decode()
    for name, volatile in (("dev", False), ("nightly", True)):
        index = {"type": "stage", "bases": [], "volatile": volatile}
        made = requests.put(f"{url}/{user}/{name}", json=index, headers={"X-Devpi-Auth": token}, timeout=30)
        made.raise_for_status()


def publish(chosen: Account, bundle: Bundle) -> set[Outcome]:
    task = Publishing(made=bundle.manifest, account=chosen, reader=chosen.reader())
    reports = task.send(task.compare(), bundle.paths, parallel=2, watch=Nobody(), wait=20)
    return {report.outcome for report in reports}


def blind(chosen: Account, bundle: Bundle) -> tuple[Sent, ...]:
    task = Publishing(made=bundle.manifest, account=chosen, reader=None)
    return task.send(task.compare(), bundle.paths, parallel=1, watch=Nobody(), wait=0)


def test_a_release_goes_in_once_and_other_bytes_never(devpi: str, tmp_path: Path) -> None:
    bundle, other = make_bundle(tmp_path / "made"), make_bundle(tmp_path / "other", data=b"other")
    chosen = account.resolve(devpi, login=LOGIN)
    assert publish(chosen, bundle) == {Outcome.UPLOADED}
    assert chosen.reader().page("wy-sample") is not None
    assert publish(chosen, bundle) == {Outcome.THERE}
    with pytest.raises(FindingsError, match="never be used again"):
        publish(chosen, other)


def test_without_comparing_the_same_bytes_may_go_in_twice(devpi: str, tmp_path: Path) -> None:
    bundle, other = make_bundle(tmp_path / "made"), make_bundle(tmp_path / "other", data=b"other")
    chosen = account.resolve(devpi, login=LOGIN)
    publish(chosen, bundle)
    assert {report.outcome for report in blind(chosen, bundle)} == {Outcome.UPLOADED}
    (said,) = [report.words for report in blind(chosen, other) if report.outcome is Outcome.REFUSED]
    assert said.startswith("409")
    assert "exists" in said


def test_a_wrong_password_is_refused_in_its_words(devpi: str, tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "wrong", tag="v3.0")
    chosen = account.resolve(devpi, login=(LOGIN[0], "wrong"))
    reports = blind(chosen, bundle)
    refused = [report.words for report in reports if report.outcome is Outcome.REFUSED]
    assert len(refused) == 1
    assert refused[0].startswith(("401", "403"))


def versions(chosen: Account) -> set[str]:
    page = chosen.reader().page("wy-sample")
    found = {project.version_of(listed.file, "wy-sample") for listed in page.files} if page else set()
    return {str(version) for version in found}


def release(root: Path, version: str) -> None:
    shutil.rmtree(root / "wheelhouse", ignore_errors=True)
    make_wheelhouse(root / "wheelhouse", plan=make_plan(version=version, sdist=False))
    assert cli.main(["collect", "-C", str(root), "-q", "--json"]) == Exit.DONE


def test_of_nightlies_only_the_newest_stay(
    devpi: str, repository: MakeRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, index = make_project(repository), devpi.replace("/dev/", "/nightly/")
    table = (root / "pyproject.toml").read_text()
    (root / "pyproject.toml").write_text(f'{table}nightly = {{ index = "{index}", keep = 2 }}\n')
    for name, value in {"TWINE_USERNAME": LOGIN[0], "TWINE_PASSWORD": LOGIN[1]}.items():
        monkeypatch.setenv(name, value)
    for version in ("1.0.dev1", "1.0.dev2", "1.0.dev10"):
        release(root, version)
        assert cli.main(["publish", "-C", str(root), "-q", "--nightly"]) == Exit.DONE
    assert versions(account.resolve(index, login=LOGIN)) == {"1.0.dev2", "1.0.dev10"}


def test_an_index_that_keeps_everything_says_so(
    devpi: str, repository: MakeRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_project(repository)
    table = (root / "pyproject.toml").read_text()
    (root / "pyproject.toml").write_text(f'{table}nightly = {{ index = "{devpi}", keep = 1 }}\n')
    for name, value in {"TWINE_USERNAME": LOGIN[0], "TWINE_PASSWORD": LOGIN[1]}.items():
        monkeypatch.setenv(name, value)
    codes = []
    for version in ("7.0.dev1", "7.0.dev2"):
        release(root, version)
        codes.append(cli.main(["publish", "-C", str(root), "-q", "--nightly"]))
    assert codes[-1] == Exit.OUTSIDE
    assert "must be volatile" in capsys.readouterr().err
