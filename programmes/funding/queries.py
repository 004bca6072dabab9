"""Reading funding records and their sums."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from kernel.database import ReadSession
from kernel.errors import NOT_FOUND
from programmes.catalogue.model import Edition
from programmes.funding.model import FundingRecord


async def get_record(session: ReadSession, record_id: UUID) -> FundingRecord:
    """The record; raises NOT_FOUND."""
    query = select(FundingRecord).where(FundingRecord.tenant_id == session.tenant_id, FundingRecord.id == record_id)
    record = (await session.execute(query)).scalar_one_or_none()
    if record is None:
        raise NOT_FOUND()
    return record


async def list_records_of_person(session: ReadSession, person_id: UUID) -> Sequence[FundingRecord]:
    """What a person's cases made due here, by the day it fell due."""
    query = (
        select(FundingRecord)
        .where(FundingRecord.tenant_id == session.tenant_id, FundingRecord.person_id == person_id)
        .order_by(FundingRecord.due_on, FundingRecord.id)
    )
    return (await session.execute(query)).scalars().all()


async def sums_by_year(session: ReadSession, rule_code: str) -> dict[int, int]:
    """What a rule made due per year, in 分; cancelled records and amounts that are still open do not count."""
    query = (
        select(FundingRecord.year, func.sum(FundingRecord.amount_fen))
        .where(
            FundingRecord.tenant_id == session.tenant_id,
            FundingRecord.rule_code == rule_code,
            FundingRecord.state != "cancelled",
            FundingRecord.amount_fen.is_not(None),
        )
        .group_by(FundingRecord.year)
    )
    return {year: int(total or 0) for year, total in await session.execute(query)}


async def find_studio_edition(session: ReadSession, named_on: date) -> Edition | None:
    """The union's own edition by whose rules a studio named on that day is granted money: the newest issued by then."""
    query = (
        select(Edition)
        .where(Edition.tenant_id == session.tenant_id, Edition.state != "draft", Edition.year <= named_on.year)
        .order_by(Edition.year.desc(), Edition.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()
