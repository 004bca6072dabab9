"""Titles, certificates and honours in the database, for writing."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kernel.database import WriteSession
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from programmes.titles.model import Certificate, CertificateSeries, Honour, Title


async def lock_title(session: WriteSession, title_id: UUID) -> Title:
    """The title, held until the transaction ends; raises NOT_FOUND."""
    query = select(Title).where(Title.tenant_id == session.tenant_id, Title.id == title_id).with_for_update()
    title = (await session.execute(query)).scalar_one_or_none()
    if title is None:
        raise NOT_FOUND()
    return title


async def lock_certificate(session: WriteSession, title_id: UUID) -> Certificate:
    """The paper of a title, held until the transaction ends; every title has one."""
    query = (
        select(Certificate)
        .where(Certificate.tenant_id == session.tenant_id, Certificate.title_id == title_id)
        .with_for_update()
    )
    return (await session.execute(query)).scalar_one()


async def next_number(session: WriteSession, series: str) -> int:
    """The next number of a series. The series stays locked until the transaction ends: a rollback leaves no gap."""
    first = insert(CertificateSeries).values(tenant_id=session.tenant_id, id=new_id(), series=series, last_number=1)
    taken = first.on_conflict_do_update(
        index_elements=[CertificateSeries.tenant_id, CertificateSeries.series],
        set_={"last_number": CertificateSeries.last_number + 1},
    ).returning(CertificateSeries.last_number)
    return (await session.execute(taken)).scalar_one()


async def find_honour(session: WriteSession, person_id: UUID, case_id: UUID) -> Honour | None:
    """The honour that a case brought a person, held until the transaction ends."""
    query = (
        select(Honour)
        .where(Honour.tenant_id == session.tenant_id, Honour.person_id == person_id, Honour.case_id == case_id)
        .with_for_update()
    )
    return (await session.execute(query)).scalar_one_or_none()


async def insert_honour(session: WriteSession, honour: dict[str, object]) -> bool:
    """Enter the honour; False where it is there already, also if a concurrent transaction has just entered it."""
    fresh = await session.execute(
        insert(Honour).values(**honour).on_conflict_do_nothing().returning(Honour.id),
    )
    return fresh.first() is not None
