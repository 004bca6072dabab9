"""What becomes of an attempt that failed."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from kernel import queue_metrics
from kernel.outbox import enqueue
from kernel.outbox_queue import LeasedJob, lease_due, measure
from tests.queue_world import World
from workers.broker import QueueBroker
from workers.drain import make_workshop
from workers.execution import Patience, settle_failure
from workers.workshop import HopelessError

LAST = Patience(attempts=1)


async def _take(world: World) -> LeasedJob:
    async with world.app.write(world.district) as session:
        await enqueue(session, "work", {"secret": "张三"})
    async with world.courier.plain() as session:
        [job] = await lease_due(session, "default", count=1, lease=timedelta(seconds=30))
    return job


def _outage() -> OperationalError:
    return OperationalError("SELECT 1", None, ConnectionError("gone"), connection_invalidated=True)


@pytest.mark.parametrize(
    ("failure", "patience", "outcome", "state"),
    [
        (ValueError("no"), Patience(attempts=2), "postponed", "ready"),
        (ValueError("no"), LAST, "dead", "dead"),
        (TimeoutError(), LAST, "dead", "dead"),
        (ConnectionRefusedError(), LAST, "postponed", "ready"),
        (_outage(), LAST, "postponed", "ready"),
        (PoolTimeoutError("QueuePool limit"), LAST, "postponed", "ready"),
        (HopelessError("never"), Patience(), "dead", "dead"),
    ],
    ids=["another try", "the last try", "time limit", "unreachable", "outage", "no connection free", "hopeless"],
)
async def test_a_failed_attempt_is_tried_again_or_given_up(
    world: World, failure: Exception, patience: Patience, outcome: str, state: str
) -> None:
    job = await _take(world)
    assert await settle_failure(world.courier, job, failure, patience) == outcome
    assert await settle_failure(world.courier, job, failure, patience) == "lost"
    assert [row["state"] for row in await world.rows("SELECT state FROM job")] == [state]


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 0.5), (2, 1), (5, 8), (9, 128), (12, 300), (40, 300)])
def test_waiting_doubles_up_to_a_limit_with_a_quarter_left_to_chance(attempts: int, seconds: float) -> None:
    delays = [Patience().delay_after(attempts) for _ in range(50)]
    assert all(timedelta(seconds=seconds) <= delay <= timedelta(seconds=seconds * 1.25) for delay in delays)


async def test_a_job_shown_in_a_log_does_not_show_its_body(world: World) -> None:
    assert "张三" not in repr(await _take(world))


async def test_the_queue_is_measured(world: World) -> None:
    await _take(world)
    async with world.courier.plain() as session:
        queue_metrics.show(await measure(session))
    assert REGISTRY.get_sample_value("jiangti_queue_jobs", {"state": "leased"}) == 1
    assert REGISTRY.get_sample_value("jiangti_queue_jobs", {"state": "ready"}) == 0


def test_nothing_can_be_sent_past_the_outbox(world: World) -> None:
    broker = QueueBroker(lambda: make_workshop(world.courier, clock=None))  # pyright: ignore[reportArgumentType]
    broker.declare_actors()
    with pytest.raises(NotImplementedError, match=r"jobs are written by kernel\.outbox"):
        broker.get_actor("react").send()
