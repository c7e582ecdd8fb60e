"""Attesting 60 files at a Sigstore on this machine whose answers take some milliseconds.

python benchmarks/attest.py                 walls, and how many times faster than one after the other
python benchmarks/attest.py --files 20      with fewer files
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "ci"), str(HERE.parent / "tests")]

from sigstore.models import ClientTrustConfig  # noqa: E402  # found by the line above, as the next ones
from sigstore.oidc import IdentityToken  # noqa: E402
from sigstore.sign import Signer, SigningContext  # noqa: E402

from fakesigstore import FULCIO, REKOR, fake_sigstore  # noqa: E402
from githubidentity import Issuer  # noqa: E402
from wheelyard.index.attesting import Sigstore, attested  # noqa: E402
from wheelyard.releasing.manifest import File  # noqa: E402


def serve(pipe: Connection, seconds: float) -> None:
    """Run a Sigstore; its configuration and an identity go into the pipe."""
    with fake_sigstore(Issuer(seconds=3600)) as fake:
        for service in (FULCIO, REKOR):
            fake.faults[service] = lambda: time.sleep(seconds)
        job = {"repository": "ada/spam", "workflow": "wheels.yml", "environment": "pypi"}
        pipe.send((fake.configuration(), fake.identities.token(**job, audience="sigstore")))
        pipe.recv()


def each_its_own(files: tuple[File, ...], opened: Callable[[], Signer]) -> None:
    """A certificate for every file, as one run of a signing tool a file gets it."""
    for file in files:
        Sigstore(opened).attest(file)


def wall(work: Callable[[], object]) -> float:
    """The seconds it takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(files: tuple[File, ...], milliseconds: int) -> list[tuple[str, float]]:
    """The wall of each way, at a Sigstore that answers after so long."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there, milliseconds / 1000), daemon=True)
    server.start()
    configuration, token = here.recv()

    def opened() -> Signer:
        trusted = ClientTrustConfig.from_json(configuration)
        return Signer(IdentityToken(token), SigningContext.from_trust_config(trusted))

    Sigstore(opened).attest(files[0])  # imports
    ways: dict[str, Callable[[], object]] = {"a certificate each": partial(each_its_own, files, opened)}
    for count in (1, 4, 8):
        ways[f"--parallel {count}"] = partial(attested, files, Sigstore(opened), parallel=count)
    found = [(how, wall(way)) for how, way in ways.items()]
    server.kill()
    server.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=60)
    count = parser.parse_args().files
    names = [f"wy_sample-1.0-cp3{minor}-cp3{minor}-manylinux_2_17_x86_64.whl" for minor in range(count)]
    files = tuple(File(file=name, sha256=hashlib.sha256(name.encode()).hexdigest(), size=1) for name in names)
    print("| an answer takes | how | seconds | times faster |\n|---|---|---|---|")
    for milliseconds in (0, 100, 500):
        found = measure(files, milliseconds)
        slowest = found[0][1]
        for how, seconds in found:
            print(f"| {milliseconds} ms | {how} | {seconds:.1f} | {slowest / seconds:.1f} |")


if __name__ == "__main__":
    main()
