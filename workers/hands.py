"""The jobs this process has taken and not yet put down; shared by consumer threads, worker threads and the event loop."""

import threading
from uuid import UUID

from kernel.outbox_queue import LeasedJob


class Hands:
    """A thread-safe set of leased jobs, counted by queue. What is in it is being held by the heartbeat."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[UUID, LeasedJob] = {}
        self.finished = 0

    def take(self, jobs: list[LeasedJob]) -> None:
        """These are ours now."""
        with self._lock:
            self._jobs.update((job.id, job) for job in jobs)

    def put_down(self, job: LeasedJob) -> None:
        """Hold it no longer, whatever comes of it."""
        with self._lock:
            if self._jobs.pop(job.id, None) is not None:
                self.finished += 1

    def count(self, queue: str) -> int:
        """How many of a queue are in hand."""
        with self._lock:
            return sum(job.queue == queue for job in self._jobs.values())

    def all(self) -> list[LeasedJob]:
        """Everything in hand, as of now."""
        with self._lock:
            return list(self._jobs.values())
