"""Which people and copies are due, and what still stands on a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union,
)

from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from kernel.outbox import Job
from programmes.applications.model import Application
from programmes.catalogue.model import Edition
from programmes.funding.model import FundingRecord
from programmes.funding.rules import FundingState
from programmes.handovers.model import Handover, RegisterEntry
from programmes.handovers.rules import Direction
from programmes.people.model import Person
from programmes.retention.model import ErasureRequest, RetentionPeriod
from programmes.retention.rules import periods
from programmes.retention.rules.periods import CASE_KINDS, RecordKind
from programmes.retention.rules.requests import Need
from programmes.studios.model import Studio
from programmes.studios.rules import StudioState
from programmes.titles.model import Honour, Title
from programmes.titles.rules import TitleState

Over = Mapping[RecordKind, datetime]
"""By kind, the moment before which the last change must lie."""
_UNFINISHED = ("ready", "leased", "dead")
_SETTLED = (FundingState.PAID, FundingState.CANCELLED)
_LAST_WORD = func.greatest(Application.updated_at, Application.upstream_at)


def kind_of_case() -> ColumnElement[str | None]:
    """`rules.periods.kind_of`, of an Application joined with its Edition."""
    ends = {state.value: kind.value for state, kind in periods.ENDS.items()}
    handed_on = Application.state.in_(periods.HANDED_ON)
    cancelled = and_(Edition.state == periods.EDITION_CANCELLED, Application.state.not_in(periods.CERTIFIED))
    unsent = and_(Edition.state.in_(periods.EDITION_OVER), Application.state.in_(periods.UNSENT))
    return case(
        *((Application.state == state, kind) for state, kind in ends.items()),
        *((and_(handed_on, Application.upstream_state == state), kind) for state, kind in ends.items()),
        (cancelled, RecordKind.UNSELECTED_CASE.value),
        (unsent, RecordKind.WITHDRAWN_CASE.value),
        else_=null(),
    )


async def list_periods(session: ReadSession) -> dict[RecordKind, int]:
    """The months that are set, by kind."""
    query = select(RetentionPeriod).where(RetentionPeriod.tenant_id == session.tenant_id)
    rows = (await session.execute(query)).scalars().all()
    return {RecordKind(row.kind): row.months for row in rows if row.months is not None}


async def lock_period(session: WriteSession, kind: RecordKind) -> RetentionPeriod | None:
    """The union's row for a kind, held."""
    query = select(RetentionPeriod).where(
        RetentionPeriod.tenant_id == session.tenant_id, RetentionPeriod.kind == kind.value
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def lock_request(session: WriteSession, request_id: UUID) -> ErasureRequest:
    """The request, held; raises NOT_FOUND."""
    query = select(ErasureRequest).where(ErasureRequest.tenant_id == session.tenant_id, ErasureRequest.id == request_id)
    found = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


async def lock_file(session: WriteSession, person_id: UUID) -> Person | None:
    """The person's file, held; None where there is none, or it is erased."""
    query = select(Person).where(
        Person.tenant_id == session.tenant_id, Person.id == person_id, Person.erased_on.is_(None)
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def list_due_people(session: ReadSession, over: Over, count: int) -> Sequence[UUID]:
    """People with a case that is due, or with nothing left; nobody of whom a job speaks that has not ended."""
    found = [_due_cases(session, over)]
    if RecordKind.PERSON_FILE in over:
        found.append(_due_files(session, over[RecordKind.PERSON_FILE]))
    together = union(*found).subquery()
    return (await session.execute(select(together.c.id).order_by(together.c.id).limit(count))).scalars().all()


async def list_due_cases(session: ReadSession, person_id: UUID, over: Over) -> Sequence[UUID]:
    """The person's cases whose period has run out."""
    query = (
        select(Application.id)
        .join(Edition, Edition.id == Application.edition_id)
        .where(_is_due(session, over), Application.person_id == person_id)
    )
    return (await session.execute(query.order_by(Application.id))).scalars().all()


async def list_cases(session: ReadSession, person_id: UUID) -> Sequence[UUID]:
    """All cases of the person that hold something of him."""
    query = select(Application.id).where(
        Application.tenant_id == session.tenant_id,
        Application.person_id == person_id,
        Application.erased_on.is_(None),
    )
    return (await session.execute(query.order_by(Application.id))).scalars().all()


async def list_due_copies(session: ReadSession, over: Over, count: int) -> Sequence[tuple[RecordKind, UUID]]:
    """Dossiers that were not taken in, and lines of the register that hold no longer, whose period has run out."""
    found: list[tuple[RecordKind, UUID]] = []
    for kind, model, ended in (
        (RecordKind.HANDOVER_COPY, Handover, and_(Handover.application_id.is_(None), _copy_is_over())),
        (RecordKind.REGISTER_LINE, RegisterEntry, RegisterEntry.state.in_(periods.LINE_OVER)),
    ):
        if kind in over:
            old = and_(model.tenant_id == session.tenant_id, model.erased_on.is_(None), model.updated_at <= over[kind])
            query = select(model.id).where(old, ended).order_by(model.id).limit(count)
            found += [(kind, key) for key in (await session.execute(query)).scalars()]
    return found[:count]


async def find_needs(session: ReadSession, person_id: UUID) -> list[Need]:
    """What still stands on a file."""
    asked = select(*(clause.label(need) for need, clause in _needs(session, person_id).items()))
    row = (await session.execute(asked)).mappings().one()
    return [need for need in Need if row[need]]


async def is_spoken_of(session: ReadSession, person_id: UUID) -> bool:
    """Whether a job that has not ended speaks of the person or one of his cases; only the courier may ask."""
    return bool((await session.execute(select(_job_speaks(session, literal(person_id, Uuid()))))).scalar_one())


def _due_cases(session: ReadSession, over: Over) -> Select[Any]:
    return (
        select(Application.person_id.label("id"))
        .join(Edition, Edition.id == Application.edition_id)
        .where(_is_due(session, over), ~_job_speaks(session, Application.person_id))
    )


def _due_files(session: ReadSession, before: datetime) -> Select[Any]:
    left = Person.tenant_id == session.tenant_id
    return select(Person.id).where(
        left,
        Person.erased_on.is_(None),
        Person.updated_at <= before,
        ~exists().where(_case_of(session, Person.id), Application.erased_on.is_(None)),
        *(~clause for need, clause in _needs(session, Person.id).items() if need is not Need.CASE),
        ~_job_speaks(session, Person.id),
    )


def _is_due(session: ReadSession, over: Over) -> ColumnElement[bool]:
    kind = kind_of_case()
    ended = [and_(kind == each.value, over[each] >= _LAST_WORD) for each in sorted(CASE_KINDS) if each in over]
    of_tenant = and_(Application.tenant_id == session.tenant_id, Application.erased_on.is_(None))
    return and_(of_tenant, or_(*ended) if ended else null().is_not(None))


def _copy_is_over() -> ColumnElement[bool]:
    return and_(Handover.state.in_(periods.COPY_OVER), Handover.direction.in_(list(Direction)))


def _case_of(session: ReadSession, person_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a key or a column
    return and_(Application.tenant_id == session.tenant_id, Application.person_id == person_id)


def _needs(session: ReadSession, person_id: Any) -> dict[Need, ColumnElement[bool]]:  # noqa: ANN401 - a key or a column
    tenant = session.tenant_id
    going_on = (
        select(Application.id)
        .outerjoin(Edition, Edition.id == Application.edition_id)
        .where(_case_of(session, person_id), Application.erased_on.is_(None), kind_of_case().is_(None))
        .where(Application.state.not_in(periods.CERTIFIED))
    )
    return {
        Need.CASE: going_on.where(~_ended_in_a_title()).exists(),
        Need.TITLE: exists().where(
            Title.tenant_id == tenant, Title.person_id == person_id, Title.state == TitleState.IN_FORCE
        ),
        Need.HONOUR: exists().where(
            Honour.tenant_id == tenant, Honour.person_id == person_id, Honour.state == TitleState.IN_FORCE
        ),
        Need.STUDIO: exists().where(
            Studio.tenant_id == tenant, Studio.leader_id == person_id, Studio.state == StudioState.NAMED
        ),
        Need.FUNDING: exists().where(
            FundingRecord.tenant_id == tenant,
            FundingRecord.person_id == person_id,
            FundingRecord.state.not_in(_SETTLED),
        ),
    }


def _ended_in_a_title() -> ColumnElement[bool]:
    """A case that was handed on and certified above: the honour speaks for it."""
    return and_(
        Application.state.in_(periods.HANDED_ON), func.coalesce(Application.upstream_state, "").in_(periods.CERTIFIED)
    )


def _job_speaks(session: ReadSession, person_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a key or a column
    waiting = and_(Job.tenant_id == session.tenant_id, Job.state.in_(_UNFINISHED))
    of_case = (
        select(Job.id)
        .join(Application, Job.ordering_key == func.concat("case:", cast(Application.case_id, Text)))
        .where(waiting, _case_of(session, person_id))
    )
    of_person = select(Job.id).where(waiting, Job.ordering_key == func.concat("person:", cast(person_id, Text)))
    return or_(of_case.exists(), of_person.exists())
