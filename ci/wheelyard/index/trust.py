"""Which Sigstore is trusted, to sign and to verify: the public one, or the one that a file describes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard.errors import OutsideError, UsageError
from wheelyard.words import line

if TYPE_CHECKING:
    from sigstore.models import ClientTrustConfig


def instance(file: Path | None, *, offline: bool = False) -> ClientTrustConfig:
    """The addresses and keys of the public Sigstore, or of the instance whose client trust configuration is in `file`.

    With `offline` the public keys are those that came with the client, and nothing is asked for newer ones.

    Raises:
        OutsideError: the public keys cannot be got.
        UsageError: the file cannot be read, or is none.
    """
    from pydantic import ValidationError  # noqa: PLC0415  # slow to import, and of an extra
    from sigstore.errors import Error  # noqa: PLC0415
    from sigstore.models import ClientTrustConfig  # noqa: PLC0415

    if file is None:
        try:
            return ClientTrustConfig.production(offline=offline)
        except (Error, OSError) as error:
            raise OutsideError(f"The keys of the public Sigstore cannot be got: {error}. Try again later.") from error
    try:
        found = ClientTrustConfig.from_json(file.read_text("utf-8"))
        _ = found.trusted_root, found.signing_config
    except ValidationError as error:
        words = "; ".join(": ".join((*map(str, each["loc"]), each["msg"])) for each in error.errors())
    except OSError as error:
        words = error.strerror or str(error)
    except (Error, ValueError) as error:
        words = str(error)
    else:
        return found
    raise UsageError(
        f"{file}, the trust-config of [tool.wheelyard.publish], is no client trust configuration of Sigstore:"
        f" {line(words).rstrip('.')}. Whoever runs that Sigstore gives it out; `sigstore --trust-config` takes it too."
    )
