"""What the contract shows of programmes and editions."""

from enum import StrEnum

import strawberry

from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, ascending, column, descending, to_one
from graphql_api.tenants.types import TenantType
from programmes.catalogue.model import Edition, Programme


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


@strawberry.type(name="Programme", description="A craftsman programme of one organiser.")
class ProgrammeType(Node):
    __source__ = Source(Programme, order=(ascending(Programme.code),), tenant_bound=False)

    code: str = column(Programme.code)
    name: str = column(Programme.name)
    title_code: str = column(Programme.title_code, description="By which the title is known across the country.")
    title_name: str = column(Programme.title_name)
    level: str = column(Programme.level)
    organiser: TenantType | None = to_one(Programme.organiser_id)


@strawberry.type(name="Edition", description="One year or cohort of a programme; a draft is seen by its organiser only.")
class EditionType(Node):
    __source__ = Source(
        Edition,
        order=(descending(Edition.year),),
        tenant_bound=False,
        visible=lambda actor: (Edition.tenant_id == actor.tenant.id) | (Edition.state != "draft"),
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
