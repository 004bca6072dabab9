"""What titles can be filtered by, and what clients say when they grant or revoke them."""

import strawberry

from graphql_api.cultivation.words import Ground
from graphql_api.filters import among, at_least, at_most, equals, refers_to
from graphql_api.scalars import Date
from graphql_api.titles.words import CertificateState, TitleState
from programmes.titles.model import Certificate, Honour, Title


@strawberry.input(description="Which titles; all given conditions hold.")
class TitleFilter:
    state: list[TitleState] | None = among(Title.state)
    title_code: str | None = equals(Title.title_code)
    programme: strawberry.ID | None = refers_to(Title.programme_id, "Programme")
    edition: strawberry.ID | None = refers_to(Title.edition_id, "Edition")
    person: strawberry.ID | None = refers_to(Title.person_id, "Person")
    granted_from: Date | None = at_least(Title.granted_on)
    granted_until: Date | None = at_most(Title.granted_on)


@strawberry.input(description="Which certificates; all given conditions hold.")
class CertificateFilter:
    state: list[CertificateState] | None = among(Certificate.state)
    number: str | None = equals(Certificate.number)


@strawberry.input(description="Which honours; all given conditions hold.")
class HonourFilter:
    state: list[TitleState] | None = among(Honour.state)
    title_code: str | None = equals(Honour.title_code)
    person: strawberry.ID | None = refers_to(Honour.person_id, "Person")


@strawberry.input
class CertifyApplicationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    document_no: str | None = strawberry.field(
        default=None, description="Of the document that issues the certificate; without it the announcement's."
    )


@strawberry.input
class NameDirectlyInput:
    idempotency_key: str
    edition_id: strawberry.ID
    application_ids: list[strawberry.ID]
    document_no: str


@strawberry.input
class RevokeTitleInput:
    idempotency_key: str
    title_id: strawberry.ID
    version: int
    ground: Ground
    resolution_no: str = strawberry.field(description="Of the organiser's own approval.")
    note: str | None = None
