"""Real wheels, sdists, wheelhouses and releases in temporary folders, made in milliseconds and sound to every audit."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from support import MakeRepository
from wheelyard import documents, wheels
from wheelyard.doors import files
from wheelyard.planning.plan import Expected, Job, Plan
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.revision import Revision
from wheelyard.stores import Bundle, bundle
from wheelyard.stores.bundle import Piece
from wheelyard.targets import Identifier, Target

NAME = "wy_sample"
VERSION = "1.0"
COMMIT = "c" * 40
IDENTIFIERS = tuple(Identifier(f"cp3{minor}-manylinux_x86_64") for minor in (11, 12, 13))

# An extension module of 5 kB for x86_64 Linux that needs no library: gcc -Os -shared -fPIC -nostdlib -s
# -Wl,-z,noseparate-code,-z,noexecstack,--build-id=none of a `PyInit__core` that calls `PyModule_Create2(0, 1013)`.
_MODULE = zlib.decompress(
    base64.b85decode(
        "c-rk)&2G~`5FR^iVznWO5QvCU5}{T=5pEM&2~i2E2Fj0GsZ^*}<0J-0N@C<VqTxc1a6vut42TEd#D!Pj$bkb$EvFtR>It(O&m`+5p-4!a{7Lrb+1;6)"
        "*;yZEp5IzsQ56LUF}MzW31A8Nbw(V!3UT&62FdQ)Q5cR-YM24-aJ@Kt4pV`Acs9%#CCsF!9-+4nVb+k>zk1aX#&z^V<}(oH5#;+!FAjeXI;IWWZ<wE&"
        "5@rfh#fQ!ZmixB(_{$I9Uj1qRl;DF1Ztpm=_z>ew(!_e_ZnNeYM#XV0CagKtcHJ^cu4Q^wk<I6WWeLGY5&puPN%o$8%iihS68qw^&8PN0`@aAFAO=wI"
        "_r9=iWg@ni#W+4Pd6n^Z#`BC%ke|;sK-tPD6Ul_OqXgqTC-2z0q_8h{i|cK(@ve)h%t|VIFFpQL+lCvb7iX?aor4GwB1DJ~Awq-*5h6rjIQZ#1oOiIO"
        "85N5xs=avKf%9W1=a9#dv%R`Gz-}&NrZ-RZO#=B8)iLV-iI?h58JoEO?NaGl{=!YGTr->bLQya3bC(PAm#S8|P;3`2;t+t|vRj_(nPt!)H`}^xwrtR="
        "oo1`k2-tH$cdfdqKdF15d)5|vTek7YH5-;;SKYqUU2isO6=urug7p=r(Xg7{zsJk-^TYQYI$p{%@l-h7y*>fqB-&7=dq8|g$h#uwQ@$s0PL=Kzac)3;"
        "E@B#c5X;g%A<hcs#s=&^BlZw@&qfV%en{VfcvjM<zQJ$(gCYJe;24EHtlt7szlBhe^k1l9eju%v^S6e+$E5pD{g{2}ztyDpH*tUYzurv`K0i%j1NG<R"
        "b-2O#A?GJ@Y{0#qMSc5-^Zx~F$C+m"
    )
)
_METADATA = """\
Metadata-Version: 2.1
Name: {name}
Version: {version}
Summary: A sample
Requires-Python: >=3.9
Description-Content-Type: text/markdown

# A sample

It says hello.
"""


def wheel_name(identifier: Identifier, *, name: str = NAME, version: str = VERSION) -> str:
    """The file name of the wheel that `make_wheel` makes for an identifier."""
    return f"{name}-{version}-{identifier.python}-{identifier.python}-manylinux_2_17_x86_64.whl"


def make_wheel(
    folder: Path,
    identifier: Identifier,
    *,
    name: str = NAME,
    version: str = VERSION,
    data: bytes = b"",
    fields: str = "",
) -> Path:
    """A sound platform wheel; `data` is a file in it that tells two of a name apart, `fields` go into its METADATA."""
    path = folder / wheel_name(identifier, name=name, version=version)
    tag = f"{identifier.python}-{identifier.python}-manylinux_2_17_x86_64"
    info = f"{name}-{version}.dist-info"
    python = identifier.python.removeprefix("cp")
    members = {
        f"{name}/__init__.py": b"",
        f"{name}/data.bin": data,
        f"{name}/_core.cpython-{python}-x86_64-linux-gnu.so": _MODULE,
        f"{info}/METADATA": (fields + _METADATA.format(name=name, version=version)).encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
    }
    return _zip(path, members, record=f"{info}/RECORD")


def make_pure_wheel(folder: Path, *, name: str = NAME, version: str = VERSION) -> Path:
    """A sound wheel without native code that imports on any Python."""
    info = f"{name}-{version}.dist-info"
    members = {
        f"{name}/__init__.py": b"answer = 42\n",
        f"{info}/METADATA": _METADATA.format(name=name, version=version).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    return _zip(folder / f"{name}-{version}-py3-none-any.whl", members, record=f"{info}/RECORD")


def make_sdist(folder: Path, *, name: str = NAME, version: str = VERSION) -> Path:
    """A sound sdist, the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    top = f"{name}-{version}"
    members = {
        f"{top}/PKG-INFO": _METADATA.format(name=name, version=version).encode(),
        f"{top}/pyproject.toml": b'[build-system]\nrequires = ["setuptools"]\n',
    }
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        for member, content in members.items():
            entry = tarfile.TarInfo(member)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    path = folder / f"{top}.tar.gz"
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))
    return path


def make_plan(*, identifiers: Iterable[Identifier] = IDENTIFIERS, sdist: bool = True, version: str = VERSION) -> Plan:
    """A plan of one job that builds each identifier once."""
    identifiers = tuple(identifiers)
    job = Job(id="linux-x86_64", target=Target.LINUX_X86_64, runner=("ubuntu-24.04",), identifiers=identifiers)
    return Plan(
        name=NAME,
        version=version,
        package=".",
        revision=Revision(commit=COMMIT, tree="t" * 40, date=1_700_000_000, dirty=False),
        tools={"cibuildwheel": "4.3.5"},
        sdist=sdist,
        pure=False,
        jobs=(job,) if identifiers else (),
        expected=tuple(Expected(identifiers=(identifier,), pattern=f"{NAME}-*") for identifier in identifiers),
    )


def make_report(job: str, results: Iterable[Result], *, commit: str = COMMIT) -> JobReport:
    """The report of a job of that plan."""
    return JobReport(
        job=job,
        target=None if job == "sdist" else Target.LINUX_X86_64,
        runner=("ubuntu-24.04",),
        key="k",
        engine="host",
        tools={"wheelyard": "0"},
        commit=commit,
        source_date=1_700_000_000,
        results=tuple(results),
    )


def built(path: Path, identifier: Identifier | None = None) -> Result:
    """The result of a build that made the file at `path`."""
    return Result(
        identifier=identifier,
        state=State.BUILT,
        minutes=0.1,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        size=path.stat().st_size,
        tested=identifier is not None,
    )


def write_job(house: Path, report: JobReport) -> None:
    """Write a job's report."""
    files.write(house / report.job / "job.json", documents.dump(report))


def make_wheelhouse(house: Path, *, plan: Plan | None = None, data: bytes = b"") -> Path:
    """A wheelhouse in which every job of the plan did its work."""
    plan = plan or make_plan()
    version = plan.version or VERSION
    files.write(house / "plan.json", documents.dump(plan))
    for job in plan.jobs:
        folder = files.folder(house / job.id)
        made = [(make_wheel(folder, one, version=version, data=data), one) for one in job.identifiers]
        write_job(house, make_report(job.id, [built(path, one) for path, one in made]))
    if plan.sdist:
        write_job(house, make_report("sdist", [built(make_sdist(house / "sdist", version=version))]))
    return house


def make_project(
    repository: MakeRepository,
    *,
    index: str = "pypi",
    name: str = "repository",
    store: str = "directory:store",
    version: str = VERSION,
) -> Path:
    """A repository whose releases go to its folder `store`, or to another store, without a wheelhouse."""
    table = f"""\
[project]
name = "{NAME}"
version = "{version}"

[tool.wheelyard]
targets = ["linux-x86_64"]

[tool.wheelyard.release]
store = "{store}"

[tool.wheelyard.publish]
index = "{index}"
attest = false
"""
    return repository({"pyproject.toml": table}, name=name)


def make_bundle(
    folder: Path, *, tag: str = f"v{VERSION}", data: bytes = b"", fields: str = "", plan: Plan | None = None
) -> Bundle:
    """A complete release, its files in `folder`."""
    plan = plan or make_plan()
    folder.mkdir(parents=True, exist_ok=True)
    version = plan.version or VERSION
    made = [(make_wheel(folder, one, version=version, data=data, fields=fields), one) for one in plan.identifiers]
    results = [(path, built(path, one)) for path, one in made]
    if plan.sdist:
        archive = make_sdist(folder, version=version)
        results.append((archive, built(archive)))
    report = make_report("linux-x86_64", [result for _, result in results])
    pieces = [piece(path, report, result) for path, result in results]
    return Bundle(
        tag=tag,
        manifest=bundle.manifest_of(plan, pieces, reports=[report]),
        paths={path.name: path for path, _ in results},
    )


def piece(path: Path, report: JobReport, *results: Result) -> Piece:
    """A file of a job as it lies there."""
    size = path.stat().st_size
    return Piece(file=path.name, sha256=files.sha256(path), size=size, job=report, results=results, where=str(path))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones left out, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def _zip(path: Path, members: Mapping[str, bytes], *, record: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in members.items()]
    every = {**members, record: "\n".join((*lines, f"{record},,", "")).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in every.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    assert wheels.parse(path.name, sha256="", size=0).file == path.name
    return path


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
