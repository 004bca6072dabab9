"""A worker process: dramatiq's Worker over the `job` table until SIGTERM, then an orderly end."""

import os
import signal
import threading
from types import FrameType

from dramatiq.worker import Worker

from authz import enforcer
from kernel.clock import Clock, ShiftedClock, SystemClock
from kernel.database import Database
from kernel.logging import configure_logging, get_logger
from kernel.postgres import database_urls, find_server
from kernel.sealing import open_sealer
from kernel.settings import Settings
from workers.broker import QueueBroker
from workers.due import DUES
from workers.letters import LETTERS
from workers.reactions import REACTIONS
from workers.upkeep import Upkeep
from workers.workshop import Workshop

ANCHOR_FILE = "audit.anchors"
SEAL_PURPOSE = "audit seal"
_THREAD_WAKES_MS = 200
_log = get_logger(__name__)


def main() -> None:
    """Run with the environment's settings; raises PolicyError before any job. `cli.attached` ends the process when its parent dies."""
    settings = Settings.from_env(os.environ)
    configure_logging(settings, "worker")
    enforcer.current()
    broker = QueueBroker(lambda: open_workshop(settings))
    broker.declare_actors()
    work_until_told(broker, threads=settings.worker_threads, drain_seconds=settings.drain_timeout)


def open_workshop(settings: Settings) -> Workshop:
    """The database in the courier's role and the clock of this installation."""
    database = Database(
        database_urls(settings, find_server(settings)).courier,
        pool_size=settings.courier_pool_size,
        sealer=open_sealer(settings),
        hide_parameters=True,
        connect_args={"server_settings": {"application_name": "jiangti worker"}},
    )
    clock: Clock = ShiftedClock(settings.clock_file) if settings.demo else SystemClock()
    anchors = settings.home / ANCHOR_FILE
    seal_key, demo = settings.derive(SEAL_PURPOSE), settings.demo
    return Workshop(database, clock, LETTERS, REACTIONS, DUES, seal_key, anchors, accounts_idle=not demo)


def work_until_told(broker: QueueBroker, *, threads: int, drain_seconds: float) -> None:
    """Block until SIGTERM or SIGINT; then begin nothing more, let running jobs end, put the others back."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    broker.add_middleware(Upkeep(broker))
    worker = Worker(broker, worker_threads=threads, worker_timeout=_THREAD_WAKES_MS)
    worker.start()
    _log.info("worker ready", threads=threads, queues=sorted(broker.get_declared_queues()))
    try:
        told.wait()
    finally:
        worker.stop(timeout=int(drain_seconds * 1000))
        _log.info("worker ended", jobs=broker.hands.finished)
