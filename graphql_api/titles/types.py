"""What the contract shows of titles, certificates and honours."""

from enum import StrEnum

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from graphql_api.applications.types import ApplicationType
from graphql_api.catalogue.types import EditionType, ProgrammeType
from graphql_api.cultivation.words import Ground
from graphql_api.people.types import PersonType
from graphql_api.scalars import Date, DateTime
from graphql_api.sources import Node, Source, allowed, column, descending, to_one
from graphql_api.tenants.types import TenantType
from graphql_api.titles.words import CertificateState, TitleState
from programmes.titles.model import Certificate, Honour, Revocation, Title


@strawberry.type(name="Certificate", description="The paper of a title.")
class CertificateType(Node):
    __source__ = Source(
        Certificate,
        order=(descending(Certificate.issued_on),),
        visible=allowed(Permission.CERTIFICATE_READ, Columns(id=Certificate.id)),
    )

    number: str = column(Certificate.number, description="Without gaps within its series and year.")
    awarding_body: str = column(Certificate.awarding_body, description="Need not be the organiser.")
    issued_on: Date = column(Certificate.issued_on)
    state: CertificateState = column(Certificate.state)
    withdrawn_on: Date | None = column(Certificate.withdrawn_on)
    title_id: strawberry.ID = column(Certificate.title_id, refers="Title")


@strawberry.type(name="Revocation", description="Why and by which resolution a title ended.")
class RevocationType(Node):
    __source__ = Source(
        Revocation,
        order=(descending(Revocation.revoked_on),),
        visible=allowed(Permission.TITLE_READ, Columns(id=Revocation.title_id)),
    )

    ground: Ground = column(Revocation.ground)
    resolution_no: str = column(Revocation.resolution_no)
    note: str | None = column(Revocation.note)
    revoked_on: Date = column(Revocation.revoked_on)


@strawberry.type(name="Title", description="A title granted by this union.")
class TitleType(Node):
    __source__ = Source(
        Title,
        order=(descending(Title.granted_on),),
        visible=allowed(Permission.TITLE_READ, Columns(id=Title.id, stage=Title.state)),
    )

    name: str = column(Title.name)
    title_code: str = column(Title.title_code, description="By which the title is known across the country.")
    state: TitleState = column(Title.state)
    granted_on: Date = column(Title.granted_on)
    naming_document_no: str = column(Title.naming_document_no, description="The act the title was born from.")
    case_id: strawberry.ID = column(Title.case_id, refers="Case")
    programme: ProgrammeType | None = to_one(Title.programme_id)
    edition: EditionType | None = to_one(Title.edition_id, tenant=Title.tenant_id)
    person: PersonType | None = to_one(Title.person_id)
    application: ApplicationType | None = to_one(Title.application_id)
    certificate: CertificateType | None = to_one(Title.id, key=Certificate.title_id)
    revocation: RevocationType | None = to_one(Title.id, key=Revocation.title_id)
    version: int = column(Title.version)
    updated_at: DateTime = column(Title.updated_at)


@strawberry.type(name="Honour", description="A title that another union granted to a person of this one.")
class HonourType(Node):
    __source__ = Source(
        Honour,
        order=(descending(Honour.granted_on),),
        visible=allowed(Permission.HONOUR_READ, Columns(id=Honour.id, stage=Honour.state)),
    )

    name: str = column(Honour.name)
    title_code: str = column(Honour.title_code)
    state: TitleState = column(Honour.state)
    granted_on: Date = column(Honour.granted_on)
    granted_by: TenantType | None = to_one(Honour.granted_by_id)
    case_id: strawberry.ID = column(Honour.case_id, refers="Case")
    person: PersonType | None = to_one(Honour.person_id)
    version: int = column(Honour.version)


@strawberry.enum(description="What happened on a day in the course of a person's honours.")
class TimelineKind(StrEnum):
    """The kinds of `programmes.titles.queries.TimelineEntry`."""

    GRANTED = "granted"
    REVOKED = "revoked"
    HONOURED = "honoured"


@strawberry.type(name="TimelineEntry", description="One day in the course of a person's honours.")
class TimelineEntryType:
    on: Date
    kind: TimelineKind
    name: str
    document_no: str | None
    by_id: strawberry.ID = strawberry.field(description="The union that did it.")
    object_id: strawberry.ID = strawberry.field(description="The title, or the honour, that it speaks of.")
