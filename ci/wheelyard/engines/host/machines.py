"""The machines that wheels are made for: how zig, gcc, Python and wheel tags each call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wheelyard.targets import Identifier

System = Literal["linux", "win32", "darwin"]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """One kind of machine.

    `triple` is zig's target with the oldest C library, `gnu` the name gcc has for it, `tag` the wheel's. `name` is what
    `platform.machine()` says there, `platform` what `sysconfig.get_platform()` does, and `soabi` the end of an
    extension's name. `cpu` is the oldest processor the tag promises, where zig's own is newer; `flags` are what else
    every compiler call needs.
    """

    triple: str
    gnu: str
    tag: str
    name: str
    platform: str
    soabi: str
    cpu: str = ""
    flags: tuple[str, ...] = ()
    system: System = "linux"
    musl: bool = False

    @property
    def family(self) -> str:
        """The processor in meson's words (https://mesonbuild.com/Reference-tables.html#cpu-families)."""
        return {"arm64": "aarch64", "armv7l": "arm", "ppc64le": "ppc64", "i686": "x86"}.get(
            self.name.lower(), self.name.lower().replace("amd64", "x86_64")
        )

    @property
    def endian(self) -> Literal["big", "little"]:
        """Its byte order."""
        return "big" if self.name == "s390x" else "little"

    @property
    def bits(self) -> int:
        """The size of its pointers."""
        return 32 if self.name in {"armv7l", "i686"} else 64

    def suffix(self, python: str) -> str:
        """How extension modules end for a Python such as `cp313t`.

        CPython's configure names musl in it from 3.11 on, before it said gnu.
        """
        version = python.removeprefix("cp")
        if self.system == "win32":
            return f".cp{version}-{self.soabi}.pyd"
        old = self.musl and int(version.rstrip("t")) < 311  # noqa: PLR2004  # Python 3.11
        return f".cpython-{version}-{self.soabi.replace('musl', 'gnu') if old else self.soabi}.so"


def _glibc(name: str, gnu: str, *, glibc: str = "2.17", zig: str = "", cpu: str = "", soabi: str = "") -> Machine:
    oldest = "2_31" if name == "riscv64" else "2_17"
    return Machine(
        triple=f"{zig or gnu}.{glibc}",
        gnu=gnu,
        tag=f"manylinux_{oldest}_{name}",
        name=name,
        platform=f"linux-{name}",
        soabi=soabi or gnu,
        cpu=cpu,
        # glibc knows IEEE's long double there since 2.32, and promises IBM's in 2.17
        flags=("-mabi=ibmlongdouble",) if name == "ppc64le" else (),
    )


def _musl(name: str) -> Machine:
    gnu = f"{name}-linux-musl"
    platform = f"linux-{name}"
    return Machine(triple=gnu, gnu=gnu, tag=f"musllinux_1_2_{name}", name=name, platform=platform, soabi=gnu, musl=True)


def _windows(name: str, zig: str) -> Machine:
    tag = f"win_{name.lower()}"
    return Machine(
        triple=f"{zig}-windows-gnu",
        gnu=f"{zig}-w64-mingw32",
        tag=tag,
        name=name,
        platform=tag.replace("_", "-"),
        soabi=tag,
        system="win32",
    )


_BIG_SUR = 11  # from which on tags name no minor version


def _macos(name: str, zig: str, oldest: str) -> Machine:
    major, minor = oldest.split(".")
    return Machine(
        triple=f"{zig}-macos.{oldest}",
        gnu=f"{name}-apple-darwin",
        tag=f"macosx_{major}_{minor if int(major) < _BIG_SUR else 0}_{name}",
        name=name,
        platform=f"macosx-{oldest}-{name}",
        soabi="darwin",
        system="darwin",
    )


# By the second half of identifiers. glibc 2.17 is what manylinux_2_17 (manylinux2014) promises; where zig's oldest is
# newer, what is built must still need no newer symbol, and auditwheel looks.
MACHINES = {
    "manylinux_x86_64": _glibc("x86_64", "x86_64-linux-gnu"),
    "manylinux_aarch64": _glibc("aarch64", "aarch64-linux-gnu"),
    "manylinux_i686": _glibc("i686", "i686-linux-gnu", zig="x86-linux-gnu", cpu="pentium4", soabi="i386-linux-gnu"),
    "manylinux_armv7l": _glibc("armv7l", "arm-linux-gnueabihf", cpu="generic+v7a+vfp3-d32+thumb2-neon"),
    "manylinux_ppc64le": _glibc("ppc64le", "powerpc64le-linux-gnu", glibc="2.19"),
    "manylinux_s390x": _glibc("s390x", "s390x-linux-gnu", cpu="z10-vector"),
    "manylinux_riscv64": _glibc("riscv64", "riscv64-linux-gnu", glibc="2.31"),
    "musllinux_x86_64": _musl("x86_64"),
    "musllinux_aarch64": _musl("aarch64"),
    "win_amd64": _windows("AMD64", "x86_64"),
    "win_arm64": _windows("ARM64", "aarch64"),
    "macosx_x86_64": _macos("x86_64", "x86_64", "10.13"),
    "macosx_arm64": _macos("arm64", "aarch64", "11.0"),
}

# Whose wheels a machine of that processor builds as its own.
NATIVE = {name: MACHINES[f"manylinux_{name}"] for name in ("x86_64", "aarch64")}


def of(identifier: Identifier, *, macos: str | None = None) -> Machine | None:
    """The machine an identifier's wheels are for, None if this engine makes no code for it.

    `macos` is the oldest system they must run on, where a project says so. Unasked, CPython 3.14 for Intel gets 10.15
    (its own wheels' minimum).
    """
    machine = MACHINES.get(identifier.partition("-")[2])
    if machine is None or machine.system != "darwin":
        return machine
    if macos is None and machine.name == "x86_64" and identifier.version >= (3, 14):
        macos = "10.15"
    if macos is None:
        return machine
    return _macos(machine.name, machine.triple.partition("-")[0], ".".join((*macos.split("."), "0")[:2]))
