"""Group commit: writes that wait at the same moment share one transaction and one sync."""

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from deltastream.adapters.sqlite.write_lock import begin_write

_SAVEPOINT: Final = "job"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Work to do in a transaction, and its outcome, known once it is durable."""

    work: Callable[[sqlite3.Connection], Any]
    outcome: Future[Any] = field(default_factory=Future)


def commit_together(
    connection: sqlite3.Connection, jobs: Sequence[Job], *, patience: float = 5.0
) -> None:
    """Do all jobs in one transaction, in order, and answer them when it is durable.

    A job that fails is undone alone and answered with its error; its neighbours are kept. When
    the transaction itself fails nothing is kept, and every job is answered with that error.

    Args:
        connection: to the database.
        jobs: what to do.
        patience: seconds to wait for another process that writes.
    """
    begun = [job for job in jobs if job.outcome.set_running_or_notify_cancel()]
    if not begun:
        return
    try:
        begin_write(connection, patience=patience)
        answers = [_attempt(connection, job) for job in begun]
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - it belongs to those who wait, whatever it is
        _roll_back(connection)
        answers = [partial(job.outcome.set_exception, error) for job in begun]
    for answer in answers:
        answer()


def _attempt(connection: sqlite3.Connection, job: Job) -> Callable[[], None]:
    """Do one job, and return how to answer it."""
    connection.execute(f"SAVEPOINT {_SAVEPOINT}")
    try:
        answer = partial(job.outcome.set_result, job.work(connection))
    except Exception as error:
        if not connection.in_transaction:
            # SQLite gave the whole transaction up, as it may when the disk is full.
            raise
        connection.execute(f"ROLLBACK TO {_SAVEPOINT}")
        answer = partial(job.outcome.set_exception, error)
    connection.execute(f"RELEASE {_SAVEPOINT}")
    return answer


def _roll_back(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.execute("ROLLBACK")
