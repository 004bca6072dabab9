"""What the contract shows of programmes and editions."""

from collections.abc import Sequence
from enum import StrEnum

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from authz.scope import ReadScope
from graphql_api.catalogue.rulebook_types import RulebookType, rulebook_shown
from graphql_api.catalogue.words import Basis, CiteType
from graphql_api.scalars import Date, DateTime, Json
from graphql_api.sources import Node, Row, Source, allowed, ascending, column, computed, descending, to_many, to_one
from graphql_api.tenants.types import TenantType
from programmes.catalogue import queries
from programmes.catalogue.model import (
    Edition,
    ExtraUnit,
    Programme,
    Quota,
    RecommendingGrant,
    RulebookVersion,
)
from programmes.catalogue.rules.filling import MissingValue


@strawberry.enum(description="Where an edition stands.")
class EditionState(StrEnum):
    """The values of `edition.state`."""

    DRAFT = "draft"
    ISSUED = "issued"
    OPEN = "open"
    REVIEWING = "reviewing"
    NOTICING = "noticing"
    ANNOUNCED = "announced"
    CULTIVATING = "cultivating"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@strawberry.enum(description="Why a union may recommend: by places of a quota, or by an approval.")
class GrantKind(StrEnum):
    """The values of `recommending_grant.kind`."""

    QUOTA = "quota"
    EXTRA = "extra"


async def version_rulebooks(scope: ReadScope, rows: Sequence[Row]) -> list[RulebookType]:
    """The rules of all versions of a level, silent values null."""
    found = await queries.rulebook_versions(scope.session, [row["id"] for row in rows])
    return [rulebook_shown(found[row["id"]]) for row in rows]


async def edition_rulebooks(scope: ReadScope, rows: Sequence[Row]) -> list[RulebookType]:
    """The rules of all editions of a level."""
    found = await queries.rulebooks_of(scope.session, [row["id"] for row in rows])
    return [rulebook_shown(found[row["id"]]) for row in rows]


@strawberry.type(name="MissingValue", description="A mandatory value that nobody has filled in yet.")
class MissingValueType:
    key: str
    name: str
    cite: CiteType


@strawberry.type(name="FilledValue", description="A value that a person gave where the document is silent.")
class FilledValueType:
    key: str
    value: Json
    by: str | None = strawberry.field(description="Who gave it; only the organiser's own people see the name.")
    at: str


def _missing_shown(missing: MissingValue) -> MissingValueType:
    cite = missing.cite
    shown = CiteType(document=cite.document, article=cite.article, wording=cite.wording, basis=Basis(cite.basis))
    return MissingValueType(key=missing.key, name=missing.name, cite=shown)


async def missing_values(scope: ReadScope, rows: Sequence[Row]) -> list[list[MissingValueType]]:
    """What all editions of a level still need."""
    found = await queries.list_missing_of(scope.session, [row["id"] for row in rows])
    return [[_missing_shown(missing) for missing in found[row["id"]]] for row in rows]


async def filled_values(scope: ReadScope, rows: Sequence[Row]) -> list[list[FilledValueType]]:
    """Who filled what in all editions of a level; asks the database nothing."""
    return [
        [
            FilledValueType(
                key=key,
                value=Json(entry["value"]),
                by=entry["by"] if row["tenant_id"] == scope.tenant_id else None,
                at=entry["at"],
            )
            for key, entry in sorted(row["filled"].items())
        ]
        for row in rows
    ]


@strawberry.type(
    name="RulebookVersion", description="One version of a programme's rules; never changed after it was loaded."
)
class RulebookVersionType(Node):
    __source__ = Source(RulebookVersion, order=(ascending(RulebookVersion.version),), tenant_bound=False)

    version: str = column(RulebookVersion.version)
    sha256: str = column(RulebookVersion.sha256)
    effective_from: Date | None = column(RulebookVersion.effective_from)
    effective_to: Date | None = column(RulebookVersion.effective_to)
    loaded_at: DateTime = column(RulebookVersion.loaded_at)
    rulebook: RulebookType = computed(version_rulebooks, needs=(RulebookVersion.id,))


@strawberry.type(name="Programme", description="A craftsman programme of one organiser.")
class ProgrammeType(Node):
    __source__ = Source(Programme, order=(ascending(Programme.code),), tenant_bound=False)

    code: str = column(Programme.code)
    name: str = column(Programme.name)
    title_code: str = column(Programme.title_code, description="By which the title is known across the country.")
    title_name: str = column(Programme.title_name)
    level: str = column(Programme.level)
    organiser: TenantType | None = to_one(Programme.organiser_id, description="Null where one does not know it.")
    rulebook_versions: list[RulebookVersionType] = to_many(
        RulebookVersion.programme_id, description="All versions, the oldest first."
    )


@strawberry.type(
    name="Quota", description="The places an organiser gives a recommending unit, with what they were weighed by."
)
class QuotaType(Node):
    __source__ = Source(Quota, visible=allowed(Permission.QUOTA_READ, Columns(id=Quota.id)))

    unit: TenantType | None = to_one(Quota.unit_id)
    places: int = column(Quota.places)
    factors: Json = column(Quota.factors, description="By the keys of the rulebook's quota factors.")
    version: int = column(Quota.version)


@strawberry.type(name="ExtraUnit", description="The approval by which a further unit may recommend in an edition.")
class ExtraUnitType(Node):
    __source__ = Source(ExtraUnit, visible=allowed(Permission.GRANT_READ, Columns(id=ExtraUnit.id)))

    unit: TenantType | None = to_one(ExtraUnit.unit_id)
    places: int | None = column(ExtraUnit.places, description="Null: no limit.")
    document_no: str = column(ExtraUnit.document_no)
    approved_by: str = column(ExtraUnit.approved_by)
    approved_on: Date = column(ExtraUnit.approved_on)


@strawberry.type(name="RecommendingGrant", description="What an edition allows this union as a recommending unit.")
class RecommendingGrantType(Node):
    __source__ = Source(RecommendingGrant, visible=allowed(Permission.GRANT_READ, Columns(id=RecommendingGrant.id)))

    kind: GrantKind = column(RecommendingGrant.kind)
    places: int | None = column(RecommendingGrant.places, description="Null: no limit.")
    used: int = column(RecommendingGrant.used, description="Never more than the places.")
    document_no: str | None = column(RecommendingGrant.document_no)
    granted_at: DateTime = column(RecommendingGrant.granted_at)


@strawberry.type(
    name="Edition", description="One year or cohort of a programme; a draft is seen by its organiser only."
)
class EditionType(Node):
    __source__ = Source(
        Edition,
        order=(descending(Edition.year),),
        tenant_bound=False,
        visible=allowed(
            Permission.EDITION_READ, Columns(id=Edition.id, stage=Edition.state, tenant_id=Edition.tenant_id)
        ),
    )

    name: str = column(Edition.name)
    year: int = column(Edition.year)
    cohort_no: int = column(Edition.cohort_no)
    state: EditionState = column(Edition.state)
    document_no: str | None = column(Edition.document_no)
    opens_on: Date | None = column(Edition.opens_on)
    closes_on: Date | None = column(Edition.closes_on)
    issued_at: DateTime | None = column(Edition.issued_at)
    rules_sha256: str | None = column(Edition.rules_sha256, description="Of the rulebook as it was locked at issue.")
    version: int = column(Edition.version)
    programme: ProgrammeType | None = to_one(Edition.programme_id)
    organiser: TenantType | None = to_one(Edition.tenant_id)
    rulebook_version: RulebookVersionType | None = to_one(
        Edition.rulebook_version_id, description="The version it was made under."
    )
    rulebook: RulebookType = computed(
        edition_rulebooks,
        needs=(Edition.id,),
        description="The rules it runs by: locked at issue; of a draft, as they would be issued now.",
    )
    missing: list[MissingValueType] = computed(
        missing_values,
        needs=(Edition.id,),
        description="What must be filled in before it can be issued.",
    )
    filled: list[FilledValueType] = computed(
        filled_values,
        needs=(Edition.filled, Edition.tenant_id),
        description="What was filled in where the document is silent, and by whom.",
    )
    quotas: list[QuotaType] = to_many(Quota.edition_id, description="The organiser's own table; empty for others.")
    extra_units: list[ExtraUnitType] = to_many(
        ExtraUnit.edition_id, description="The organiser's own; empty for others."
    )
    grant: RecommendingGrantType | None = to_one(
        Edition.id, key=RecommendingGrant.edition_id, description="What it allows this union, if it was told."
    )
