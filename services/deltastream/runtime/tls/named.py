"""Certificates as settings name them: all of their files, or none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from deltastream.runtime.tls.files import TlsFiles, TlsFilesError
from deltastream.runtime.tls.mounted import MountedTls


def _none_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value else value


OptionalPath = Annotated[Path | None, BeforeValidator(_none_if_empty)]
"""A path, or an empty text for none."""


def mounted_tls(variables: str, named: Mapping[str, Path | None]) -> MountedTls | None:
    """Return the certificates that settings name; None when they name none.

    Args:
        variables: what the variables begin with that name the files.
        named: the files: certificate, key, and ca or not.

    Raises:
        PydanticCustomError: they name some of them, or what cannot be used.
    """
    files = {name: path for name, path in named.items() if path is not None}
    if not files:
        return None
    missing = [f"{variables}_{name.upper()}" for name in named if name not in files]
    if missing:
        present = ", ".join(f"{variables}_{name.upper()}" for name in files)
        raise _unusable(f"{', '.join(missing)}: missing beside {present}")
    try:
        return MountedTls(TlsFiles(variables=variables, **files))
    except TlsFilesError as error:
        raise _unusable(str(error)) from None


def _unusable(problem: str) -> PydanticCustomError:
    return PydanticCustomError("tls_unusable", "{problem}", {"problem": problem})
