"""Funding records and recorded rewards in the database, for writing."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.database import WriteSession
from kernel.errors import NOT_FOUND
from programmes.applications.model import Application
from programmes.funding.model import FundingRecord, RewardResult
from tenants.model import Tenant


async def lock_record(session: WriteSession, record_id: UUID) -> FundingRecord:
    """The record, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(FundingRecord)
        .where(FundingRecord.tenant_id == session.tenant_id, FundingRecord.id == record_id)
        .with_for_update()
    )
    record = (await session.execute(query)).scalar_one_or_none()
    if record is None:
        raise NOT_FOUND()
    return record


async def lock_records_of_case(session: WriteSession, case_id: UUID) -> Sequence[FundingRecord]:
    """All records that a case gave rise to here, held until the transaction ends, in the order of their ids."""
    query = (
        select(FundingRecord)
        .where(FundingRecord.tenant_id == session.tenant_id, FundingRecord.case_id == case_id)
        .order_by(FundingRecord.id)
        .with_for_update()
    )
    return (await session.execute(query)).scalars().all()


async def insert_record(session: WriteSession, values: dict[str, object]) -> bool:
    """Enter a record; False where this rule has one of this cause already."""
    fresh = await session.execute(
        insert(FundingRecord).values(**values).on_conflict_do_nothing().returning(FundingRecord.id)
    )
    return fresh.first() is not None


async def insert_reward(session: WriteSession, values: dict[str, object]) -> bool:
    """Enter a reward; False where the honour has one already."""
    fresh = await session.execute(
        insert(RewardResult).values(**values).on_conflict_do_nothing().returning(RewardResult.id)
    )
    return fresh.first() is not None


async def get_reward(session: WriteSession, reward_id: UUID) -> RewardResult:
    """The recorded reward; raises NOT_FOUND."""
    query = select(RewardResult).where(RewardResult.tenant_id == session.tenant_id, RewardResult.id == reward_id)
    reward = (await session.execute(query)).scalar_one_or_none()
    if reward is None:
        raise NOT_FOUND()
    return reward


async def list_application_ids(session: WriteSession, case_id: UUID | None) -> tuple[UUID, ...]:
    """The tenant's rows of a case: whose duties bar from its money."""
    if case_id is None:
        return ()
    query = select(Application.id).where(Application.tenant_id == session.tenant_id, Application.case_id == case_id)
    return tuple((await session.execute(query)).scalars())


async def level_of(session: WriteSession, tenant_id: UUID) -> str:
    """The level of a union; the tree is open to all."""
    return (await session.execute(select(Tenant.level).where(Tenant.id == tenant_id))).scalar_one()
