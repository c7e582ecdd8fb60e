"""Time what a build takes before it begins: a cached SDK, a cached source, patches on a large tree.

Run: `python benchmarks/inputs.py`. It makes everything in a temporary folder; seconds are medians of nine, and what is
given beside them is a measurement of the same machine in the same run to hold them against.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from wheelyard.building import patches, sdks
from wheelyard.doors import git, process
from wheelyard.doors.downloads import Fetcher, Pin

RUNS = 9
FILES = 5_000
PATCHES = 20


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["WHEELYARD_CACHE"] = str(folder / "cache")
        print(f"a cached SDK: {timed(cached_sdk()) * 1000:.1f} ms (goal 50)")
        data = os.urandom(20 << 20)
        hashing = timed(lambda: hashlib.sha256(data))
        source = timed(cached_source(folder, data))
        print(f"a cached source of 20 MB: {source * 1000:.1f} ms (goal 50), {source / hashing:.2f} of hashing it")
        copy, found = large(folder)
        copying = timed(lambda: git.export(folder / "large", folder / f"copy-{time.monotonic_ns()}"))
        whole = timed(lambda: patches.apply(found, copy), before=lambda: restore(copy))
        print(
            f"{PATCHES} patches on {FILES:,} files: {whole:.3f} s (goal 1), {whole / copying:.2f} of copying the tree"
        )


def timed(action: Callable[[], object], *, before: Callable[[], object] = lambda: None) -> float:
    seconds = []
    for _ in range(RUNS):
        before()
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def cached_sdk() -> Callable[[], object]:
    sdk = sdks.facts().sdks[0]
    sdks.place(sdk).mkdir(parents=True)
    (sdks.place(sdk).parent / ".wheelyard-complete").touch()
    return lambda: sdks.get(sdks.find(sdk.version), Fetcher(offline=True))


def cached_source(folder: Path, data: bytes) -> Callable[[], object]:
    pin = Pin(url="https://example.org/source.tar.gz", sha256=hashlib.sha256(data).hexdigest())
    place = folder / "cache" / "downloads" / pin.sha256
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    return lambda: Fetcher(offline=True).get(pin)


def large(folder: Path) -> tuple[Path, tuple[Path, ...]]:
    """A repository of many files, a copy of it, and patches that each change a few of them."""
    root = folder / "large"
    for number in range(FILES):
        file = root / f"d{number % 50}" / f"f{number}.c"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"int f{number}_{line};\n" for line in range(40)))
    for number in range(PATCHES):
        changed = [number * 7 + step for step in range(5)]
        text = "".join(
            f"--- a/d{file % 50}/f{file}.c\n+++ b/d{file % 50}/f{file}.c\n"
            f"@@ -1,2 +1,3 @@\n int f{file}_0;\n+int p{number};\n int f{file}_1;\n"
            for file in changed
        )
        (root / f"{number:02}.patch").write_text(text)
    for command in (("init", "-q"), ("add", "-A"), ("-c", "user.name=b", "-c", "user.email=b@x", "commit", "-qm", "b")):
        process.run(("git", "-C", root, *command))
    git.export(root, folder / "tree")
    return folder / "tree", tuple(sorted((folder / "tree").glob("*.patch")))


def restore(copy: Path) -> None:
    process.run(("git", "-C", copy, "checkout", "-q", "--", "."))


if __name__ == "__main__":
    main()
