"""Reading the catalogue: programmes, editions, and the rulebook an edition was issued with."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, and_, any_, bindparam, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import ReadSession
from kernel.direct import Fetching
from kernel.foresight import found
from kernel.prepared import Prepared
from programmes.catalogue.ahead import EDITION, GRANT, PROGRAMMES
from programmes.catalogue.errors import EDITION_NOT_FOUND, PROGRAMME_NOT_FOUND
from programmes.catalogue.model import Edition, ExtraUnit, Programme, Quota, RecommendingGrant, RulebookVersion
from programmes.catalogue.rules.filling import MissingValue, merge, missing_values
from programmes.catalogue.rules.rulebook import Rulebook
from tenants.facts import TenantFacts
from tenants.model import Level, Tenant
from tenants.queries import above, list_ancestors

_IDS = any_(bindparam("ids", type_=ARRAY(Edition.id.type)))
_OF_HASHES = any_(bindparam("hashes", type_=ARRAY(RulebookVersion.sha256.type)))
_RULES = Prepared(
    select(Edition.id, Edition.rules_sha256, Edition.filled, RulebookVersion.sha256)
    .join(RulebookVersion, RulebookVersion.id == Edition.rulebook_version_id)
    .where(Edition.id == _IDS)
)
_HASHES = Prepared(select(RulebookVersion.id, RulebookVersion.sha256).where(RulebookVersion.id == _IDS))
_LOCKED = Prepared(
    select(Edition.rules_sha256, Edition.rules).where(Edition.id == _IDS, Edition.rules_sha256 == _OF_HASHES)
)
_SHIPPED = Prepared(select(RulebookVersion.sha256, RulebookVersion.content).where(RulebookVersion.sha256 == _OF_HASHES))
_FILLED = Prepared(
    select(Edition.id, Edition.rules_sha256, Edition.rulebook_version_id, Edition.filled).where(Edition.id == _IDS)
)
_CACHE_SIZE = 512
_cache: OrderedDict[str, Rulebook] = OrderedDict()


@dataclass(frozen=True)
class EditionCursor:
    """Where a page of editions ended; the next begins below it."""

    year: int
    id: UUID


@dataclass(frozen=True)
class _RulesRow:
    """What says which rules an edition runs by."""

    id: UUID
    rules_sha256: str | None
    filled: dict[str, Any]
    shipped_sha256: str


@dataclass(frozen=True)
class DueEdition:
    """An edition that its schedule moves: `act` is open or close, to be done by its organiser."""

    organiser_id: UUID
    edition_id: UUID
    act: str


async def rulebook_of(session: Fetching, edition_id: UUID) -> Rulebook:
    """The rules an edition runs by: locked at issue; of a draft, as they would be issued now. Raises EDITION_NOT_FOUND.

    A rulebook is parsed once per process and content (its SHA-256).
    """
    books = await rulebooks_of(session, [edition_id])
    if edition_id not in books:
        raise EDITION_NOT_FOUND(path=("id",))
    return books[edition_id]


async def rulebooks_of(session: Fetching, edition_ids: Collection[UUID]) -> dict[UUID, Rulebook]:
    """`rulebook_of` for several at once: one statement, and two more at most for contents this process has not parsed yet."""
    rows = await _rules_of(session, edition_ids)
    locked = {row.rules_sha256 for row in rows if row.rules_sha256 is not None}
    shipped = {row.shipped_sha256 for row in rows if row.rules_sha256 is None}
    books = await _parsed(session, locked, _LOCKED, ids=list(edition_ids))
    books |= await _parsed(session, shipped, _SHIPPED)
    return {
        row.id: books[row.rules_sha256]
        if row.rules_sha256 is not None
        else merge(books[row.shipped_sha256], values_of(row.filled))
        for row in rows
    }


async def _rules_of(session: Fetching, edition_ids: Collection[UUID]) -> Sequence[_RulesRow]:
    ahead = [found(session, EDITION, edition_id=edition_id) for edition_id in edition_ids]
    if None not in ahead:
        return [
            _RulesRow(edition.id, edition.rules_sha256, edition.filled, shipped)
            for rows in ahead
            for edition, shipped in rows or ()
        ]
    return [_RulesRow(*row) for row in await session.fetch(_RULES, ids=list(edition_ids))]


async def rulebook_version(session: Fetching, version_id: UUID) -> Rulebook:
    """A shipped rulebook as it was loaded, silent values null."""
    return (await rulebook_versions(session, [version_id]))[version_id]


async def rulebook_versions(session: Fetching, version_ids: Collection[UUID]) -> dict[UUID, Rulebook]:
    """Several shipped rulebooks by the ids of their versions."""
    hashes: dict[UUID, str] = dict(await session.fetch(_HASHES, ids=list(version_ids)))
    books = await _parsed(session, set(hashes.values()), _SHIPPED)
    return {version_id: books[sha256] for version_id, sha256 in hashes.items()}


async def list_programmes(session: ReadSession) -> Sequence[Programme]:
    """All programmes, by their code; a reference table that everybody may read."""
    if (ahead := found(session, PROGRAMMES)) is not None:
        return ahead
    return (await session.execute(select(Programme).order_by(Programme.code))).scalars().all()


async def get_programme(session: AsyncSession, code: str) -> Programme:
    """A programme by its code; raises PROGRAMME_NOT_FOUND."""
    programme = (await session.execute(select(Programme).where(Programme.code == code))).scalar_one_or_none()
    if programme is None:
        raise PROGRAMME_NOT_FOUND(path=("code",))
    return programme


async def list_rulebook_versions(session: AsyncSession, programme_id: UUID) -> Sequence[RulebookVersion]:
    """The versions of a programme's rules, the oldest first."""
    chosen = select(RulebookVersion).where(RulebookVersion.programme_id == programme_id)
    return (await session.execute(chosen.order_by(RulebookVersion.version))).scalars().all()


async def find_edition(session: ReadSession, edition_id: UUID) -> Edition | None:
    """An edition this tenant may know of: its own, or one that is published."""
    if (ahead := found(session, EDITION, edition_id=edition_id)) is not None:
        return next((edition for edition, _ in ahead), None)
    return (await session.execute(select(Edition).where(Edition.id == edition_id))).scalar_one_or_none()


async def get_edition(session: ReadSession, edition_id: UUID) -> Edition:
    """An edition this tenant may know of; raises EDITION_NOT_FOUND. `tenant_id` is its organiser."""
    edition = await find_edition(session, edition_id)
    if edition is None:
        raise EDITION_NOT_FOUND(path=("id",))
    return edition


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
    if (ahead := found(session, GRANT, edition_id=edition_id)) is not None:
        return next(iter(ahead), None)
    query = select(RecommendingGrant).where(*_own(session, RecommendingGrant, edition_id))
    return (await session.execute(query)).scalar_one_or_none()


async def list_due_editions(session: ReadSession, today: date) -> Sequence[DueEdition]:
    """Published editions, of whichever organiser, whose opening day has come or whose last day has passed."""
    due = or_(
        and_(Edition.state == "issued", Edition.opens_on <= today),
        and_(Edition.state == "open", Edition.closes_on < today),
    )
    rows = await session.execute(select(Edition.tenant_id, Edition.id, Edition.state).where(due).order_by(Edition.id))
    return [DueEdition(row.tenant_id, row.id, "open" if row.state == "issued" else "close") for row in rows]


async def list_missing_values(session: Fetching, edition: Edition) -> list[MissingValue]:
    """What must still be filled in before the edition can be issued; of an issued one, nothing."""
    if edition.rules_sha256 is not None:
        return []
    return missing_values(await rulebook_version(session, edition.rulebook_version_id), values_of(edition.filled))


async def list_missing_of(session: Fetching, edition_ids: Collection[UUID]) -> dict[UUID, list[MissingValue]]:
    """`list_missing_values` of several editions at once."""
    rows = await session.fetch(_FILLED, ids=list(edition_ids))
    drafts = {edition_id: (version_id, filled) for edition_id, issued, version_id, filled in rows if issued is None}
    books = await rulebook_versions(session, {version_id for version_id, _ in drafts.values()}) if drafts else {}
    return {edition_id: [] for edition_id, *_ in rows} | {
        edition_id: missing_values(books[version_id], values_of(filled))
        for edition_id, (version_id, filled) in drafts.items()
    }


async def list_level_codes(session: AsyncSession) -> set[str]:
    """The rungs of the organisation that a rule may name."""
    return set((await session.execute(select(Level.code))).scalars())


def own_or_above(tenant: TenantFacts) -> ColumnElement[bool]:
    """The condition of a list of editions: the tenant's own, and the published ones of those above it on both lines.

    It begins with the few unions that hold them, so that an index leads to those whatever the number of editions in the country.
    """
    holders = func.array(select(Tenant.id).where(or_(Tenant.id == tenant.id, above(tenant))).scalar_subquery())
    return and_(Edition.tenant_id == any_(holders), _published_or_own(tenant.id))


def values_of(filled: dict[str, Any]) -> dict[str, Any]:
    """The values alone, of the record of who filled what: key → {value, by, at}."""
    return {key: entry["value"] for key, entry in filled.items()}


def _published_or_own(tenant_id: UUID) -> ColumnElement[bool]:
    return or_(Edition.tenant_id == tenant_id, Edition.state != "draft")


def _own(
    session: ReadSession, table: type[Quota | ExtraUnit | RecommendingGrant], edition_id: UUID
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.tenant_id == session.tenant_id, table.edition_id == edition_id


async def _parsed(session: Fetching, hashes: set[str], contents: Prepared, **given: object) -> dict[str, Rulebook]:
    """The rulebooks of these hashes; those this process has not met yet are read and remembered."""
    known = {sha256: _cache[sha256] for sha256 in hashes if sha256 in _cache}
    unknown = hashes - set(known)
    if unknown:
        for sha256, content in await session.fetch(contents, hashes=list(unknown), **given):
            known[sha256] = Rulebook.model_validate(content)
    for sha256, rulebook in known.items():
        _cache[sha256] = rulebook
        _cache.move_to_end(sha256)
    while len(_cache) > _CACHE_SIZE:
        _cache.popitem(last=False)
    return known
