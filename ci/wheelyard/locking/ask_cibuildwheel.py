"""Ask cibuildwheel for its identifiers: run as a program by the Python that has the locked cibuildwheel.

Only the public command line is used, with explicit `--archs`, and `platform.machine()` answers the same everywhere:
on x86_64 cibuildwheel leaves out PyPy and GraalPy for arm64 macOS, which no runner for those targets would.
It takes one JSON argument, `{"package": PATH, "archs": {PLATFORM: "x86_64,aarch64"}}`, and prints one JSON line:
for each platform the identifiers that are selected, those in enabled groups, all there are, and a refusal's words.
With `{"package": PATH, "runs": [{"platform", "machine", "arguments", "environment"}]}` it answers for each run as a
workflow makes it: a list of pairs, the identifiers and a refusal's words.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

MACHINE = "arm64"
PLATFORMS = ("linux", "macos", "windows", "pyodide", "android", "ios")

# What stands instead of the project's own options, so that all identifiers there are come out.
ANY = {"CIBW_BUILD": "*", "CIBW_SKIP": "none", "CIBW_PROJECT_REQUIRES_PYTHON": ">=3"}
QUESTIONS = {"enabled": ANY, "known": {**ANY, "CIBW_ENABLE": "all"}}


def main() -> None:
    """Answer for every platform that is asked for."""
    question = json.loads(sys.argv[1])
    platform.machine = lambda: MACHINE
    for name in [name for name in os.environ if name.startswith("CIBW_")]:
        del os.environ[name]
    from cibuildwheel.__main__ import main as cibuildwheel  # noqa: PLC0415  # after the machine is settled

    sys.platform = "linux"  # on Windows cibuildwheel does not even name the identifiers of Pyodide
    answers: object
    if "runs" in question:
        answers = [of_run(cibuildwheel, run, question["package"]) for run in question["runs"]]
    else:
        answers = {name: answer(cibuildwheel, name, question) for name in PLATFORMS}
    sys.stdout.write("\n" + json.dumps(answers) + "\n")


def answer(cibuildwheel: Callable[[], None], name: str, question: dict[str, Any]) -> dict[str, object]:
    """What cibuildwheel says of one platform."""
    arguments = ["--platform", name, "--allow-empty", "--print-build-identifiers", question["package"]]
    found: dict[str, object] = {"selected": [], "refusal": ""}
    if archs := question["archs"].get(name):
        found["selected"], found["refusal"] = ask(cibuildwheel, ["--archs", archs, *arguments])
    for kind, environment in QUESTIONS.items():
        os.environ.update(environment)
        found[kind], _ = ask(cibuildwheel, ["--archs", "all", *arguments])
        for variable in environment:
            del os.environ[variable]
    return found


def of_run(cibuildwheel: Callable[[], None], run: dict[str, Any], package: str) -> tuple[list[str], str]:
    """What cibuildwheel says of one run on a machine of another kind."""
    platform.machine = lambda: str(run["machine"])
    os.environ.update(run["environment"])
    where = [] if "--only" in run["arguments"] else ["--platform", run["platform"]]
    found = ask(cibuildwheel, [*where, "--allow-empty", "--print-build-identifiers", *run["arguments"], package])
    for variable in run["environment"]:
        del os.environ[variable]
    return found


def ask(cibuildwheel: Callable[[], None], arguments: list[str]) -> tuple[list[str], str]:
    """What one call prints on stdout, and its talk when it failed."""
    sys.argv = ["cibuildwheel", *arguments]
    data, talk = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(data), contextlib.redirect_stderr(talk):
            cibuildwheel()
    except SystemExit as end:
        if end.code:
            return [], f"{end.code if isinstance(end.code, str) else ''}\n{talk.getvalue()}\n{data.getvalue()}"
    except Exception as error:  # noqa: BLE001  # whatever it is, the asker has to be told
        return [], f"{type(error).__name__}: {error}"
    return data.getvalue().split(), ""


if __name__ == "__main__":
    main()
