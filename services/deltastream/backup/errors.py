"""Why a backup is not made, or not restored."""


class BackupError(Exception):
    """It cannot be done, and nothing has been changed; the text says what to do."""
