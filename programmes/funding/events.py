"""What others may want to know of money. Bodies are JSON; ids are text."""

from datetime import datetime
from uuid import UUID

from kernel import outbox
from kernel.database import WriteSession
from kernel.live import announce_change
from programmes.applications.events import case_key
from programmes.funding.model import RewardResult
from programmes.titles.model import Honour

REWARD_RECORDED = "reward_recorded"


async def announce_reward(session: WriteSession, reward: RewardResult, honour: Honour) -> None:
    """A reward that an upper level paid was recorded here."""
    body = {"reward_id": str(reward.id), "honour_id": str(honour.id), "case_id": str(honour.case_id)}
    await outbox.emit(session, REWARD_RECORDED, body, ordering_key=case_key(honour.case_id))


def announce_record(session: WriteSession, record_id: UUID, act: str, at: datetime) -> None:
    """A record came up or changed: `plan`, `adjust`, `answer`, `apply`, `approve`, `pay`."""
    announce_change(session, "funding_record", record_id, act, at)
