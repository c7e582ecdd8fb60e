"""Real wheels from the index, of every platform, downloaded by pip when a test wants them and kept in the cache."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wheelyard import resources
from wheelyard.doors import files, process, toolbox
from wheelyard.errors import OutsideError

_LISTED = """
aiohttp-3.14.5-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
bcrypt-5.0.0-cp39-abi3-macosx_10_12_universal2.whl
bcrypt-5.0.0-cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
cffi-2.1.1-cp312-cp312-macosx_11_0_arm64.whl
cffi-2.1.1-cp312-cp312-manylinux1_i686.manylinux2014_i686.manylinux_2_17_i686.manylinux_2_5_i686.whl
cffi-2.1.1-cp312-cp312-manylinux2014_ppc64le.manylinux_2_17_ppc64le.whl
cffi-2.1.1-cp312-cp312-manylinux2014_s390x.manylinux_2_17_s390x.whl
cffi-2.1.1-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
cffi-2.1.1-cp312-cp312-musllinux_1_2_aarch64.whl
cffi-2.1.1-cp312-cp312-musllinux_1_2_x86_64.whl
cffi-2.1.1-cp312-cp312-win32.whl
cffi-2.1.1-cp312-cp312-win_amd64.whl
cffi-2.1.1-cp312-cp312-win_arm64.whl
cryptography-48.0.1-cp311-abi3-macosx_10_9_universal2.whl
cryptography-50.0.2-cp311-abi3-manylinux2014_aarch64.manylinux_2_17_aarch64.whl
cryptography-50.0.2-cp311-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
cryptography-50.0.2-cp311-abi3-musllinux_1_2_x86_64.whl
cryptography-50.0.2-cp311-abi3-win_amd64.whl
debugpy-1.8.22-cp312-cp312-manylinux_2_34_x86_64.whl
debugpy-1.8.22-py2.py3-none-any.whl
greenlet-3.5.6-cp312-cp312-macosx_11_0_universal2.whl
greenlet-3.5.6-cp312-cp312-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl
greenlet-3.5.6-cp312-cp312-win_amd64.whl
grpcio-1.85.1-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
hiredis-3.5.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
kiwisolver-1.5.1-cp312-cp312-macosx_10_13_x86_64.whl
kiwisolver-1.5.1-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
kiwisolver-1.5.1-cp312-cp312-win_amd64.whl
lxml-6.1.3-cp312-cp312-macosx_10_13_universal2.whl
lxml-6.1.3-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
lxml-6.1.3-cp312-cp312-musllinux_1_2_x86_64.whl
lxml-6.1.3-cp312-cp312-win_amd64.whl
lxml-6.1.3-pp311-pypy311_pp73-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
lz4-4.4.5-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
markupsafe-3.0.3-cp313-cp313t-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
markupsafe-3.0.4-cp312-cp312-macosx_10_13_x86_64.whl
markupsafe-3.0.4-cp312-cp312-macosx_11_0_arm64.whl
markupsafe-3.0.4-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl
markupsafe-3.0.4-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
markupsafe-3.0.4-cp312-cp312-musllinux_1_2_x86_64.whl
markupsafe-3.0.4-cp312-cp312-win32.whl
markupsafe-3.0.4-cp312-cp312-win_amd64.whl
markupsafe-3.0.4-cp312-cp312-win_arm64.whl
markupsafe-3.0.4-cp314-cp314t-win_amd64.whl
msgpack-1.2.4-cp312-cp312-macosx_10_13_x86_64.whl
msgpack-1.2.4-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
msgpack-1.2.4-cp312-cp312-musllinux_1_2_aarch64.whl
ninja-1.13.2-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
ninja-1.13.2-py3-none-musllinux_1_2_x86_64.whl
numpy-2.5.5-cp312-cp312-macosx_11_0_arm64.whl
numpy-2.5.5-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
numpy-2.5.5-cp312-cp312-musllinux_1_2_x86_64.whl
numpy-2.5.5-cp312-cp312-win_amd64.whl
numpy-2.5.5-cp312-cp312-win_arm64.whl
orjson-3.13.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
orjson-3.13.0-cp312-cp312-musllinux_1_2_x86_64.whl
orjson-3.13.0-cp312-cp312-win_amd64.whl
pillow-12.3.0-pp311-pypy311_pp73-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
pillow-13.0.0-cp312-cp312-macosx_11_0_arm64.whl
pillow-13.0.0-cp312-cp312-manylinux_2_27_aarch64.manylinux_2_28_aarch64.whl
pillow-13.0.0-cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl
pillow-13.0.0-cp312-cp312-win_amd64.whl
pillow-13.0.0-cp313-cp313-ios_13_0_arm64_iphoneos.whl
pillow-13.0.0-cp313-cp313-ios_13_0_arm64_iphonesimulator.whl
psutil-7.2.2-cp36-abi3-macosx_11_0_arm64.whl
psutil-7.2.2-cp36-abi3-manylinux2010_x86_64.manylinux_2_12_x86_64.manylinux_2_28_x86_64.whl
psutil-7.2.2-cp37-abi3-win_amd64.whl
psycopg2_binary-2.9.13-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
psycopg2_binary-2.9.13-cp312-cp312-win_amd64.whl
pydantic_core-2.50.4-cp312-cp312-manylinux2014_armv7l.manylinux_2_17_armv7l.whl
pydantic_core-2.50.4-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
pywin32-312-cp312-cp312-win32.whl
pywin32-312-cp312-cp312-win_amd64.whl
pyyaml-6.0.3-cp312-cp312-musllinux_1_2_x86_64.whl
pyzmq-27.3.0-cp312-abi3-macosx_10_15_universal2.whl
pyzmq-27.3.0-cp312-abi3-manylinux_2_26_aarch64.manylinux_2_28_aarch64.whl
pyzmq-27.3.0-cp312-abi3-manylinux_2_26_x86_64.manylinux_2_28_x86_64.whl
pyzmq-27.3.0-cp312-abi3-win32.whl
pyzmq-27.3.0-cp312-abi3-win_amd64.whl
pyzmq-27.3.0-cp312-abi3-win_arm64.whl
regex-2024.11.6-cp312-cp312-manylinux_2_5_i686.manylinux1_i686.manylinux_2_17_i686.manylinux2014_i686.whl
regex-2026.11.15-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl
rpds_py-2026.9.1-cp312-cp312-manylinux_2_17_armv7l.manylinux2014_armv7l.whl
rpds_py-2026.9.1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
ruff-0.17.5-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
shapely-2.2.0-cp312-cp312-macosx_10_13_x86_64.whl
shapely-2.2.0-cp312-cp312-macosx_11_0_arm64.whl
shapely-2.2.0-cp312-cp312-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl
shapely-2.2.0-cp312-cp312-win_amd64.whl
six-1.17.0-py2.py3-none-any.whl
tornado-6.6.1-cp311-abi3-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl
ujson-6.1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
wrapt-2.5.2-cp312-cp312-manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64.whl
zstandard-0.25.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
"""
NAMES = _LISTED.split()


def folder() -> Path:
    """Where they are kept."""
    return resources.cache() / "tests" / "wheels"


def fetched(names: list[str] = NAMES) -> list[Path]:
    """The files, downloaded where they are not there yet; the test is skipped where there is no network."""
    try:
        pip = toolbox.environment("tests-pip", ["pip==25.3"])
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda name: _fetch(name, pip), names))
    except OutsideError as error:
        pytest.skip(f"no package index can be reached: {error}")


def _fetch(name: str, pip: Path) -> Path:
    path = folder() / name
    with files.alone(folder() / f".{name}.lock", wait=True):
        if not path.exists():
            _download(name, pip, path)
    return path


def _download(name: str, pip: Path, path: Path) -> None:
    project, version, python, abi, platforms = name.removesuffix(".whl").split("-")
    command = ["-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", _version(python), "--implementation", python[:2], "--abi", abi]
    command += [part for platform in platforms.split(".") for part in ("--platform", platform)]
    with files.scratch("download") as place:
        ended = process.run((pip, *command, "--dest", place, f"{project}=={version}"))
        if ended.code != 0:
            raise OutsideError(f"pip could not download {name}: {ended.last(3)}")
        (found,) = place.iterdir()
        shutil.move(found, path)


def _version(python: str) -> str:
    digits = python.rsplit(".", maxsplit=1)[-1].lstrip("cpy")
    return f"3.{digits[1:]}" if len(digits) > 1 else "3.12"
