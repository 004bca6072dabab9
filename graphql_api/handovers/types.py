"""What the contract shows of what passes between tenants."""

import strawberry

from graphql_api.applications.types import ApplicationType
from graphql_api.catalogue.types import EditionType
from graphql_api.handovers.words import Direction, HandoverState, Kind
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, column, descending, to_many, to_one
from graphql_api.tenants.types import TenantType
from programmes.handovers.model import Drift, Handover, RegisterEntry
from programmes.handovers.queries import visible_drift, visible_handovers, visible_register


@strawberry.type(
    name="Drift", description="A field that changed below after the case was accepted; the own copy stays as it was."
)
class DriftType(Node):
    __source__ = Source(Drift, order=(descending(Drift.at),), visible=visible_drift)

    field: str = column(Drift.field)
    before: str | None = column(Drift.before)
    after: str | None = column(Drift.after)
    at: DateTime = column(Drift.at)


@strawberry.type(name="Handover", description="This tenant's own record of a case that passes to or from another.")
class HandoverType(Node):
    __source__ = Source(Handover, order=(descending(Handover.updated_at),), visible=visible_handovers)

    direction: Direction = column(Handover.direction)
    kind: Kind = column(Handover.kind)
    state: HandoverState = column(Handover.state)
    counterpart: TenantType | None = to_one(Handover.counterpart_id)
    edition: EditionType | None = to_one(Handover.edition_id)
    application: ApplicationType | None = to_one(Handover.application_id)
    person_name: str = column(Handover.person_name)
    outcome: str | None = column(
        Handover.outcome, description="Where the case stands above, as told to the lower side."
    )
    outcome_at: DateTime | None = column(Handover.outcome_at)
    reason: str | None = column(Handover.reason)
    snapshot_sha256: str | None = column(
        Handover.snapshot_sha256, description="Hash of the sealed dossier; the same on both sides."
    )
    snapshot_number: int = column(Handover.snapshot_number)
    legal_basis: str | None = column(Handover.legal_basis, description="What the giving of personal data rests on.")
    drift: list[DriftType] = to_many(Drift.handover_id)
    version: int = column(Handover.version)
    created_at: DateTime = column(Handover.created_at)
    updated_at: DateTime = column(Handover.updated_at)


@strawberry.type(name="RegisterEntry", description="A title granted below and announced to this union, with consent.")
class RegisterEntryType(Node):
    __source__ = Source(RegisterEntry, order=(descending(RegisterEntry.granted_on),), visible=visible_register)

    title_code: str = column(RegisterEntry.title_code)
    title_name: str = column(RegisterEntry.title_name)
    person_name: str = column(RegisterEntry.person_name)
    sex: str = column(RegisterEntry.sex)
    employer: str = column(RegisterEntry.employer)
    occupation: str = column(RegisterEntry.occupation)
    granted_on: Date = column(RegisterEntry.granted_on)
    state: str = column(RegisterEntry.state)
    granted_by: TenantType | None = to_one(RegisterEntry.source_tenant_id)
    version: int = column(RegisterEntry.version)
