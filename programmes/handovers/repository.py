"""Handovers and register entries in the database."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from kernel.letters import Letter
from programmes.applications.model import Application
from programmes.handovers.model import Handover, RegisterEntry
from programmes.titles.model import Honour


async def lock_handover(session: WriteSession, handover_id: UUID) -> Handover:
    """The record, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(Handover).where(Handover.tenant_id == session.tenant_id, Handover.id == handover_id).with_for_update()
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


async def find_by_correlation(session: WriteSession, correlation_id: UUID, direction: str) -> Handover | None:
    """This side's record of a passing, locked."""
    query = (
        select(Handover)
        .where(
            Handover.tenant_id == session.tenant_id,
            Handover.correlation_id == correlation_id,
            Handover.direction == direction,
        )
        .with_for_update()
    )
    return (await session.execute(query)).scalar_one_or_none()


async def get_of_sender(session: WriteSession, letter: Letter, direction: str) -> Handover:
    """This side's record of the passing a letter speaks of, locked; raises NOT_FOUND, also where the letter is not from the other side of it."""
    found = await find_by_correlation(session, UUID(letter.body["correlation_id"]), direction)
    if found is None or found.counterpart_id != letter.sender_id:
        raise NOT_FOUND()
    return found


async def find_outgoing(session: WriteSession, application_id: UUID) -> Handover | None:
    """The newest passing of a case upwards from here, locked."""
    query = (
        select(Handover)
        .where(
            Handover.tenant_id == session.tenant_id,
            Handover.application_id == application_id,
            Handover.direction == "outgoing",
        )
        .order_by(Handover.id.desc())
        .limit(1)
        .with_for_update()
    )
    return (await session.execute(query)).scalar_one_or_none()


async def find_live_passing(session: ReadSession, title_id: UUID, edition_id: UUID) -> Handover | None:
    """A request for the holder of this title, or his arrival by a push, in this edition; not one that has ended in a no."""
    query = select(Handover).where(
        Handover.tenant_id == session.tenant_id,
        Handover.direction == "incoming",
        Handover.title_id == title_id,
        Handover.edition_id == edition_id,
        Handover.state.not_in(["declined", "withdrawn"]),
    )
    return (await session.execute(query)).scalars().first()


async def list_outgoing_of_person(session: WriteSession, person_id: UUID) -> Sequence[Handover]:
    """Passings of a person's cases upwards from here, oldest first, locked."""
    cases = select(Application.id).where(Application.tenant_id == session.tenant_id, Application.person_id == person_id)
    query = select(Handover).where(
        Handover.tenant_id == session.tenant_id,
        Handover.direction == "outgoing",
        Handover.application_id.in_(cases),
    )
    return (await session.execute(query.order_by(Handover.id).with_for_update())).scalars().all()


async def list_accepted_of_person(session: ReadSession, person_id: UUID) -> Sequence[Handover]:
    """Passings of a person's cases that an upper union has accepted."""
    query = (
        select(Handover)
        .join(
            Application,
            (Application.tenant_id == Handover.tenant_id) & (Application.id == Handover.application_id),
        )
        .where(
            Handover.tenant_id == session.tenant_id,
            Handover.direction == "outgoing",
            Handover.state == "accepted",
            Application.person_id == person_id,
        )
    )
    return (await session.execute(query)).scalars().all()


async def lock_register_entry(session: WriteSession, entry_id: UUID) -> RegisterEntry:
    """A title announced from below, held until the transaction ends; raises NOT_FOUND."""
    query = select(RegisterEntry).where(RegisterEntry.tenant_id == session.tenant_id, RegisterEntry.id == entry_id)
    found = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


async def find_register_entry(session: WriteSession, source_title_id: UUID) -> RegisterEntry | None:
    """The entry of a title, locked."""
    query = (
        select(RegisterEntry)
        .where(RegisterEntry.tenant_id == session.tenant_id, RegisterEntry.source_title_id == source_title_id)
        .with_for_update()
    )
    return (await session.execute(query)).scalar_one_or_none()


async def knows_honour(session: WriteSession, person_id: UUID, case_id: UUID, state: str) -> bool:
    """Whether the news of this honour, in this state, is here already."""
    query = select(Honour.id).where(
        Honour.tenant_id == session.tenant_id,
        Honour.person_id == person_id,
        Honour.case_id == case_id,
        Honour.state == state,
    )
    return (await session.execute(query)).first() is not None
