"""Experts, sheets, meetings and resolutions in the database."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from kernel.foresight import Asked, Piece, found, tuple_of
from kernel.holding import Held, Lock, holding
from programmes.applications.model import Application, PeerLetter
from programmes.people.model import Person
from programmes.scoring.model import Assignment, Expert, Meeting, Resolution, ScoreSheet, ScoreSummary
from tenants.accounts.model import Membership

ASSIGNMENT = Lock(
    Assignment, Assignment.tenant_id == bindparam("tenant_id"), Assignment.id == bindparam("assignment_id")
)
CASE = Lock(Application, Application.tenant_id == bindparam("tenant_id"), Application.id == bindparam("application_id"))
SHEETS = Piece(
    select(func.count()).where(
        ScoreSheet.tenant_id == bindparam("tenant_id"), ScoreSheet.assignment_id == bindparam("assignment_id")
    ),
    tuple_of,
)


@asynccontextmanager
async def holding_assigned_case(
    session: WriteSession, assignment_id: UUID, ahead: Callable[[Assignment, Application], Sequence[Asked[Any]]]
) -> AsyncGenerator[tuple[Assignment, Application]]:
    """The assignment and then its case, held until the transaction ends, with what an act will ask about them; raises NOT_FOUND."""
    assignment = Held("assigned", ASSIGNMENT, assignment_id=assignment_id)
    case = Held("held", CASE, application_id=assignment.application_id)
    async with holding(session, [assignment, case], ahead) as (assignments, cases):
        if not assignments or not cases:
            raise NOT_FOUND()
        yield assignments[0], cases[0]


async def lock_assignment(session: WriteSession, assignment_id: UUID) -> Assignment:
    """The assignment, held until the transaction ends; raises NOT_FOUND."""
    query = (
        select(Assignment)
        .where(Assignment.tenant_id == session.tenant_id, Assignment.id == assignment_id)
        .with_for_update()
    )
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NOT_FOUND()
    return row


async def lock_meeting(session: WriteSession, meeting_id: UUID) -> Meeting:
    """The meeting, held until the transaction ends; raises NOT_FOUND."""
    query = select(Meeting).where(Meeting.tenant_id == session.tenant_id, Meeting.id == meeting_id).with_for_update()
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NOT_FOUND()
    return row


async def list_memberships(session: ReadSession, account_ids: Collection[UUID], on: date) -> Sequence[Membership]:
    """The memberships of these accounts that are in force on a day."""
    query = select(Membership).where(
        Membership.tenant_id == session.tenant_id,
        Membership.account_id.in_(account_ids),
        Membership.valid_from <= on,
        or_(Membership.valid_to.is_(None), Membership.valid_to > on),
    )
    return (await session.execute(query)).scalars().all()


async def list_experts(session: ReadSession, account_ids: Collection[UUID]) -> Sequence[Expert]:
    """What the pool knows of these accounts."""
    query = select(Expert).where(Expert.tenant_id == session.tenant_id, Expert.account_id.in_(account_ids))
    return (await session.execute(query)).scalars().all()


async def list_assignments(session: ReadSession, application_ids: Collection[UUID]) -> Sequence[Assignment]:
    """Every assignment of these cases."""
    query = (
        select(Assignment)
        .where(Assignment.tenant_id == session.tenant_id, Assignment.application_id.in_(application_ids))
        .order_by(Assignment.application_id, Assignment.id)
    )
    return (await session.execute(query)).scalars().all()


async def list_summaries(session: ReadSession, edition_id: UUID) -> Sequence[ScoreSummary]:
    """What the scored cases of an edition came to."""
    query = select(ScoreSummary).where(
        ScoreSummary.tenant_id == session.tenant_id, ScoreSummary.edition_id == edition_id
    )
    return (await session.execute(query)).scalars().all()


async def is_resolution_number_used(session: ReadSession, number: str) -> bool:
    """Whether a resolution of this union bears the number."""
    query = select(Resolution.id).where(Resolution.tenant_id == session.tenant_id, Resolution.number == number)
    return (await session.execute(query)).first() is not None


async def list_case_ids(session: ReadSession, edition_id: UUID, states: Collection[str]) -> Sequence[UUID]:
    """The organiser's cases of an edition in these states."""
    query = (
        select(Application.id)
        .where(
            Application.tenant_id == session.tenant_id,
            Application.edition_id == edition_id,
            Application.desk == "organiser",
            Application.state.in_(states),
        )
        .order_by(Application.id)
    )
    return (await session.execute(query)).scalars().all()


async def list_persons(session: ReadSession, application_ids: Collection[UUID]) -> dict[UUID, Person]:
    """Whose cases these are."""
    query = (
        select(Application.id, Person)
        .join(Person, (Person.tenant_id == Application.tenant_id) & (Person.id == Application.person_id))
        .where(Application.tenant_id == session.tenant_id, Application.id.in_(application_ids))
    )
    return dict((await session.execute(query)).all())


async def names_of(session: ReadSession, application_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of the people whose cases these are."""
    return {case_id: person.name for case_id, person in (await list_persons(session, application_ids)).items()}


async def list_letter_writers(
    session: ReadSession, application_ids: Collection[UUID]
) -> dict[UUID, set[tuple[str, str]]]:
    """Name and unit of the peers who wrote letters, by case."""
    query = select(PeerLetter.application_id, PeerLetter.expert_name, PeerLetter.expert_unit).where(
        PeerLetter.tenant_id == session.tenant_id,
        PeerLetter.application_id.in_(application_ids),
    )
    writers: defaultdict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for case_id, name, unit in await session.execute(query):
        writers[case_id].add((name, unit))
    return writers


async def count_sheets(session: ReadSession, assignment_id: UUID) -> int:
    """How many sheets an assignment has had, the ones given back included."""
    if (ahead := found(session, SHEETS, assignment_id=assignment_id)) is not None:
        return ahead[0][0]
    query = select(func.count()).where(
        ScoreSheet.tenant_id == session.tenant_id, ScoreSheet.assignment_id == assignment_id
    )
    return (await session.execute(query)).scalar_one()


async def list_totals(session: ReadSession, application_ids: Collection[UUID]) -> dict[UUID, list[int]]:
    """The totals of the sheets that count: the newest one of each submitted assignment."""
    query = (
        select(ScoreSheet.application_id, ScoreSheet.total)
        .join(Assignment, (Assignment.tenant_id == ScoreSheet.tenant_id) & (Assignment.id == ScoreSheet.assignment_id))
        .where(
            ScoreSheet.tenant_id == session.tenant_id,
            ScoreSheet.application_id.in_(application_ids),
            Assignment.state == "submitted",
        )
        .order_by(ScoreSheet.assignment_id, ScoreSheet.number.desc())
        .ext(distinct_on(ScoreSheet.assignment_id))
    )
    totals: defaultdict[UUID, list[int]] = defaultdict(list)
    for case_id, total in await session.execute(query):
        totals[case_id].append(total)
    return totals
