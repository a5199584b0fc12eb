"""The Python client of DeltaStream.

from deltastream.client import LOSSLESS, Mesh

async with Mesh("localhost:8009") as mesh:
    async for chain in mesh.chains("NIFTY", delivery=LOSSLESS):
        print(chain.expiry, chain.pcr_oi)

What is exported here is what most programs need; the modules have the rest.
"""

from deltastream.client.errors import CallError, GaveUpError, MeshError, error_of
from deltastream.client.frames import Gap
from deltastream.client.mesh import CONFLATED, LOSSLESS, Mesh
from deltastream.client.tls import Tls

__all__ = [
    "CONFLATED",
    "LOSSLESS",
    "CallError",
    "Gap",
    "GaveUpError",
    "Mesh",
    "MeshError",
    "Tls",
    "error_of",
]
