"""Reading the catalogue: programmes, editions, and the rulebook an edition was issued with."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import ReadSession
from programmes.catalogue.errors import EDITION_NOT_FOUND, PROGRAMME_NOT_FOUND
from programmes.catalogue.model import Edition, ExtraUnit, Programme, Quota, RecommendingGrant, RulebookVersion
from programmes.catalogue.rules.filling import MissingValue, merge, missing_values
from programmes.catalogue.rules.rulebook import Rulebook
from tenants.facts import TenantFacts
from tenants.queries import list_ancestors

_CACHE_SIZE = 512
_cache: OrderedDict[str, Rulebook] = OrderedDict()


@dataclass(frozen=True)
class EditionCursor:
    """Where a page of editions ended; the next begins below it."""

    year: int
    id: UUID


@dataclass(frozen=True)
class DueEdition:
    """An edition that its schedule moves: `act` is open or close, to be done by its organiser."""

    organiser_id: UUID
    edition_id: UUID
    act: str


async def rulebook_of(session: ReadSession, edition_id: UUID) -> Rulebook:
    """The rules an edition runs by: locked at issue; of a draft, as they would be issued now. Raises EDITION_NOT_FOUND.

    A rulebook is parsed once per process and content (its SHA-256).
    """
    row = (
        await session.execute(
            select(Edition.rules_sha256, Edition.rulebook_version_id, Edition.filled).where(Edition.id == edition_id)
        )
    ).one_or_none()
    if row is None:
        raise EDITION_NOT_FOUND(path=("id",))
    if row.rules_sha256 is None:
        return merge(await rulebook_version(session, row.rulebook_version_id), values_of(row.filled))
    known = _known(row.rules_sha256)
    if known is None:
        content = (await session.execute(select(Edition.rules).where(Edition.id == edition_id))).scalar_one()
        known = _remember(row.rules_sha256, content or {})
    return known


async def rulebook_version(session: AsyncSession, version_id: UUID) -> Rulebook:
    """A shipped rulebook as it was loaded, silent values null."""
    sha256 = (
        await session.execute(select(RulebookVersion.sha256).where(RulebookVersion.id == version_id))
    ).scalar_one()
    known = _known(sha256)
    if known is None:
        found = select(RulebookVersion.content).where(RulebookVersion.id == version_id)
        known = _remember(sha256, (await session.execute(found)).scalar_one())
    return known


async def list_programmes(session: AsyncSession) -> Sequence[Programme]:
    """All programmes, by their code; a reference table that everybody may read."""
    return (await session.execute(select(Programme).order_by(Programme.code))).scalars().all()


async def get_programme(session: AsyncSession, code: str) -> Programme:
    """A programme by its code; raises PROGRAMME_NOT_FOUND."""
    found = (await session.execute(select(Programme).where(Programme.code == code))).scalar_one_or_none()
    if found is None:
        raise PROGRAMME_NOT_FOUND(path=("code",))
    return found


async def list_rulebook_versions(session: AsyncSession, programme_id: UUID) -> Sequence[RulebookVersion]:
    """The versions of a programme's rules, the oldest first."""
    chosen = select(RulebookVersion).where(RulebookVersion.programme_id == programme_id)
    return (await session.execute(chosen.order_by(RulebookVersion.version))).scalars().all()


async def find_edition(session: ReadSession, edition_id: UUID) -> Edition | None:
    """An edition this tenant may know of: its own, or one that is published."""
    return (await session.execute(select(Edition).where(Edition.id == edition_id))).scalar_one_or_none()


async def get_edition(session: ReadSession, edition_id: UUID) -> Edition:
    """An edition this tenant may know of; raises EDITION_NOT_FOUND. `tenant_id` is its organiser."""
    found = await find_edition(session, edition_id)
    if found is None:
        raise EDITION_NOT_FOUND(path=("id",))
    return found


async def list_editions(
    session: ReadSession,
    tenant: TenantFacts,
    *,
    limit: int,
    after: EditionCursor | None = None,
    year: int | None = None,
    states: frozenset[str] | None = None,
) -> Sequence[Edition]:
    """The tenant's own editions, drafts too, and the published ones of those above it on both lines; the newest year first."""
    organisers = [tenant.id, *(superior.id for superior in await list_ancestors(session, tenant))]
    chosen = select(Edition).where(Edition.tenant_id.in_(organisers), _published_or_own(tenant.id))
    if after is not None:
        chosen = chosen.where(tuple_(Edition.year, Edition.id) < tuple_(after.year, after.id))
    if year is not None:
        chosen = chosen.where(Edition.year == year)
    if states is not None:
        chosen = chosen.where(Edition.state.in_(sorted(states)))
    ordered = chosen.order_by(Edition.year.desc(), Edition.id.desc()).limit(limit)
    return (await session.execute(ordered)).scalars().all()


async def list_quotas(session: ReadSession, edition_id: UUID) -> Sequence[Quota]:
    """The places an edition of this tenant gives, in the order in which they were set."""
    return (
        (await session.execute(select(Quota).where(*_own(session, Quota, edition_id)).order_by(Quota.id)))
        .scalars()
        .all()
    )


async def list_extra_units(session: ReadSession, edition_id: UUID) -> Sequence[ExtraUnit]:
    """The further recommending units that were approved for an edition of this tenant."""
    return (
        (await session.execute(select(ExtraUnit).where(*_own(session, ExtraUnit, edition_id)).order_by(ExtraUnit.id)))
        .scalars()
        .all()
    )


async def find_grant(session: ReadSession, edition_id: UUID) -> RecommendingGrant | None:
    """What an edition allows this tenant as a recommending unit, if the organiser has told it."""
    found = select(RecommendingGrant).where(*_own(session, RecommendingGrant, edition_id))
    return (await session.execute(found)).scalar_one_or_none()


async def list_due_editions(session: ReadSession, today: date) -> Sequence[DueEdition]:
    """Published editions, of whichever organiser, whose opening day has come or whose last day has passed."""
    due = or_(
        and_(Edition.state == "issued", Edition.opens_on <= today),
        and_(Edition.state == "open", Edition.closes_on < today),
    )
    rows = await session.execute(select(Edition.tenant_id, Edition.id, Edition.state).where(due).order_by(Edition.id))
    return [DueEdition(row.tenant_id, row.id, "open" if row.state == "issued" else "close") for row in rows]


async def list_missing_values(session: ReadSession, edition: Edition) -> list[MissingValue]:
    """What must still be filled in before the edition can be issued; of an issued one, nothing."""
    if edition.rules_sha256 is not None:
        return []
    return missing_values(await rulebook_version(session, edition.rulebook_version_id), values_of(edition.filled))


def values_of(filled: dict[str, Any]) -> dict[str, Any]:
    """The values alone, of the record of who filled what: key → {value, by, at}."""
    return {key: entry["value"] for key, entry in filled.items()}


def _published_or_own(tenant_id: UUID) -> ColumnElement[bool]:
    return or_(Edition.tenant_id == tenant_id, Edition.state != "draft")


def _own(
    session: ReadSession, table: type[Quota | ExtraUnit | RecommendingGrant], edition_id: UUID
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.tenant_id == session.tenant_id, table.edition_id == edition_id


def _known(sha256: str) -> Rulebook | None:
    found = _cache.get(sha256)
    if found is not None:
        _cache.move_to_end(sha256)
    return found


def _remember(sha256: str, content: dict[str, Any]) -> Rulebook:
    rulebook = Rulebook.model_validate(content)
    _cache[sha256] = rulebook
    if len(_cache) > _CACHE_SIZE:
        _cache.popitem(last=False)
    return rulebook
