"""structlog, imported once, and by whoever logs from here.

It takes rich along where that is installed, to paint tracebacks with the values of variables, which
no log of ours shows: five megabytes in every process. Like what hides it, this belongs to no layer.
"""

from deltastream.unasked import hidden

with hidden("rich"):
    import structlog
    from structlog.processors import format_exc_info
    from structlog.types import EventDict, ExcInfo, Processor

__all__ = ("EventDict", "ExcInfo", "Processor", "format_exc_info", "structlog")
