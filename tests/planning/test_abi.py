"""What a package's files say of its ABI, for each build back end."""

from __future__ import annotations

import pytest

from planning import configured
from wheelyard.planning.abi import Abi

LINUX = 'targets = ["linux-x86_64"]'


def backend(name: str, more: str = "") -> str:
    return f'[build-system]\nbuild-backend = "{name}"\nrequires = []\n{more}'


SETUPTOOLS = backend("setuptools.build_meta")
GET_TAG = """
class AnyPython(bdist_wheel):
    def get_tag(self):
        return "py3", "none", super().get_tag()[2]
"""


@pytest.mark.parametrize(
    ("top", "sources", "kind", "since"),
    [
        pytest.param(
            SETUPTOOLS,
            {"setup.py": 'setup(options={"bdist_wheel": {"py_limited_api": "cp39"}})'},
            "abi3",
            (3, 9),
            id="setup.py",
        ),
        pytest.param(
            SETUPTOOLS, {"setup.cfg": "[bdist_wheel]\npy_limited_api = cp310\n"}, "abi3", (3, 10), id="setup.cfg"
        ),
        pytest.param(
            SETUPTOOLS + '[tool.distutils.bdist_wheel]\npy-limited-api = "cp311"', {}, "abi3", (3, 11), id="distutils"
        ),
        pytest.param(SETUPTOOLS, {"setup.py": GET_TAG}, "none", None, id="get_tag"),
        pytest.param(
            backend("scikit_build_core.build", '[tool.scikit-build]\nwheel.py-api = "cp312"'),
            {},
            "abi3",
            (3, 12),
            id="scikit-build-core",
        ),
        pytest.param(
            backend("scikit_build_core.build", '[tool.scikit-build]\nwheel.py-api = "py3"'),
            {},
            "none",
            None,
            id="scikit-build-core without Python",
        ),
        pytest.param(
            backend("mesonpy", "[tool.meson-python]\nlimited-api = true"),
            {"meson.build": "py.extension_module('a', 'a.c', limited_api: '3.10')"},
            "abi3",
            (3, 10),
            id="meson-python",
        ),
        pytest.param(
            backend("maturin"),
            {"Cargo.toml": '[dependencies]\npyo3 = { version = "0.25", features = ["abi3-py39"] }'},
            "abi3",
            (3, 9),
            id="PyO3",
        ),
        pytest.param(
            backend("maturin", '[tool.maturin]\nfeatures = ["pyo3/abi3"]'), {}, "abi3", None, id="any abi3 of PyO3"
        ),
        pytest.param(backend("maturin", '[tool.maturin]\nbindings = "bin"'), {}, "none", None, id="a program in Rust"),
    ],
)
def test_a_limited_api_is_found(top: str, sources: dict[str, str], kind: str, since: tuple[int, int] | None) -> None:
    found = configured(LINUX, top=top, sources=sources).abi
    assert found is not None
    assert (found.kind, found.since) == (kind, since)


@pytest.mark.parametrize(
    ("top", "sources"),
    [
        pytest.param(SETUPTOOLS, {"setup.py": "Extension('a', py_limited_api=True)"}, id="extension"),
        pytest.param(SETUPTOOLS, {"setup.py": '# options={"bdist_wheel": {"py_limited_api": "cp39"}}'}, id="a comment"),
        pytest.param(backend("mesonpy", "[tool.meson-python]\nlimited-api = false"), {}, id="switched off"),
        pytest.param(backend("maturin"), {"Cargo.toml": "not toml ["}, id="broken Cargo.toml"),
        pytest.param(backend("hatchling.build"), {}, id="unknown back end"),
    ],
)
def test_without_one_every_python_gets_its_wheel(top: str, sources: dict[str, str]) -> None:
    assert configured(LINUX, top=top, sources=sources).abi is None


def test_the_table_has_the_last_word() -> None:
    sources = {"setup.py": 'setup(options={"bdist_wheel": {"py_limited_api": "cp39"}})'}
    stated = configured(LINUX + '\nabi = "cp311-abi3"', top=SETUPTOOLS, sources=sources).abi
    assert stated == Abi(kind="abi3", since=(3, 11), stated="[tool.wheelyard]")
    assert configured(LINUX + '\nabi = "each"', top=SETUPTOOLS, sources=sources).abi is None
