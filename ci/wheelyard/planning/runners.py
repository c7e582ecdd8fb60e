"""GitHub's runners as facts: labels, machines, prices, slots and limits.

Sources: https://docs.github.com/actions/reference/runners/github-hosted-runners (labels and machines),
https://docs.github.com/actions/reference/limits (slots and limits),
https://docs.github.com/billing/reference/actions-runner-pricing (prices), as they were in September 2026.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wheelyard.errors import nearest
from wheelyard.targets import Platform, Target

MATRIX_JOBS = 256
JOB_MINUTES = 360

# (system, architecture) of each label that GitHub answers.
LABELS = {
    "ubuntu-latest": ("linux", "x86_64"),
    "ubuntu-slim": ("linux", "x86_64"),
    "ubuntu-24.04": ("linux", "x86_64"),
    "ubuntu-22.04": ("linux", "x86_64"),
    "ubuntu-24.04-arm": ("linux", "aarch64"),
    "ubuntu-22.04-arm": ("linux", "aarch64"),
    "windows-latest": ("windows", "AMD64"),
    "windows-2025": ("windows", "AMD64"),
    "windows-2022": ("windows", "AMD64"),
    "windows-11-arm": ("windows", "ARM64"),
    "macos-latest": ("macos", "arm64"),
    "macos-14": ("macos", "arm64"),
    "macos-15": ("macos", "arm64"),
    "macos-26": ("macos", "arm64"),
    "macos-15-intel": ("macos", "x86_64"),
    "macos-26-intel": ("macos", "x86_64"),
}

# Machines lent by the makers of the architecture; a repository has to ask for them once.
PARTNER_LABELS = {
    "ubuntu-24.04-ppc64le": ("linux", "ppc64le"),
    "ubuntu-24.04-s390x": ("linux", "s390x"),
    "ubuntu-24.04-riscv": ("linux", "riscv64"),
}

# Labels that queue for ever, and what took their place.
RETIRED_LABELS = {
    "ubuntu-16.04": "ubuntu-22.04",
    "ubuntu-18.04": "ubuntu-22.04",
    "ubuntu-20.04": "ubuntu-22.04",
    "macos-10.15": "macos-15-intel",
    "macos-11": "macos-15-intel",
    "macos-12": "macos-15-intel",
    "macos-13": "macos-15-intel",
    "windows-2016": "windows-2022",
    "windows-2019": "windows-2022",
}

DEFAULTS = {
    Target.LINUX_X86_64: "ubuntu-24.04",
    Target.LINUX_I686: "ubuntu-24.04",
    Target.LINUX_AARCH64: "ubuntu-24.04-arm",
    Target.LINUX_ARMV7L: "ubuntu-24.04-arm",
    Target.LINUX_PPC64LE: "ubuntu-24.04-ppc64le",
    Target.LINUX_S390X: "ubuntu-24.04-s390x",
    Target.LINUX_RISCV64: "ubuntu-24.04-riscv",
    Target.MACOS_ARM64: "macos-15",
    Target.MACOS_X86_64: "macos-15-intel",
    Target.MACOS_UNIVERSAL2: "macos-15",
    Target.WINDOWS_AMD64: "windows-2025",
    Target.WINDOWS_X86: "windows-2025",
    Target.WINDOWS_ARM64: "windows-11-arm",
    Target.PYODIDE_WASM32: "ubuntu-24.04",
    Target.ANDROID_ARM64_V8A: "ubuntu-24.04",
    Target.ANDROID_X86_64: "ubuntu-24.04",
    Target.IOS_ARM64_IPHONEOS: "macos-15",
    Target.IOS_ARM64_IPHONESIMULATOR: "macos-15",
    Target.IOS_X86_64_IPHONESIMULATOR: "macos-15-intel",
}

# Where QEMU runs: an emulated 32-bit Arm is nearest to a 64-bit one.
EMULATORS = {Target.LINUX_ARMV7L: "ubuntu-24.04-arm"}
EMULATOR = "ubuntu-24.04"

# Systems whose runners can build for a platform.
_SYSTEMS = {
    Platform.LINUX: ("linux",),
    Platform.MACOS: ("macos",),
    Platform.WINDOWS: ("windows",),
    Platform.PYODIDE: ("linux", "macos"),
    Platform.ANDROID: ("linux", "macos"),
    Platform.IOS: ("macos",),
}

# Architectures a Linux runner can run containers of without emulation.
_NATIVE = {
    "x86_64": {Target.LINUX_X86_64, Target.LINUX_I686},
    "aarch64": {Target.LINUX_AARCH64, Target.LINUX_ARMV7L},
    "ppc64le": {Target.LINUX_PPC64LE},
    "s390x": {Target.LINUX_S390X},
    "riscv64": {Target.LINUX_RISCV64},
}

# US dollars a minute; each job is rounded up to a whole minute, and public repositories pay nothing.
PRICES = {
    ("linux", "x86_64"): 0.006,
    ("linux", "aarch64"): 0.005,
    ("windows", "AMD64"): 0.01,
    ("windows", "ARM64"): 0.01,
    ("macos", "arm64"): 0.062,
    ("macos", "x86_64"): 0.062,
}


@dataclass(frozen=True, kw_only=True)
class Slots:
    """How many jobs run at one time on GitHub's machines: in all, and on macOS."""

    total: int
    macos: int


PLANS = {
    "free": Slots(total=20, macos=5),
    "pro": Slots(total=40, macos=5),
    "team": Slots(total=60, macos=5),
    "enterprise": Slots(total=500, macos=50),
}


def default(target: Target, *, emulated: bool) -> str:
    """The label of the machine that builds `target` when nothing else is asked for."""
    return EMULATORS.get(target, EMULATOR) if emulated else DEFAULTS[target]


def is_native(target: Target, arch: str) -> bool:
    """Whether a Linux machine of that architecture runs containers of `target` without emulation."""
    return target in _NATIVE.get(arch, ())


def machine(labels: tuple[str, ...]) -> tuple[str, str] | None:
    """System and architecture of GitHub's machine with these labels; None for a machine of somebody else."""
    return LABELS.get(labels[0]) if len(labels) == 1 else None


def price(labels: tuple[str, ...]) -> float:
    """US dollars a minute; a machine of somebody else costs nothing here."""
    found = machine(labels)
    return PRICES[found] if found else 0.0


def pool(labels: tuple[str, ...]) -> str:
    """Whose slots a job takes: `github` or `macos`; a machine of somebody else is one of its own.

    Partners have machines enough that their jobs wait no longer than others.
    """
    if len(labels) == 1 and labels[0] in PARTNER_LABELS:
        return "github"
    found = machine(labels)
    if found is None:
        return " ".join(labels)
    return "macos" if found[0] == "macos" else "github"


def mistakes(target: Target, labels: str | tuple[str, ...], *, emulated: bool) -> Iterator[str]:
    """What is wrong with running `target` on a machine with `labels`, each a sentence with what to do.

    A list of labels is taken as it is, because it names a machine of the user's own.
    """
    label = labels if isinstance(labels, str) else labels[0] if len(labels) == 1 else ""
    if label in RETIRED_LABELS:
        yield f"{label!r} is retired and would queue for ever. Take {RETIRED_LABELS[label]!r}."
    elif not labels:
        yield "an empty list of labels names no machine. Name at least one."
    elif isinstance(labels, str):
        found = LABELS.get(label) or PARTNER_LABELS.get(label)
        if found is None:
            close = nearest(label, (*LABELS, *PARTNER_LABELS))
            yield f"no runner of GitHub's is called {label!r}.{close} Write a machine of your own as [{label!r}]."
        else:
            yield from _unfit(target, label, found, emulated=emulated)


def _unfit(target: Target, label: str, found: tuple[str, str], *, emulated: bool) -> Iterator[str]:
    system, arch = found
    systems = _SYSTEMS[target.platform]
    if system not in systems:
        yield f"{label!r} runs {system}, and {target} is built on {' or '.join(systems)}. Take {DEFAULTS[target]!r}."
    elif target.platform is Platform.LINUX and target not in _NATIVE[arch] and not emulated:
        yield (
            f"{label!r} is {arch}, so {target} would be emulated, several times slower."
            f" Add {target} to emulate if that is wanted, or take {DEFAULTS[target]!r}."
        )
