"""Reading titles, honours, what an upper union's register is told, and the course of a person's honours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import literal, select, union_all

from kernel.database import ReadSession
from kernel.errors import NOT_FOUND
from programmes.people.model import Person
from programmes.titles.model import Certificate, Honour, Revocation, Title
from programmes.titles.rules import TitleState


@dataclass(frozen=True)
class RegisterCard:
    """All that a title tells the registers above: who, which title, since when. No number of the person, no score, no opinion."""

    title_id: UUID
    case_id: UUID
    programme_id: UUID
    edition_id: UUID
    title_code: str
    title_name: str
    person_name: str
    sex: str
    employer: str
    occupation: str
    granted_on: date
    state: str


@dataclass(frozen=True)
class TimelineEntry:
    """One day in the course of a person: `kind` is granted, revoked or honoured; `by_id` the union that did it."""

    on: date
    kind: str
    name: str
    document_no: str | None
    by_id: UUID
    object_id: UUID


async def get_title(session: ReadSession, title_id: UUID) -> Title:
    """The title; raises NOT_FOUND."""
    query = select(Title).where(Title.tenant_id == session.tenant_id, Title.id == title_id)
    title = (await session.execute(query)).scalar_one_or_none()
    if title is None:
        raise NOT_FOUND()
    return title


async def find_title_of_case(session: ReadSession, case_id: UUID) -> Title | None:
    """The title that a case brought here, if it did."""
    query = select(Title).where(Title.tenant_id == session.tenant_id, Title.case_id == case_id)
    return (await session.execute(query)).scalar_one_or_none()


async def get_certificate(session: ReadSession, title_id: UUID) -> Certificate:
    """The paper of a title; raises NOT_FOUND."""
    query = select(Certificate).where(Certificate.tenant_id == session.tenant_id, Certificate.title_id == title_id)
    certificate = (await session.execute(query)).scalar_one_or_none()
    if certificate is None:
        raise NOT_FOUND()
    return certificate


async def list_titles_held(session: ReadSession, person_id: UUID, on: date) -> Sequence[Title]:
    """The titles granted here that a person holds and held on that day, the oldest first."""
    query = (
        select(Title)
        .where(
            Title.tenant_id == session.tenant_id,
            Title.person_id == person_id,
            Title.granted_on <= on,
            Title.state == TitleState.IN_FORCE,
        )
        .order_by(Title.id)
    )
    return (await session.execute(query)).scalars().all()


async def get_honour(session: ReadSession, honour_id: UUID) -> Honour:
    """The honour from elsewhere; raises NOT_FOUND."""
    query = select(Honour).where(Honour.tenant_id == session.tenant_id, Honour.id == honour_id)
    honour = (await session.execute(query)).scalar_one_or_none()
    if honour is None:
        raise NOT_FOUND()
    return honour


async def register_card(session: ReadSession, title_id: UUID) -> RegisterCard:
    """What the registers above are told of a title; raises NOT_FOUND."""
    query = (
        select(Title, Person)
        .join(Person, (Person.tenant_id == Title.tenant_id) & (Person.id == Title.person_id))
        .where(Title.tenant_id == session.tenant_id, Title.id == title_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NOT_FOUND()
    title, person = row
    return RegisterCard(
        title_id=title.id,
        case_id=title.case_id,
        programme_id=title.programme_id,
        edition_id=title.edition_id,
        title_code=title.title_code,
        title_name=title.name,
        person_name=person.name,
        sex=person.sex,
        employer=person.employer,
        occupation=person.occupation,
        granted_on=title.granted_on,
        state=title.state,
    )


async def list_timeline(session: ReadSession, person_id: UUID) -> list[TimelineEntry]:
    """Titles granted and revoked here and honours from elsewhere, the oldest first."""
    mine = (Title.tenant_id == session.tenant_id) & (Title.person_id == person_id)
    granted = select(
        Title.granted_on.label("on"),
        literal("granted").label("kind"),
        Title.name.label("name"),
        Title.naming_document_no.label("document_no"),
        Title.tenant_id.label("by_id"),
        Title.id.label("object_id"),
    ).where(mine)
    revoked = (
        select(
            Revocation.revoked_on, literal("revoked"), Title.name, Revocation.resolution_no, Title.tenant_id, Title.id
        )
        .join(Title, (Title.tenant_id == Revocation.tenant_id) & (Title.id == Revocation.title_id))
        .where(mine)
    )
    honoured = select(
        Honour.granted_on, literal("honoured"), Honour.name, literal(None), Honour.granted_by_id, Honour.id
    ).where(Honour.tenant_id == session.tenant_id, Honour.person_id == person_id)
    entries = union_all(granted, revoked, honoured).subquery()
    rows = await session.execute(select(entries).order_by(entries.c.on, entries.c.object_id, entries.c.kind))
    return [TimelineEntry(*row) for row in rows]
