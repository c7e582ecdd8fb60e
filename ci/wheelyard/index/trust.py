"""Which Sigstore is trusted, to sign and to verify: the public one, or the one that a file describes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from sigstore.models import ClientTrustConfig


def instance(file: Path | None, *, offline: bool = False) -> ClientTrustConfig:
    """The addresses and keys of the public Sigstore, or of the instance whose client trust configuration is in `file`.

    With `offline` the public keys are those that came with the client, and nothing is asked for newer ones.

    Raises:
        OutsideError: the public keys cannot be got.
        UsageError: the file cannot be read, or is none.
    """
    from sigstore.errors import Error  # noqa: PLC0415  # slow to import, and an extra
    from sigstore.models import ClientTrustConfig  # noqa: PLC0415

    if file is None:
        try:
            return ClientTrustConfig.production(offline=offline)
        except (Error, OSError) as error:
            raise OutsideError(f"The keys of the public Sigstore cannot be got: {error}.") from error
    try:
        found = ClientTrustConfig.from_json(file.read_text("utf-8"))
        _ = found.trusted_root, found.signing_config
    except OSError as error:
        words = error.strerror
    except (Error, ValueError) as error:
        words = " ".join(str(error).split())[:300]
    else:
        return found
    raise UsageError(
        f"{file}, the trust-config of [tool.wheelyard.publish], is no client trust configuration of Sigstore: {words}."
        " Sigstore's operator gives it out; `sigstore --trust-config` takes the same file."
    )
