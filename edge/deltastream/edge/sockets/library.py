"""python-socketio, imported once.

It imports redis-py, to share rooms between servers, and that takes OpenTelemetry along where it is
installed. The edge asks it for neither.
"""

from deltastream.unasked import hidden

with hidden("opentelemetry"):
    import socketio
    from socketio import packet

__all__ = ("packet", "socketio")
