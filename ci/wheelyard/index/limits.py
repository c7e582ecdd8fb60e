"""What PyPI would refuse, known before the first byte leaves.

The limits are those of PyPI's documentation ("Storage limits"); its MB and GB are powers of 1024.
"""

from __future__ import annotations

from collections.abc import Iterator

from wheelyard.errors import FindingsError
from wheelyard.index.uploads import Comparison
from wheelyard.releasing.manifest import Manifest

MOST_BYTES = 100 << 20  # of one file, unless the project has a higher limit
MOST_GB = 10  # of all files of a project, likewise


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


def of_project(made: Manifest, comparison: Comparison, url: str, *, limit: int | None) -> Iterator[str]:
    """That all files together would be too many bytes, or that nothing is known of it.

    `limit`, in GB, is what the project is known to have: beyond it is a `FindingsError`.
    """
    there = comparison.page.size if comparison.page else 0
    added = sum(file.size for file in comparison.missing)
    if there is None and added:
        yield f"{url} does not say how large its files are: how much room {made.name} has left there is not known."
    if there is None or not added or there + added <= (limit or MOST_GB) << 30:
        return
    words = f"With {_gb(added)} more {made.name} would have {_gb(there + added)} on {url}"
    if limit is not None:
        raise FindingsError(
            f"{words}, and project-limit in [tool.wheelyard.publish] is {limit} GB; nothing was uploaded. Delete old"
            " releases there, or have the limit raised."
        )
    yield (
        f"{words}; without a raised limit it takes {MOST_GB} GB. If the project has one, say so: project-limit = 20 in"
        " [tool.wheelyard.publish]."
    )


def _gb(count: int) -> str:
    return f"{count / (1 << 30):.2f} GB"
