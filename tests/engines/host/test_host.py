"""Real builds: zig, build, auditwheel, pip and the interpreters of this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engines.host.orders import ARCH, order
from support import ROOT
from wheelyard.doors.process import Programs
from wheelyard.engines import Made, Order
from wheelyard.engines.host import Host, binaries
from wheelyard.errors import BuildError

pytestmark = pytest.mark.integration

HOST = Host()
OWN = f"cp{sys.version_info.major}{sys.version_info.minor}"

EXTENSION_C = """
#include <Python.h>
static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, "_core", NULL, -1, NULL};
PyMODINIT_FUNC PyInit__core(void) { return PyModule_Create(&def); }
"""


def sample(name: str, folder: Path, *pythons: str, package: str = ".", **options: Any) -> Order:
    """An order for a sample project, skipped where an interpreter is missing."""
    for python in pythons:
        if python not in HOST._interpreters():
            pytest.skip(f"this machine has no {python}")
    project = Path(shutil.copytree(ROOT / "tests" / "projects" / name, folder / name))
    table = tomllib.loads((project / package / "pyproject.toml").read_text())
    own = {**table.get("tool", {}).get("cibuildwheel", {}), **options}
    identifiers = (f"{python}-manylinux" for python in pythons)
    return order(project, folder / "scratch", *identifiers, options=own, package=package)


def small(folder: Path, *, setup: str, files: Mapping[str, str], **options: Any) -> Order:
    """An order for a project of one extension, `small._core`, of which `setup` says what is special."""
    project = folder / "project"
    texts = {
        "pyproject.toml": '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "small"\nversion = "1.0"\n[dependency-groups]\ncheck = ["iniconfig"]\n',
        "setup.py": "from setuptools import Extension, setup\n"
        f"setup(packages=['small'], ext_modules=[Extension('small._core', {setup})])\n",
        "small/__init__.py": "",
        "core.c": EXTENSION_C,
        **files,
    }
    for name, text in texts.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    options.setdefault("test-command", "python -c 'import small._core'")
    return order(project, folder / "scratch", f"{OWN}-manylinux", options=options)


def build(made: Order, host: Host = HOST) -> Made:
    assert host.unavailable(made) is None
    assert host.refuses(made) is None
    programs = Programs()
    host.prepare((made,), programs=programs)
    return host.build(made, programs=programs)


def failure(made: Order) -> str:
    with pytest.raises(BuildError) as caught:
        build(made)
    return str(caught.value)


@pytest.mark.parametrize("python", ["cp39", "cp311", "cp313"])
def test_a_c_extension_becomes_a_manylinux_wheel_that_passes_its_tests(python: str, tmp_path: Path) -> None:
    made = build(sample("setuptools_c", tmp_path, python))
    assert made.tested
    assert made.wheel.name == f"wy_setuptools_c-1.0.0-{python}-{python}-manylinux2014_{ARCH}.manylinux_2_17_{ARCH}.whl"


@pytest.mark.parametrize(
    "name",
    ["meson_c", "vendored", "hostile_name", "pybind_cpp", "nanobind_cpp"],
)
def test_samples_of_every_backend_are_built_and_tested(name: str, tmp_path: Path) -> None:
    made = build(sample(name, tmp_path, "cp311"))
    assert made.tested
    assert "manylinux_2_17" in made.wheel.name


def test_the_options_of_cibuildwheel_reach_the_build_and_its_tests(tmp_path: Path) -> None:
    assert build(sample("options", tmp_path, "cp311")).tested


def test_an_abi3_wheel_is_built_once_and_tested_on_each(tmp_path: Path) -> None:
    made = build(sample("abi3", tmp_path, "cp39", "cp311", "cp313"))
    assert made.tested
    assert "-cp39-abi3-" in made.wheel.name


def test_an_interpreter_that_is_missing_leaves_a_wheel_untested(tmp_path: Path) -> None:
    wanted = sample("ctypes_py3_none", tmp_path, "cp311")
    elsewhere = order(tmp_path, tmp_path / "other", "pp311-manylinux").identifiers
    made = build(replace(wanted, identifiers=wanted.identifiers + elsewhere))
    assert not made.tested
    assert made.notes[-1] == f"Not tested on pp311-manylinux_{ARCH}: this machine has no such interpreter."


def test_a_build_py_in_the_package_is_not_run_for_the_front_end(tmp_path: Path) -> None:
    assert build(sample("subfolder", tmp_path, "cp311", package="pkg/pypi")).tested


@pytest.mark.parametrize("name", ["empty_backend", "needs_libyaml"])
def test_a_wheel_that_became_pure_is_an_error(name: str, tmp_path: Path) -> None:
    assert "holds no native code" in failure(sample(name, tmp_path, "cp311"))


def test_a_missing_library_is_named(tmp_path: Path) -> None:
    assert "The header yaml.h is not there." in failure(sample("needs_libyaml", tmp_path, "cp311"))
    text = failure(small(tmp_path / "small", setup="['core.c'], libraries=['z']", files={}))
    assert "The library z is not there." in text
    assert "--engine cibuildwheel" in text


def test_a_compiler_error_is_passed_on(tmp_path: Path) -> None:
    text = failure(sample("fails_once", tmp_path, "cp313"))
    assert "does not compile for CPython 3.13, on purpose" in text
    assert text.endswith(".log.")


def test_open_mp_is_refused(tmp_path: Path) -> None:
    source = EXTENSION_C + "int sum(int n) { int s = 0;\n#pragma omp parallel for reduction(+:s)\n"
    source += "for (int i = 0; i < n; i++) s += i; return s; }\n"
    setup = "['core.c'], extra_compile_args=['-fopenmp'], extra_link_args=['-fopenmp']"
    text = failure(small(tmp_path, setup=setup, files={"core.c": source}))
    assert "OpenMP (__kmpc_" in text


def test_code_for_the_processor_of_this_machine_is_refused(tmp_path: Path) -> None:
    text = failure(small(tmp_path, setup="['core.c'], extra_compile_args=['-march=native']", files={}))
    assert "The host engine refused -march=native" in text


def test_a_run_path_into_this_machine_is_refused(tmp_path: Path) -> None:
    text = failure(small(tmp_path, setup="['core.c'], runtime_library_dirs=['/opt/here']", files={}))
    assert "/opt/here" in text


TWO_CPP_FILES = """
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

class Both(build_ext):
    def build_extension(self, ext):
        self.compiler.set_executables(compiler_so="c++ -fPIC -O2", linker_so="c++ -shared")
        library = self.build_lib + "/small/libboth.so"
        objects = self.compiler.compile(["lib.cpp"], output_dir=self.build_temp)
        self.compiler.link_shared_object(objects, library, extra_postargs=["-Wl,-soname,libboth.so"])
        ext.extra_objects.append(library)
        ext.extra_link_args = ["-Wl,-rpath,$ORIGIN"]
        super().build_extension(ext)

setup(packages=["small"], ext_modules=[Extension("small._core", ["core.cpp"])], cmdclass={"build_ext": Both})
"""

THROWS = """
#include <stdexcept>
void fail() { throw std::runtime_error("missed by who catches std::exception in another file"); }
"""

CATCHES = """
#include <stdexcept>
void fail();
int caught() { try { fail(); } catch (std::exception &) { return 1; } return 0; }
"""


def test_c_plus_plus_in_two_files_is_refused(tmp_path: Path) -> None:
    source = CATCHES + EXTENSION_C.replace("PyModule_Create(&def)", "caught() ? PyModule_Create(&def) : nullptr")
    files = {"setup.py": TWO_CPP_FILES, "lib.cpp": THROWS, "core.cpp": source}
    text = failure(small(tmp_path, setup="", files=files))
    assert "and libboth.so are C++ in two files" in text


def test_another_compiler_on_path_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "cc").write_text("#!/bin/sh\necho a stranger >&2\nexit 1\n")
    (folder / "cc").chmod(0o755)
    assert build(small(tmp_path, setup="['core.c']", files={}, environment=f'PATH="{folder}:$PATH"')).tested


READY_MADE = """
from setuptools import setup
from setuptools.dist import Distribution

class Binary(Distribution):
    def has_ext_modules(self):
        return True

setup(packages=["small"], package_data={"small": ["*.so"]}, distclass=Binary)
"""


def test_a_library_ready_made_in_the_project_is_refused(tmp_path: Path) -> None:
    wanted = small(tmp_path, setup="", files={"setup.py": READY_MADE})
    folder = Path(sysconfig.get_path("stdlib")) / "lib-dynload"
    shutil.copy(next(folder.glob("_bisect.*.so")), wanted.project / "small" / "_core.so")
    assert "small/_core.so was not linked by the host engine's compiler" in failure(wanted)


def test_what_before_build_installs_is_there_without_isolation(tmp_path: Path) -> None:
    made = build(
        small(
            tmp_path,
            setup="['core.c'], define_macros=[('X', __import__('iniconfig').__name__)]",
            files={},
            **{
                "before-build": "pip install setuptools wheel iniconfig",
                "build-frontend": {"name": "build", "args": ["--no-isolation"]},
            },
        )
    )
    assert made.tested


def test_pip_can_be_the_front_end(tmp_path: Path) -> None:
    assert build(small(tmp_path, setup="['core.c']", files={}, **{"build-frontend": "pip"})).tested


def test_tests_get_their_requirements_sources_and_environment(tmp_path: Path) -> None:
    check = "import os, sys, iniconfig, small._core\nassert os.environ['TEA'] == 'with lemon'\n"
    check += "assert 'project' not in small._core.__file__\nassert os.listdir('.') == ['checks']\n"
    made = build(
        small(
            tmp_path,
            setup="['core.c']",
            files={"checks/check.py": check, "pip.py": "raise SystemExit('not pip')\n"},
            **{
                "test-groups": "check",
                "test-sources": ["checks"],
                "test-environment": "TEA='with lemon'",
                "test-command": "python checks/check.py",
            },
        )
    )
    assert made.tested


def test_tests_that_are_not_there_do_not_pass(tmp_path: Path) -> None:
    text = failure(small(tmp_path, setup="['core.c']", files={}, **{"test-command": "python -m unittest"}))
    assert "Tests run in an empty folder" in text


def test_a_failing_test_fails_the_build(tmp_path: Path) -> None:
    text = failure(small(tmp_path, setup="['core.c']", files={}, **{"test-command": "echo it broke; exit 7"}))
    assert "test-command failed with exit code 7" in text
    assert "it broke" in text


def test_a_project_without_tests_is_not_tested(tmp_path: Path) -> None:
    assert not build(small(tmp_path, setup="['core.c']", files={}, **{"test-command": ""})).tested


def test_a_repair_command_of_the_projects_own_is_run(tmp_path: Path) -> None:
    own = "echo mine > {project}/repaired && auditwheel repair --only-plat -w {dest_dir} {wheel}"
    wanted = small(tmp_path, setup="['core.c']", files={}, **{"repair-wheel-command": own})
    assert "manylinux_2_17" in build(wanted).wheel.name
    assert (wanted.scratch / "project" / "repaired").exists()


def test_a_wheel_without_repair_answers_nothing(tmp_path: Path) -> None:
    text = failure(small(tmp_path, setup="['core.c']", files={}, **{"repair-wheel-command": ""}))
    assert "do not answer" in text


def test_the_same_source_makes_the_same_bytes_in_another_folder(tmp_path: Path) -> None:
    digests = []
    for name in ("one", "somewhere/else"):
        old = os.umask(0o077 if name == "one" else 0o002)
        try:
            made = build(sample("meson_c", tmp_path / name, "cp311"))
        finally:
            os.umask(old)
        digests.append(hashlib.sha256(made.wheel.read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_the_date_in_an_object_is_that_of_this_commit(tmp_path: Path) -> None:
    source = EXTENSION_C + 'const char *const wy_date = "built on " __DATE__;\n'
    found = []
    for name, date in (("one", 1_000_000_000), ("two", 1_700_000_000)):
        wanted = replace(small(tmp_path / name, setup="['core.c']", files={"core.c": source}), source_date=date)
        with zipfile.ZipFile(build(wanted).wheel) as archive:
            data = archive.read(next(item for item in archive.namelist() if item.endswith(".so")))
        found.append(data[data.index(b"built on ") :][:20].decode())
    assert found == ["built on Sep  9 2001", "built on Nov 14 2023"]


def test_a_wheel_is_made_in_a_folder_with_a_difficult_name(tmp_path: Path) -> None:
    made = build(sample("setuptools_c", tmp_path / "naïve: a b", "cp311"))
    assert made.tested
    assert binaries.of(made.wheel)
