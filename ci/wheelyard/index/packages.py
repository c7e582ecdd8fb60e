"""Get ready what twine uploads: read, hashed and compared with the manifest while other files are on the wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from twine.exceptions import TwineException
from twine.package import PackageFile

from wheelyard.errors import FindingsError
from wheelyard.releasing.manifest import File


def prepared(
    files: Sequence[File], paths: Mapping[str, Path], attestations: Mapping[str, str]
) -> Mapping[str, Future[PackageFile]]:
    """What twine uploads of each file, got ready in their order from now on."""
    ready: dict[str, Future[PackageFile]] = {file.file: Future() for file in files}

    def prepare() -> None:
        for file in files:
            try:
                ready[file.file].set_result(_package(file, paths[file.file], attestations.get(file.file)))
            except Exception as error:  # noqa: BLE001  # told to the thread that waits
                ready[file.file].set_exception(error)

    threading.Thread(target=prepare, daemon=True).start()
    return ready


def _package(file: File, path: Path, attestation: str | None) -> PackageFile:
    """What twine uploads; an attestation is never laid beside the file, where another index's upload would find it."""
    try:
        package = PackageFile.from_filename(str(path), None)
    except TwineException as error:
        raise FindingsError(f"twine cannot read {path.name}: {error}") from None
    if package.sha2_digest != file.sha256:
        raise FindingsError(f"{path} changed after it was checked. Nothing more was sent; restore it, then try again.")
    if attestation is not None:
        package.attestations = [json.loads(attestation)]
    return package
