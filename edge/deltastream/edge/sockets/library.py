"""python-socketio and python-engineio, imported once.

They import what their own client speaks HTTP with, and redis-py, to share rooms between servers.
The edge asks for neither: twelve megabytes.
"""

from deltastream.unasked import hidden

with hidden("redis", "requests"):
    import engineio
    import socketio
    from engineio.async_drivers import aiohttp as driver
    from socketio import packet

__all__ = ("driver", "engineio", "packet", "socketio")
