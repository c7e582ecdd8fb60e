"""Rules about what else is in a wheel: leftovers, secrets, paths of the build machine, licences, size."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wheelyard.audit.binaries import Trait
from wheelyard.audit.contents import Contents
from wheelyard.audit.policy import size
from wheelyard.audit.rule import ERROR, INFO, WARNING, Hit, Policy, Rule
from wheelyard.errors import listed

_FORMAT = "https://packaging.python.org/en/latest/specifications/binary-distribution-format/"
_LICENSES = "https://packaging.python.org/en/latest/specifications/core-metadata/#license-file-multiple-use"
_INDEX_LIMIT = 100_000_000
_DATA_KEYS = {"purelib", "platlib", "headers", "scripts", "data"}
_TEST_FOLDERS = {"test", "tests", "testing", "testdata", "test_data", "fixtures", "examples"}
_TOP_LEVEL = {
    "test",
    "tests",
    "docs",
    "doc",
    "examples",
    "example",
    "scripts",
    "build",
    "dist",
    "benchmarks",
    ".github",
}
_CACHES = re.compile(
    r"(.*/)?(__pycache__/.*|.*\.py[co]|\.DS_Store|Thumbs\.db|\.(git|hg|svn|tox|mypy_cache|pytest_cache|ruff_cache)/.*"
    r"|[^/]+\.egg-info/.*|\.coverage|.*\.(orig|rej|swp)|.*~)"
)
_SECRETS = re.compile(r"(.*/)?(\.env|\.pypirc|\.netrc|\.npmrc|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519))")
_CODE = (".py", ".pyi", ".md", ".rst", ".txt", ".html", ".ipynb", ".js")


def _cache(contents: Contents, _: Policy) -> Iterator[Hit]:
    found = [member.name for member in contents.members if _CACHES.fullmatch(member.name)]
    if found:
        yield Hit(path=found[0], message=f"{_counted(found)} of tools or version control: {listed(found, most=4)}.")


def _top_level(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Folders that many projects have, and that only one of them can have in site-packages."""
    tops = {name.partition("/")[0] for name in contents.names if "/" in name}
    name = contents.name.name.replace("-", "_") if contents.name else ""
    for top in sorted(tops & _TOP_LEVEL):
        if top != name:
            yield Hit(path=f"{top}/", message=f"It installs a package called {top} for everybody.")


def _data(contents: Contents, _policy: Policy) -> Iterator[Hit]:
    for member in contents.members:
        top, _, rest = member.name.partition("/")
        if top.endswith(".data") and rest.partition("/")[0] not in _DATA_KEYS:
            yield Hit(path=member.name, message=f"No installer knows the scheme {rest.partition('/')[0]!r}.")


def _empty(contents: Contents, _: Policy) -> Iterator[Hit]:
    infos = tuple(f"{folder}/" for folder in contents.dist_infos)
    if contents.whole and infos and all(name.startswith(infos) for name in contents.names):
        yield Hit(message="It installs nothing but its own metadata.")


def _secret(contents: Contents, _: Policy) -> Iterator[Hit]:
    for member in contents.members:
        if _SECRETS.fullmatch(member.name):
            yield Hit(path=member.name, message="Files of this name hold passwords, tokens or keys.")
    for mark, path, _text in contents.marks:
        if mark == "private-key" and not _is_sample(path):
            yield Hit(path=path, message="A private key is in it.")


def _sample_secret(contents: Contents, _: Policy) -> Iterator[Hit]:
    for mark, path, _text in contents.marks:
        if mark == "private-key" and _is_sample(path):
            yield Hit(path=path, message="A private key is in it; by its place it may be for tests.")


def _is_sample(path: str) -> bool:
    """Keys in code, documents and tests are mostly examples; a file of its own elsewhere is no example."""
    folders = path.lower().split("/")[:-1]
    return path.lower().endswith(_CODE) or any(folder in _TEST_FOLDERS or "test" in folder for folder in folders)


def _build_path(contents: Contents, _: Policy) -> Iterator[Hit]:
    found = [(path, text) for mark, path, text in contents.marks if mark == "build-path"]
    if found:
        path, text = found[0]
        others = f" {_counted(found[1:])} more have such paths." if found[1:] else ""
        yield Hit(path=path, message=f"It has {text!r}, a path of the build machine.{others}")


def _debug(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary in contents.binaries:
        if binary.has(Trait.DEBUG_INFO):
            yield Hit(path=binary.path, message="Debug information is in it.")


def _no_licence(contents: Contents, _: Policy) -> Iterator[Hit]:
    if not (contents.whole and len(contents.dist_infos) == 1):
        return
    info = f"{contents.dist_infos[0]}/"
    names = [name.removeprefix(info).lower() for name in contents.names if name.startswith(info)]
    if not any(re.search(r"licen[cs]e|copying|notice|unlicense", name) for name in names):
        yield Hit(message="There is no licence file in .dist-info.")


def _lost_licence(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Only since metadata 2.4 does License-File say where the file is: in the folder licenses."""
    if contents.metadata is None or not contents.whole:
        return
    version = str(contents.metadata["Metadata-Version"] or "0")
    if not re.fullmatch(r"2\.([4-9]|\d\d+)", version):
        return
    folder = f"{contents.dist_infos[0]}/licenses/"
    for line in contents.metadata.get_all("License-File", []):
        if folder + str(line) not in contents.names:
            yield Hit(path=folder + str(line), message="METADATA names this licence file, and it is not there.")


def _budget(contents: Contents, policy: Policy) -> Iterator[Hit]:
    if policy.max_size is not None and contents.size > size(policy.max_size):
        yield Hit(message=f"It has {contents.size:,} bytes; max-size is {policy.max_size}.")


def _index_limit(contents: Contents, _: Policy) -> Iterator[Hit]:
    if contents.size > _INDEX_LIMIT:
        yield Hit(message=f"It has {contents.size:,} bytes.")


def _counted(things: list[str] | list[tuple[str, str]]) -> str:
    return "1 file" if len(things) == 1 else f"{len(things)} files"


RULES: tuple[Rule, ...] = (
    Rule(
        id="contents-cache",
        severity=WARNING,
        says="Files of caches, editors or version control are in the wheel.",
        fix="Exclude them in the build back end's settings; build from a clean checkout.",
        check=_cache,
    ),
    Rule(
        id="contents-top-level",
        severity=WARNING,
        says="A folder with a common name is installed beside every other package.",
        fix="Exclude it from the packages that the build back end finds.",
        why="Two projects that do so overwrite each other's files; `import tests` finds the wrong one.",
        check=_top_level,
    ),
    Rule(
        id="contents-data",
        severity=ERROR,
        says="A folder in .data is none that installers know.",
        fix="Use purelib, platlib, headers, scripts or data.",
        source=_FORMAT,
        check=_data,
    ),
    Rule(
        id="contents-empty",
        severity=INFO,
        says="The wheel installs nothing.",
        fix="Right for a package that only requires others; else look at what the build back end finds.",
        check=_empty,
    ),
    Rule(
        id="secret",
        severity=ERROR,
        says="A private key, or a file for passwords and tokens, is in the wheel.",
        fix="Take it out, and make a new key or token: what was uploaded once is known.",
        check=_secret,
    ),
    Rule(
        id="secret-sample",
        severity=INFO,
        says="A private key is in a test, an example or code.",
        fix="Make sure that nothing trusts it; better, make it when the test runs.",
        check=_sample_secret,
    ),
    Rule(
        id="build-path",
        severity=INFO,
        says="A file names a folder of the build machine.",
        fix="Compile with -ffile-prefix-map; let configuration files say where they are relative to themselves.",
        why="It tells of the build machine, and the same source gives other bytes elsewhere.",
        source="https://reproducible-builds.org/docs/build-path/",
        check=_build_path,
    ),
    Rule(
        id="debug-symbols",
        severity=WARNING,
        says="A binary has debug information.",
        fix="Strip it (auditwheel repair --strip, -Wl,-s), or ignore this rule if people want it.",
        why="It is often most of the file's size, and names folders of the build machine.",
        check=_debug,
    ),
    Rule(
        id="licence-missing",
        severity=WARNING,
        says="No licence file is in .dist-info.",
        fix="Set license-files in [project].",
        source=_LICENSES,
        check=_no_licence,
    ),
    Rule(
        id="licence-lost",
        severity=ERROR,
        says="METADATA names a licence file that is not in the wheel.",
        fix="Set license-files in [project] to files that exist, and upgrade the build back end.",
        why="PyPI refuses the upload.",
        source=_LICENSES,
        check=_lost_licence,
    ),
    Rule(
        id="size-budget",
        severity=ERROR,
        says="The wheel is larger than the project allows.",
        fix="Find what grew (`unzip -lv`), or raise max-size in [tool.wheelyard.audit].",
        check=_budget,
    ),
    Rule(
        id="size-index",
        severity=WARNING,
        says="The wheel is larger than PyPI takes without asking.",
        fix="Strip binaries, leave test data out, or ask for a higher limit.",
        source="PyPI's documentation, Storage limits",
        check=_index_limit,
    ),
)
