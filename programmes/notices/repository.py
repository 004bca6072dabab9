"""Notices, objections and announcements in the database."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from programmes.applications.model import Application
from programmes.notices.model import Announcement, Notice, NoticeItem, Objection
from programmes.notices.rules.display import DisplayLine
from programmes.people.model import Person
from tenants.model import Tenant


async def lock_notice(session: WriteSession, notice_id: UUID) -> Notice:
    """The notice, held until the transaction ends; raises NOT_FOUND."""
    query = select(Notice).where(Notice.tenant_id == session.tenant_id, Notice.id == notice_id).with_for_update()
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


async def lock_objection(session: WriteSession, objection_id: UUID) -> Objection:
    """The objection, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(Objection)
        .where(Objection.tenant_id == session.tenant_id, Objection.id == objection_id)
        .with_for_update()
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


async def list_items(session: ReadSession, notice_id: UUID) -> Sequence[NoticeItem]:
    """The frozen list of a notice, in its order."""
    query = (
        select(NoticeItem)
        .where(NoticeItem.tenant_id == session.tenant_id, NoticeItem.notice_id == notice_id)
        .order_by(NoticeItem.position)
    )
    return (await session.execute(query)).scalars().all()


async def is_on_notice(session: ReadSession, notice_id: UUID, application_id: UUID) -> bool:
    """Whether the case stands on the notice."""
    query = select(NoticeItem.id).where(
        NoticeItem.tenant_id == session.tenant_id,
        NoticeItem.notice_id == notice_id,
        NoticeItem.application_id == application_id,
    )
    return (await session.execute(query)).first() is not None


async def names_of(session: ReadSession, application_ids: Collection[UUID]) -> str:
    """The names of the people whose cases these are, for a sentence."""
    lines = await list_display(session, application_ids)
    return "、".join(lines[application_id].name for application_id in application_ids)


async def is_document_number_used(session: ReadSession, number: str) -> bool:
    """Whether an announcement of this union bears the number."""
    query = select(Announcement.id).where(
        Announcement.tenant_id == session.tenant_id, Announcement.document_no == number
    )
    return (await session.execute(query)).first() is not None


async def list_display(session: ReadSession, application_ids: Collection[UUID]) -> dict[UUID, DisplayLine]:
    """What the public may see of these cases; the applying unit stands in where nobody recommended."""
    unit = func.coalesce(Application.recommending_unit_id, Application.applying_unit_id)
    query = (
        select(Application.id, Person.name, Person.sex, Person.employer, Person.occupation, Tenant.name)
        .join(Person, (Person.tenant_id == Application.tenant_id) & (Person.id == Application.person_id))
        .join(Tenant, Tenant.id == unit)
        .where(Application.tenant_id == session.tenant_id, Application.id.in_(application_ids))
    )
    return {row[0]: DisplayLine(*row[1:]) for row in await session.execute(query)}
