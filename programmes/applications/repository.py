"""Cases in the database."""

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from kernel.clock import Clock
from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from kernel.foresight import Asked, Piece, fetch_together, found, found_again, tuple_of
from kernel.holding import Held, Lock, holding
from programmes.applications.model import Application, CaseClaim, Evidence, PeerLetter, ReviewCheck, Snapshot
from programmes.applications.rules.transitions import Desk, State
from programmes.catalogue.ahead import hold_grant
from programmes.catalogue.model import RecommendingGrant

CASE = Lock(Application, Application.tenant_id == bindparam("tenant_id"), Application.id == bindparam("application_id"))
PLACES = Lock(
    RecommendingGrant,
    RecommendingGrant.tenant_id == bindparam("tenant_id"),
    RecommendingGrant.edition_id == bindparam("edition_id"),
)
EVIDENCE = Piece.of_rows(
    Evidence,
    lambda chosen: chosen.where(
        Evidence.tenant_id == bindparam("tenant_id"), Evidence.application_id == bindparam("application_id")
    ).order_by(Evidence.id),
)
LETTERS = Piece.of_rows(
    PeerLetter,
    lambda chosen: chosen.where(
        PeerLetter.tenant_id == bindparam("tenant_id"), PeerLetter.application_id == bindparam("application_id")
    ).order_by(PeerLetter.id),
)
LAST_SNAPSHOT = Piece(
    select(func.coalesce(func.max(Snapshot.number), 0)).where(
        Snapshot.tenant_id == bindparam("tenant_id"), Snapshot.application_id == bindparam("application_id")
    ),
    tuple_of,
)
RANK_HOLDERS = Piece(
    select(Application.id).where(
        Application.tenant_id == bindparam("tenant_id"),
        Application.edition_id == bindparam("edition_id"),
        Application.recommending_unit_id == bindparam("tenant_id"),
        Application.rank == bindparam("rank"),
        Application.id != bindparam("application_id"),
    ),
    tuple_of,
)


@asynccontextmanager
async def holding_case(
    session: WriteSession, application_id: UUID, ahead: Callable[[Application], Sequence[Asked[Any]]]
) -> AsyncGenerator[Application]:
    """The case, held until the transaction ends, with what an act will ask about it; raises NOT_FOUND."""
    async with holding(session, [Held("held", CASE, application_id=application_id)], ahead) as (cases,):
        if not cases:
            raise NOT_FOUND()
        yield cases[0]


@asynccontextmanager
async def holding_case_and_places(
    session: WriteSession, application_id: UUID, ahead: Callable[[Application], Sequence[Asked[Any]]]
) -> AsyncGenerator[Application]:
    """Likewise; then also the places its edition gives this tenant are held."""
    case = Held("held", CASE, application_id=application_id)
    places = Held("places", PLACES, edition_id=case.edition_id)

    def first_of(held: Application, _places: RecommendingGrant | None) -> Sequence[Asked[Any]]:
        return ahead(held)

    async with holding(session, [case, places], first_of) as (cases, grants):
        if not cases:
            raise NOT_FOUND()
        hold_grant(session, cases[0].edition_id, grants)
        yield cases[0]


async def lock_application(session: WriteSession, application_id: UUID) -> Application:
    """The case, held until the transaction ends; raises NOT_FOUND."""
    return (await lock_applications(session, [application_id]))[0]


async def lock_applications(session: WriteSession, application_ids: Sequence[UUID]) -> list[Application]:
    """The cases in the order asked for, locked in the order of their ids (so that two batches cannot block each other); raises NOT_FOUND if one is missing."""
    query = (
        select(Application)
        .where(Application.tenant_id == session.tenant_id, Application.id.in_(set(application_ids)))
        .order_by(Application.id)
        .with_for_update()
    )
    found = {row.id: row for row in (await session.execute(query)).scalars()}
    if len(found) != len(set(application_ids)):
        raise NOT_FOUND()
    return [found[application_id] for application_id in application_ids]


async def find_case(session: ReadSession, case_id: UUID) -> Application | None:
    """The tenant's newest row of a case."""
    query = (
        select(Application)
        .where(Application.tenant_id == session.tenant_id, Application.case_id == case_id)
        .order_by(Application.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def list_evidence(session: ReadSession, application_id: UUID) -> Sequence[Evidence]:
    """The supporting material of a case, in the order it was entered."""
    if (ahead := found(session, EVIDENCE, application_id=application_id)) is not None:
        return ahead
    query = (
        select(Evidence)
        .where(Evidence.tenant_id == session.tenant_id, Evidence.application_id == application_id)
        .order_by(Evidence.id)
    )
    return (await session.execute(query)).scalars().all()


async def list_letters(session: ReadSession, application_id: UUID) -> Sequence[PeerLetter]:
    """The peers' letters of a case, in the order they were entered."""
    if (ahead := found(session, LETTERS, application_id=application_id)) is not None:
        return ahead
    query = (
        select(PeerLetter)
        .where(PeerLetter.tenant_id == session.tenant_id, PeerLetter.application_id == application_id)
        .order_by(PeerLetter.id)
    )
    return (await session.execute(query)).scalars().all()


async def is_rank_taken(session: ReadSession, application: Application, rank: int) -> bool:
    """Whether another nominee of this tenant stands at this place in the edition."""
    asked = rank_holders(application, rank)
    holders = found_again(session, asked)
    if holders is None:
        (holders,) = await fetch_together(session, asked)
    return bool(holders)


def rank_holders(application: Application, rank: int | None) -> Asked[tuple[Any, ...]]:
    """What `is_rank_taken` reads."""
    return RANK_HOLDERS.of(edition_id=application.edition_id, rank=rank, application_id=application.id)


async def next_snapshot_number(session: ReadSession, application_id: UUID) -> int:
    """One more than the case's last snapshot."""
    if (ahead := found(session, LAST_SNAPSHOT, application_id=application_id)) is not None:
        return ahead[0][0] + 1
    query = select(func.coalesce(func.max(Snapshot.number), 0)).where(
        Snapshot.tenant_id == session.tenant_id,
        Snapshot.application_id == application_id,
    )
    return (await session.execute(query)).scalar_one() + 1


async def replace_checks(session: WriteSession, application_id: UUID, checks: Sequence[ReviewCheck]) -> None:
    """The checklist of the newest formal review; an earlier one stays in the audit trail."""
    await session.execute(
        delete(ReviewCheck).where(
            ReviewCheck.tenant_id == session.tenant_id, ReviewCheck.application_id == application_id
        ),
    )
    session.add_all(checks)


async def claim_person(session: WriteSession, application: Application, person_index: bytes, clock: Clock) -> bool:
    """Take the person's one route in this edition; False where somebody else in the country holds it."""
    values = {
        "edition_id": application.edition_id,
        "person_index": person_index,
        "tenant_id": session.tenant_id,
        "case_id": application.case_id,
        "claimed_at": clock.now(),
    }
    taken = await session.execute(
        insert(CaseClaim).values(**values).on_conflict_do_nothing().returning(CaseClaim.case_id)
    )
    if taken.first() is not None:
        return True
    own = select(CaseClaim.case_id).where(
        CaseClaim.tenant_id == session.tenant_id,
        CaseClaim.edition_id == application.edition_id,
        CaseClaim.person_index == person_index,
    )
    return (await session.execute(own)).scalar_one_or_none() == application.case_id


async def release_claim(session: WriteSession, application: Application) -> None:
    """Give the person's route back, if it is held from here."""
    await session.execute(
        delete(CaseClaim).where(
            CaseClaim.tenant_id == session.tenant_id,
            CaseClaim.edition_id == application.edition_id,
            CaseClaim.case_id == application.case_id,
        ),
    )


async def find_live_case(
    session: ReadSession, edition_id: UUID, person_id: UUID, closed: Collection[str]
) -> Application | None:
    """The person's case in this edition that has not ended."""
    query = select(Application).where(
        Application.tenant_id == session.tenant_id,
        Application.edition_id == edition_id,
        Application.person_id == person_id,
        Application.state.not_in(closed),
    )
    return (await session.execute(query)).scalars().first()


async def list_certified_editions(session: ReadSession, person_id: UUID) -> Sequence[UUID]:
    """The editions by which this tenant, as organiser, gave the person a title that still stands."""
    query = select(Application.edition_id).where(
        Application.tenant_id == session.tenant_id,
        Application.person_id == person_id,
        Application.desk == Desk.ORGANISER,
        Application.state == State.CERTIFIED,
    )
    return (await session.execute(query)).scalars().all()


async def clear_material(session: WriteSession, application_id: UUID) -> None:
    """Take out evidence and letters, before a newer dossier's are put in."""
    for table in (Evidence, PeerLetter):
        await session.execute(
            delete(table).where(table.tenant_id == session.tenant_id, table.application_id == application_id)
        )


async def count_nominees(session: ReadSession, application: Application) -> int:
    """How many cases of the same recommending unit stand in this edition here, those given back or withdrawn left out."""
    query = select(func.count()).where(
        Application.tenant_id == session.tenant_id,
        Application.edition_id == application.edition_id,
        Application.recommending_unit_id == application.recommending_unit_id,
        Application.desk == application.desk,
        Application.state.not_in(["returned", "withdrawn"]),
    )
    return (await session.execute(query)).scalar_one()
