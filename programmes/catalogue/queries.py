"""Reading the catalogue: programmes, editions, and the rulebook an edition was issued with."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from kernel.database import ReadSession
from programmes.catalogue.errors import EDITION_NOT_FOUND, PROGRAMME_NOT_FOUND
from programmes.catalogue.model import Edition, ExtraUnit, Programme, Quota, RecommendingGrant, RulebookVersion
from programmes.catalogue.rules.filling import MissingValue, merge, missing_values
from programmes.catalogue.rules.rulebook import Rulebook
from tenants import tree
from tenants.facts import TenantFacts
from tenants.model import Level, Tenant
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
    found = await rulebooks_of(session, [edition_id])
    if edition_id not in found:
        raise EDITION_NOT_FOUND(path=("id",))
    return found[edition_id]


async def rulebooks_of(session: ReadSession, edition_ids: Collection[UUID]) -> dict[UUID, Rulebook]:
    """`rulebook_of` for several at once: one statement, and two more at most for contents this process has not parsed yet."""
    shipped_hash = RulebookVersion.sha256.label("shipped_sha256")
    rows = (
        await session.execute(
            select(Edition.id, Edition.rules_sha256, Edition.filled, shipped_hash)
            .join(RulebookVersion, RulebookVersion.id == Edition.rulebook_version_id)
            .where(Edition.id.in_(edition_ids))
        )
    ).all()
    locked = {row.rules_sha256 for row in rows if row.rules_sha256 is not None}
    shipped = {row.shipped_sha256 for row in rows if row.rules_sha256 is None}
    books = await _parsed(session, locked, select(Edition.rules_sha256, Edition.rules), Edition.rules_sha256)
    books |= await _parsed(
        session, shipped, select(RulebookVersion.sha256, RulebookVersion.content), RulebookVersion.sha256
    )
    return {
        row.id: books[row.rules_sha256]
        if row.rules_sha256 is not None
        else merge(books[row.shipped_sha256], values_of(row.filled))
        for row in rows
    }


async def rulebook_version(session: AsyncSession, version_id: UUID) -> Rulebook:
    """A shipped rulebook as it was loaded, silent values null."""
    return (await rulebook_versions(session, [version_id]))[version_id]


async def rulebook_versions(session: AsyncSession, version_ids: Collection[UUID]) -> dict[UUID, Rulebook]:
    """Several shipped rulebooks by the ids of their versions."""
    chosen = select(RulebookVersion.id, RulebookVersion.sha256).where(RulebookVersion.id.in_(version_ids))
    hashes = {row.id: row.sha256 for row in await session.execute(chosen)}
    contents = select(RulebookVersion.sha256, RulebookVersion.content)
    books = await _parsed(session, set(hashes.values()), contents, RulebookVersion.sha256)
    return {version_id: books[sha256] for version_id, sha256 in hashes.items()}


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


async def list_missing_of(session: ReadSession, edition_ids: Collection[UUID]) -> dict[UUID, list[MissingValue]]:
    """`list_missing_values` of several editions at once."""
    rows = (await session.execute(select(Edition).where(Edition.id.in_(edition_ids)))).scalars().all()
    drafts = [edition for edition in rows if edition.rules_sha256 is None]
    books = await rulebook_versions(session, {edition.rulebook_version_id for edition in drafts}) if drafts else {}
    return {edition.id: [] for edition in rows} | {
        edition.id: missing_values(books[edition.rulebook_version_id], values_of(edition.filled)) for edition in drafts
    }


async def list_level_codes(session: AsyncSession) -> set[str]:
    """The rungs of the organisation that a rule may name."""
    return set((await session.execute(select(Level.code))).scalars())


def own_or_above(tenant: TenantFacts) -> ColumnElement[bool]:
    """The condition of a list of editions: the tenant's own, and the published ones of those above it on both lines."""
    places = [Tenant.path.in_(tree.ancestor_paths(tenant.path))]
    if tenant.industry_path is not None:
        places.append(Tenant.industry_path.in_(tree.ancestor_paths(tenant.industry_path)))
    above = Edition.tenant_id.in_(select(Tenant.id).where(or_(*places)))
    return or_(Edition.tenant_id == tenant.id, and_(Edition.state != "draft", above))


def values_of(filled: dict[str, Any]) -> dict[str, Any]:
    """The values alone, of the record of who filled what: key → {value, by, at}."""
    return {key: entry["value"] for key, entry in filled.items()}


def _published_or_own(tenant_id: UUID) -> ColumnElement[bool]:
    return or_(Edition.tenant_id == tenant_id, Edition.state != "draft")


def _own(
    session: ReadSession, table: type[Quota | ExtraUnit | RecommendingGrant], edition_id: UUID
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.tenant_id == session.tenant_id, table.edition_id == edition_id


async def _parsed(
    session: AsyncSession,
    hashes: set[str],
    contents: Select[Any, Any],
    hashed: ColumnElement[Any] | Any,  # noqa: ANN401
) -> dict[str, Rulebook]:
    """The rulebooks of these hashes; those this process has not met yet are read and remembered."""
    known = {sha256: _cache[sha256] for sha256 in hashes if sha256 in _cache}
    unknown = hashes - set(known)
    if unknown:
        for sha256, content in await session.execute(contents.where(hashed.in_(unknown))):
            known[sha256] = Rulebook.model_validate(content)
    for sha256, rulebook in known.items():
        _cache[sha256] = rulebook
        _cache.move_to_end(sha256)
    while len(_cache) > _CACHE_SIZE:
        _cache.popitem(last=False)
    return known
