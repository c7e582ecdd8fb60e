"""What PyPI would refuse, known before the first byte leaves (PyPI's documentation, chapter "Storage Limits")."""

from __future__ import annotations

from collections.abc import Iterator

from wheelyard.errors import FindingsError
from wheelyard.releasing.manifest import Manifest

MOST_BYTES = 100 << 20  # of one file, unless the project has a higher limit


def cautions(made: Manifest, url: str) -> Iterator[str]:
    """Files that only some projects may upload; a version that none may is a `FindingsError`."""
    if "+" in made.version:
        raise FindingsError(
            f"{url} takes no version with a local part, and this one is {made.version}. Release a version"
            " without what follows the +; a build of a clean, tagged commit has none."
        )
    for file in made.files:
        if file.size > MOST_BYTES:
            yield f"{file.file} has {file.size >> 20} MiB; without a raised limit {url} takes 100 MiB."
