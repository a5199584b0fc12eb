"""The operator's token: whoever may read the signing key of a mesh may call it as administrator."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from deltastream.commands.auth_data import auth_settings

_LIFETIME: Final = timedelta(minutes=1)


def operator_token(data_dir: Path) -> str | None:
    """Sign a token that lasts a minute, with the key that signs in a data directory now.

    Returns:
        None where this user can read no signing key: the call is then made as nobody.
    """
    # Imported here, so that `--help` does not pay for it.
    from deltastream.auth.callers import OPERATOR  # noqa: PLC0415
    from deltastream.auth.keys import SigningKeyError  # noqa: PLC0415
    from deltastream.auth.signing_keys import SigningKeys  # noqa: PLC0415
    from deltastream.auth.tokens import AccessTokens  # noqa: PLC0415
    from deltastream.runtime.clock import utc_now  # noqa: PLC0415
    from deltastream.runtime.identity.principal import ADMIN  # noqa: PLC0415

    settings = auth_settings(data_dir)
    try:
        ring = settings.key_files.load()
    except SigningKeyError:
        return None
    keys = SigningKeys(ring, kept=settings.keys_kept)
    tokens = AccessTokens(keys=keys, lifetime=_LIFETIME, clock=utc_now)
    return tokens.issue(OPERATOR, (ADMIN,)).text
