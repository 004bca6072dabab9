"""Writing the catalogue's rows; only for its own services."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from kernel.database import WriteSession
from kernel.ids import new_id
from programmes.catalogue.ahead import held_grant
from programmes.catalogue.errors import EDITION_NOT_FOUND
from programmes.catalogue.model import Edition, ExtraUnit, Quota, RecommendingGrant


async def lock_edition(session: WriteSession, edition_id: UUID) -> Edition:
    """An edition of this tenant, locked until the transaction ends; raises EDITION_NOT_FOUND, also for another organiser's."""
    chosen = select(Edition).where(Edition.tenant_id == session.tenant_id, Edition.id == edition_id)
    found = (await session.execute(chosen.with_for_update())).scalar_one_or_none()
    if found is None:
        raise EDITION_NOT_FOUND(path=("input", "id"))
    return found


async def insert_edition(session: WriteSession, values: Mapping[str, Any], at: datetime) -> Edition | None:
    """The new edition; None where the programme has one of that year and cohort already."""
    fresh = await session.execute(
        insert(Edition)
        .values(id=new_id(), tenant_id=session.tenant_id, version=1, created_at=at, updated_at=at, filled={}, **values)
        .on_conflict_do_nothing()
        .returning(Edition)
    )
    return fresh.scalar_one_or_none()


async def save_quota(
    session: WriteSession, edition_id: UUID, unit_id: UUID, places: int, factors: Mapping[str, Any], at: datetime
) -> Quota:
    """Give a unit its places, or change them."""
    written = insert(Quota).values(
        id=new_id(),
        tenant_id=session.tenant_id,
        edition_id=edition_id,
        unit_id=unit_id,
        places=places,
        factors=dict(factors),
        version=1,
        created_at=at,
        updated_at=at,
    )
    changed = {"places": places, "factors": dict(factors), "version": Quota.version + 1, "updated_at": at}
    saved = written.on_conflict_do_update(
        index_elements=[Quota.tenant_id, Quota.edition_id, Quota.unit_id], set_=changed
    ).returning(Quota)
    return (await session.execute(saved, execution_options={"populate_existing": True})).scalar_one()


async def save_extra_unit(
    session: WriteSession,
    edition_id: UUID,
    unit_id: UUID,
    places: int | None,
    approval: tuple[str, str, date],
    at: datetime,
) -> ExtraUnit:
    """Record an approval, or a further one for the same unit; `approval` is document number, approver and day."""
    document_no, approved_by, approved_on = approval
    content = {
        "places": places,
        "document_no": document_no,
        "approved_by": approved_by,
        "approved_on": approved_on,
        "recorded_at": at,
    }
    written = insert(ExtraUnit).values(
        id=new_id(), tenant_id=session.tenant_id, edition_id=edition_id, unit_id=unit_id, **content
    )
    saved = written.on_conflict_do_update(
        index_elements=[ExtraUnit.tenant_id, ExtraUnit.edition_id, ExtraUnit.unit_id], set_=content
    ).returning(ExtraUnit)
    return (await session.execute(saved, execution_options={"populate_existing": True})).scalar_one()


async def save_grant(
    session: WriteSession, edition_id: UUID, kind: str, places: int | None, document_no: str | None, at: datetime
) -> UUID:
    """Keep what an organiser allows this tenant; a later letter of the same edition replaces it, but never takes places that are used."""
    content = {"kind": kind, "places": places, "document_no": document_no, "granted_at": at}
    kept = {
        **content,
        "places": func.greatest(literal(places, Integer), RecommendingGrant.used) if places is not None else None,
    }
    written = insert(RecommendingGrant).values(
        id=new_id(), tenant_id=session.tenant_id, edition_id=edition_id, used=0, **content
    )
    saved = written.on_conflict_do_update(
        index_elements=[RecommendingGrant.tenant_id, RecommendingGrant.edition_id], set_=kept
    ).returning(RecommendingGrant.id)
    return (await session.execute(saved)).scalar_one()


async def take_place(session: WriteSession, edition_id: UUID) -> bool:
    """Use one place, under a lock or in one statement, so that parallel calls can never use more than there are; False where none is left or none was given."""
    if (held := held_grant(session, edition_id)) is not None:
        return any(_take(grant) for grant in held)
    taken = (
        update(RecommendingGrant)
        .where(
            RecommendingGrant.tenant_id == session.tenant_id,
            RecommendingGrant.edition_id == edition_id,
            or_(RecommendingGrant.places.is_(None), RecommendingGrant.used < RecommendingGrant.places),
        )
        .values(used=RecommendingGrant.used + 1)
        .returning(RecommendingGrant.used)
    )
    return (await session.execute(taken)).first() is not None


def _take(grant: RecommendingGrant) -> bool:
    is_left = grant.places is None or grant.used < grant.places
    grant.used += is_left
    return is_left


async def give_place_back(session: WriteSession, edition_id: UUID) -> bool:
    """Free one used place; False where none is used."""
    freed = (
        update(RecommendingGrant)
        .where(
            RecommendingGrant.tenant_id == session.tenant_id,
            RecommendingGrant.edition_id == edition_id,
            RecommendingGrant.used > 0,
        )
        .values(used=RecommendingGrant.used - 1)
        .returning(RecommendingGrant.used)
    )
    return (await session.execute(freed)).first() is not None
