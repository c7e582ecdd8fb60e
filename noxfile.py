# /// script
# requires-python = ">=3.11"
# dependencies = ["nox"]
# ///
"""This repository's tasks: `nox --list` shows them, `nox` runs what a change must pass before it is sent.

A user's noxfile is the five lines of `templates/noxfile.py`, which register one session for each verb of wheelyard.
"""

import importlib.util

import nox

if importlib.util.find_spec("wheelyard") is not None:
    import wheelyard.sessions  # noqa: F401  # its own verbs, for its own releases: the workflow installs it first

nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.needs_version = ">=2025.2.9"


def _install(session: nox.Session, *groups: str) -> None:
    names = [f"--group={group}" for group in groups]
    session.install("pip>=25.1")
    session.install("--editable", ".", *names)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the unit tests; arguments go to pytest."""
    _install(session, "test")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Run the tests that talk to third-party tools."""
    _install(session, "test", "browser")
    session.run("pytest", "-n", "auto", "--dist", "worksteal", "-m", "peers", *session.posargs)


@nox.session
def integration(session: nox.Session) -> None:
    """Run the tests that build real wheels."""
    _install(session, "test")
    session.run("pytest", "-n", "auto", "--dist", "worksteal", "-m", "integration", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    _install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly, in the package, its tests and its scripts."""
    _install(session, "test", "lint", "browser")
    session.run("mypy")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation strictly; `nox -s site -- linkcheck` asks every link."""
    _install(session, "docs")
    builder = session.posargs[0] if session.posargs else "html"
    session.run("python", "-m", "sphinx", "-W", "--keep-going", "-q", "-b", builder, "docs", f"site/{builder}")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure one thing: `nox -s bench -- startup`. Figures go to benchmarks/RESULTS.md by hand."""
    _install(session, "bench")
    session.run("python", f"benchmarks/{session.posargs[0]}.py", *session.posargs[1:])
