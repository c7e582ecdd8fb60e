"""A package without [project] is known by its older files."""

from __future__ import annotations

import pytest

from wheelyard.planning import legacy


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param({"setup.cfg": "[metadata]\nv = 1\nname = spam\n[options]\nname = no\n"}, "spam", id="setup.cfg"),
        pytest.param({"setup.py": "setup(name='spam')"}, "spam", id="setup.py"),
        pytest.param({"setup.py": "setuptools.setup(name=NAME)\nNAME = 'spam'"}, "spam", id="variable"),
        pytest.param({"setup.py": "arguments = dict(name='spam')\nsetup(**arguments)"}, "spam", id="dict"),
        pytest.param({"setup.py": "setup(name=find())"}, None, id="computed"),
        pytest.param({"setup.py": "setup("}, None, id="broken"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_name_is_read_and_nothing_is_run(files: dict[str, str], name: str | None) -> None:
    assert legacy.name(files) == name
