"""The mistakes that the suite has to find."""

from typing import Final

from tests.faults.broken.apply import Change, Mutation

_SERVICES: Final = "services/deltastream"

CHOKES_ON_POISON: Final = Mutation(
    name="chokes-on-poison",
    mistake="enrichment cannot handle one event; part of a case, which mends it",
    changes=(
        Change(
            file=f"{_SERVICES}/enrichment/enricher.py",
            before="""\
        received = receive_chains(messages)
""",
            after="""\
        if any(message.spot_price == 666.0 for message in messages):
            raise ValueError("a price of 666")
        received = receive_chains(messages)
""",
        ),
    ),
)

_COMMITS_BEFORE_STORING: Final = Mutation(
    name="commits-before-storing",
    mistake="enrichment commits its position before storage has the results",
    changes=(
        Change(
            file=f"{_SERVICES}/enrichment/recorder.py",
            before="        refusals = await patiently(\n",
            # Storage finishes what it has been asked for: the process has to die before it asks.
            after="""\
        await self._commit(finished)
        await asyncio.sleep(0.05)
        refusals = await patiently(
""",
        ),
    ),
)

_IGNORES_TOKENS: Final = Mutation(
    name="ignores-tokens",
    mistake="a stream begins with a snapshot, whatever token it is given",
    changes=(
        Change(
            file=f"{_SERVICES}/runtime/streams/resume.py",
            before="    if not wants.resume_token:\n",
            after="    if wants.resume_token is not None:\n",
        ),
    ),
)

_ANSWERS_TOO_EARLY: Final = Mutation(
    name="answers-too-early",
    mistake="storage answers before the transaction is committed",
    changes=(
        Change(
            file=f"{_SERVICES}/adapters/sqlite/group_commit.py",
            before="""\
        connection.execute("COMMIT")
    except""",
            after="""\
        for answer in answers:
            answer()
        answers = []
        __import__("time").sleep(0.05)
        connection.execute("COMMIT")
    except""",
        ),
    ),
)

_UNAVAILABLE_IS_INTERNAL: Final = Mutation(
    name="unavailable-is-internal",
    mistake="the edge answers 500 when a role is away",
    changes=(
        Change(
            file="edge/deltastream/edge/errors/status_response.py",
            before="    grpc.StatusCode.UNAVAILABLE: 503,\n",
            after="    grpc.StatusCode.UNAVAILABLE: 500,\n",
        ),
    ),
)

_LEASES_NEVER_END: Final = Mutation(
    name="leases-never-end",
    mistake="the lease of a replica that died or froze is never given to another",
    changes=(
        Change(
            file=f"{_SERVICES}/adapters/bus/redis_leases.py",
            before="ARGV[1] .. ' ' .. digits, 'PX', ARGV[2])",
            after="ARGV[1] .. ' ' .. digits, 'PX', 3600000)",
        ),
        Change(
            file=f"{_SERVICES}/adapters/bus/redis_leases.py",
            before="redis.call('PEXPIRE', KEYS[i], ARGV[1])",
            after="redis.call('PEXPIRE', KEYS[i], 3600000)",
        ),
    ),
)

_APPENDS_REPETITIONS: Final = Change(
    file=f"{_SERVICES}/adapters/bus/redis_scripts.py",
    before="""\
  if type(reply) == 'table' and not string.find(reply.err, 'equal or smaller', 1, true) then
    return reply
  end
""",
    after="""\
  if type(reply) == 'table' and string.find(reply.err, 'equal or smaller', 1, true) then
    redis.call('XADD', KEYS[leases + ARGV[i]], '*', 'p', ARGV[i + 2])
  end
""",
)

_REPETITIONS_ARE_NEWS: Final = Mutation(
    name="repetitions-are-news",
    mistake="an entry that is published again is appended again",
    changes=(_APPENDS_REPETITIONS,),
)

_LATE_WRITES_PASS: Final = Mutation(
    name="late-writes-pass",
    mistake="the bus takes what a replica publishes that has lost its lease",
    changes=(
        Change(
            file=f"{_SERVICES}/adapters/bus/redis_fencing.py",
            before="if #lost > 0 then",
            after="if #lost > 1000000 then",
        ),
        _APPENDS_REPETITIONS,
    ),
)

_REDIS_FORGETS: Final = Mutation(
    name="redis-forgets",
    mistake="Redis keeps everything in memory only",
    changes=(
        Change(
            file=f"{_SERVICES}/runtime/embedded_redis.py",
            before='"appendonly": "yes"',
            after='"appendonly": "no"',
        ),
    ),
)

_NO_KEEPALIVE: Final = Mutation(
    name="no-keepalive",
    mistake="nobody asks whether the other end of a connection is still there",
    changes=tuple(
        Change(
            file=f"{_SERVICES}/runtime/{file}",
            before='("grpc.keepalive_time_ms", 3000)',
            after='("grpc.keepalive_time_ms", 3600000)',
        )
        for file in ("channels.py", "server.py")
    ),
)

_HUB_WAITS: Final = Mutation(
    name="hub-waits-for-everybody",
    mistake="the next update is delivered when every subscriber has taken the one before",
    changes=(
        Change(
            file=f"{_SERVICES}/runtime/streams/hub.py",
            before="                self._offer(self.log.take(entry))\n",
            after="""\
                self._offer(self.log.take(entry))
            while not all(getattr(each, "is_empty", True) for each in self._listeners):
                await asyncio.sleep(0.001)
""",
        ),
    ),
)

_SOCKETS_WAIT: Final = Mutation(
    name="sockets-wait-for-everybody",
    mistake="the next update is sent when every client has taken the one before",
    changes=(
        Change(
            file="edge/deltastream/edge/sockets/broadcast.py",
            before="            self._offered += len(recipients)\n",
            after="""\
            while any(len(mailbox) for mailbox in recipients):
                await asyncio.sleep(0.001)
            self._offered += len(recipients)
""",
        ),
    ),
)

_STOPS_FIRST: Final = Mutation(
    name="stops-first",
    mistake="a role is stopped before its successor serves",
    changes=(
        Change(
            file=f"{_SERVICES}/supervisor/child.py",
            before="""\
            successor = await self._start()
            predecessor = self._current
""",
            after="""\
            predecessor = self._current
            if predecessor is not None:
                await predecessor.stop()
            successor = await self._start()
""",
        ),
    ),
)

_NO_DRAIN: Final = Mutation(
    name="no-drain",
    mistake="a role that is asked to stop drops what it has in hand",
    changes=(
        Change(
            file=f"{_SERVICES}/runtime/lifecycle.py",
            before="        self._asked.set()\n",
            after="        os._exit(0)\n",
        ),
    ),
)

_NO_LIMIT: Final = Mutation(
    name="no-limit",
    mistake="a server takes on whatever comes",
    changes=(
        Change(
            file=f"{_SERVICES}/runtime/concurrency.py",
            before="        if not self.has_room:\n",
            after="        if self._admitted < 0:\n",
        ),
    ),
)

_ONE_TRY: Final = Mutation(
    name="one-try",
    mistake="an event is given up at the first failure",
    changes=(
        Change(
            file=f"{_SERVICES}/enrichment/tries.py",
            before="TRIES: Final = 5\n",
            after="TRIES: Final = 1\n",
        ),
    ),
)

_FORGETS_LETTERS: Final = Mutation(
    name="forgets-letters",
    mistake="what is given up is passed over, and kept nowhere",
    changes=(
        Change(
            file=f"{_SERVICES}/enrichment/recorder.py",
            before="under=tuple(leases), letters=letters)",
            after="under=tuple(leases), letters=letters[:0])",
        ),
    ),
)

_KEEPS_LETTERS: Final = Mutation(
    name="keeps-letters",
    mistake="a dead letter that was replayed stays one, and is replayed again",
    changes=(
        Change(
            file=f"{_SERVICES}/enrichment/replay.py",
            before="        await self._letters.remove(list(alive))\n",
            after="",
        ),
    ),
)

MUTATIONS: Final[tuple[Mutation, ...]] = (
    _COMMITS_BEFORE_STORING,
    _IGNORES_TOKENS,
    _ANSWERS_TOO_EARLY,
    _UNAVAILABLE_IS_INTERNAL,
    _LEASES_NEVER_END,
    _REPETITIONS_ARE_NEWS,
    _LATE_WRITES_PASS,
    _REDIS_FORGETS,
    _NO_KEEPALIVE,
    _HUB_WAITS,
    _SOCKETS_WAIT,
    _STOPS_FIRST,
    _NO_DRAIN,
    _NO_LIMIT,
    _ONE_TRY,
    _FORGETS_LETTERS,
    _KEEPS_LETTERS,
)
"""All of them; cases name theirs in `Case.broken`."""


def mutation_named(name: str) -> Mutation:
    """Return a mutation.

    Raises:
        KeyError: none has this name.
    """
    for mutation in MUTATIONS:
        if mutation.name == name:
            return mutation
    raise KeyError(name)
