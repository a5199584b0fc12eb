"""A version of socket.io-client, in a process of Node's that `driver.mjs` is."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from tests.compatibility.asked_for import NODE_FOLDER
from tests.compatibility.node_program import node
from tests.compatibility.socket_client import DEADLINE, SocketClient

_LONGEST_LINE: Final = 1 << 22


class NodeClient(SocketClient):
    """Tells the process what to do, and keeps what it says."""

    def __init__(self, process: Process, transports: Sequence[str]) -> None:
        super().__init__()
        self._process = process
        self._transports = list(transports)
        self._ids = count()
        self._answers: dict[int, asyncio.Future[Any]] = {}

    async def connect(self, url: str, auth: object) -> None:
        options = {
            "transports": self._transports,
            "reconnectionDelay": 100,
            "reconnectionDelayMax": 500,
            "auth": auth,
        }
        await self._tell("connect", url=url, options=options)

    async def request(self, event: str, *arguments: object) -> Any:
        return await self._tell("request", event=event, argumentsOf=arguments)

    async def transport(self) -> str:
        return str(await self._tell("transport"))

    async def listen(self) -> None:
        """Take in what the process says, until it ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "id" in said:
                self._answer(said["id"], said.get("value"))
            else:
                self._hear(said["event"], said.get("payload"))

    def _answer(self, number: int, value: object) -> None:
        answer = self._answers.pop(number)
        # Nobody may wait for it any more.
        if not answer.done():
            answer.set_result(value)

    async def _tell(self, what: str, **more: object) -> Any:
        assert self._process.stdin is not None
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        command = {"id": number, "do": what, **more}
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        async with asyncio.timeout(DEADLINE):
            return await answer


@asynccontextmanager
async def node_client(package: str, transports: Sequence[str]) -> AsyncIterator[NodeClient]:
    """Start a client of a package of `node/package.json`, and end it after the block."""
    process = await asyncio.create_subprocess_exec(
        *(node(), NODE_FOLDER / "driver.mjs", package),
        stdin=PIPE,
        stdout=PIPE,
        limit=_LONGEST_LINE,
    )
    client = NodeClient(process, transports)
    listening = asyncio.create_task(client.listen())
    try:
        yield client
    finally:
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(DEADLINE):
            assert await process.wait() == 0
            await listening
