"""A dramatiq broker whose queue is the `job` table: no second queue, nothing to forward, nothing to lose.

dramatiq gives the worker its threads, its consumers and its orderly end; taking, holding, finishing, retrying and giving up are those of
`kernel.outbox_queue`, because they must share transactions with the business. All database work of the process runs on one event loop in one thread
(dramatiq's `AsyncIO` middleware); engine and pool are made there when the worker boots, never before a fork.
"""

import random
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

import dramatiq
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.broker import Broker, Consumer, MessageProxy
from dramatiq.errors import ActorNotFound, ConnectionClosed, QueueNotFound
from dramatiq.message import Message
from dramatiq.middleware import AsyncIO, Middleware
from sqlalchemy.exc import SQLAlchemyError

from kernel.outbox_queue import LeasedJob, lease_due, release
from workers.actors import ACTORS, QUEUES, JobFunction
from workers.execution import Patience, run_job, settle_failure, was_overtaken
from workers.hands import Hands
from workers.workshop import HopelessError, Workshop

POLL_SECONDS = 0.25
_BATCHES = 2
"""Times dramatiq's own prefetch (two jobs per thread): half of it is being worked on while the other half is fetched."""
_NO_LOOP = "the event loop of the worker does not run"
Result = TypeVar("Result")


class QueueBroker(Broker):
    """Reads jobs for a dramatiq Worker. `open_workshop` is called once, on the event loop, when the worker boots."""

    def __init__(self, open_workshop: Callable[[], Workshop], patience: Patience | None = None) -> None:
        super().__init__(middleware=[AsyncIO(), _Failures()])
        self.patience = patience or Patience()
        self.hands = Hands()
        self.draining = threading.Event()
        self._open_workshop = open_workshop
        self._workshop: Workshop | None = None
        self._opening = threading.Lock()
        self._consumers: list[QueueConsumer] = []

    @property
    def workshop(self) -> Workshop:
        """What jobs work with; opened on first use."""
        with self._opening:
            if self._workshop is None:
                self._workshop = self._open_workshop()
            return self._workshop

    def declare_actors(self, actors: Mapping[str, JobFunction] = ACTORS, queues: Iterable[str] = QUEUES) -> None:
        """Let the worker listen to these queues and run these functions, whichever queue a job came by."""
        for name in queues:
            self.declare_queue(name)
        for name, function in actors.items():
            attempt = dramatiq.actor(actor_name=name, queue_name=next(iter(self.queues)), broker=self)
            attempt(self._attempt(function))

    def declare_queue(self, queue_name: str) -> None:
        """Have a consumer for a queue of the `job` table; the table needs no preparation."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues[queue_name] = None
            self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Refused: a job is written by `kernel.outbox.enqueue` in the transaction of its cause, or it is not written."""
        refusal = (
            f"{message.actor_name} cannot be sent (delay {delay}): jobs are written by kernel.outbox in a transaction"
        )
        raise NotImplementedError(refusal)

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 30000) -> Consumer:
        """An endless iterator over a queue; `timeout` is not used, polling has its own rhythm."""
        del timeout
        if queue_name not in self.queues:
            raise QueueNotFound(queue_name)
        consumer = QueueConsumer(self, queue_name, prefetch * _BATCHES)
        self._consumers.append(consumer)
        return consumer

    def forget(self, consumer: "QueueConsumer") -> None:
        """A consumer has been closed."""
        if consumer in self._consumers:
            self._consumers.remove(consumer)

    def wake(self) -> None:
        """Something has ended: what waited for it may be ready, so look at once."""
        for consumer in tuple(self._consumers):
            consumer.awake.set()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the worker's event loop and wait for it."""
        thread = get_event_loop_thread()
        if thread is None:
            work.close()
            raise ConnectionClosed(_NO_LOOP)
        return thread.run_coroutine(work)

    def _attempt(self, function: JobFunction) -> Callable[[LeasedJob], Coroutine[Any, Any, None]]:
        async def attempt(job: LeasedJob) -> None:
            await run_job(self.workshop, function, job, self.patience)

        return attempt


class QueueConsumer(Consumer):
    """Takes jobs of one queue in batches, as many as the worker's threads can soon begin."""

    def __init__(self, broker: QueueBroker, queue: str, prefetch: int) -> None:
        self.awake = threading.Event()
        self._broker = broker
        self._queue = queue
        self._prefetch = prefetch
        self._batch: deque[LeasedJob] = deque()

    def __next__(self) -> MessageProxy | None:
        if not self._batch:
            self.awake.clear()
            room = self._prefetch - self._broker.hands.count(self._queue)
            if self._broker.draining.is_set() or room <= self._prefetch // 2 or not self._fetch(room):
                self.awake.wait(POLL_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - spreading load, not secrecy
                return None
        return _as_message(self._batch.popleft())

    def ack(self, message: MessageProxy) -> None:
        """The attempt ended and its end is committed."""
        self._broker.hands.put_down(_job_of(message))
        self._broker.wake()

    def nack(self, message: MessageProxy) -> None:
        """The attempt failed: try again later, or give up."""
        job, failure = _job_of(message), message._exception  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - dramatiq offers no other way
        self._broker.hands.put_down(job)
        if isinstance(failure, ActorNotFound):
            failure = HopelessError(f"no function is called {job.actor!r}")
        if not was_overtaken(failure):
            work = settle_failure(
                self._broker.workshop.database, job, failure or RuntimeError("failed"), self._broker.patience
            )
            self._guard(work)
        self._broker.wake()

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Put back what was taken and not begun."""
        self._put_back([_job_of(message) for message in messages])

    def close(self) -> None:
        """Put back what no thread has seen yet."""
        self._put_back(list(self._batch))
        self._batch.clear()
        self._broker.forget(self)

    def _fetch(self, count: int) -> bool:
        jobs = self._guard(self._lease(count))
        self._broker.hands.take(jobs)
        self._batch.extend(jobs)
        return bool(jobs)

    async def _lease(self, count: int) -> list[LeasedJob]:
        async with self._broker.workshop.database.plain() as session:
            return await lease_due(session, self._queue, count=count, lease=self._broker.patience.lease)

    def _put_back(self, jobs: list[LeasedJob]) -> None:
        for job in jobs:
            self._broker.hands.put_down(job)
        if jobs:
            self._guard(self._release(jobs))

    async def _release(self, jobs: list[LeasedJob]) -> None:
        async with self._broker.workshop.database.plain() as session:
            await release(session, jobs)

    def _guard(self, work: Coroutine[Any, Any, Result]) -> Result:
        """A database that is away is a closed connection to dramatiq: it waits and comes back."""
        try:
            return self._broker.run(work)
        except (SQLAlchemyError, OSError) as failure:
            raise ConnectionClosed(str(failure)) from failure


class _Failures(Middleware):
    """Without it dramatiq would acknowledge an actor that raised."""

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: object = None,
        exception: BaseException | None = None,
    ) -> None:
        del broker, result
        if exception is not None:
            message.fail()


def _as_message(job: LeasedJob) -> MessageProxy:
    """The envelope that dramatiq passes round; it stays in this process and is never encoded."""
    return MessageProxy(
        Message(queue_name=job.queue, actor_name=job.actor, args=(job,), kwargs={}, options={}, message_id=str(job.id)),
    )


def _job_of(message: MessageProxy) -> LeasedJob:
    return message.args[0]
