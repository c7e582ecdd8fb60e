"""The nox sessions of a user's noxfile: one a verb, arguments after `--`.

A noxfile of five lines imports this module; `nox -s build -- --help` is then `wheelyard build --help`. The sessions
run in the interpreter that runs nox, where wheelyard is installed, so none needs an environment of its own: `build`
makes one for the locked cibuildwheel itself (see `toolbox`).
"""

from __future__ import annotations

import sys

import nox

from wheelyard.cli import VERBS


def _register(verb: str, does: str) -> None:
    """One session; a failed verb fails it with the verb's own message."""

    def session(session: nox.Session) -> None:
        command = (sys.executable, "-m", "wheelyard", verb, *session.posargs)
        session.run(*command, external=True, silent=False)

    session.__doc__ = f"{does[0].upper()}{does[1:]}."
    nox.session(name=verb, venv_backend="none", default=verb == "plan")(session)


for _verb, _does in VERBS.items():
    _register(_verb, _does)
