"""What cases can be filtered by."""

import strawberry

from graphql_api.applications.words import Desk, State
from graphql_api.filters import among, equals, refers_to
from programmes.applications.model import Application


@strawberry.input(description="Which cases; all given conditions hold.")
class ApplicationFilter:
    edition: strawberry.ID | None = refers_to(Application.edition_id, "Edition")
    person: strawberry.ID | None = refers_to(Application.person_id, "Person")
    state: list[State] | None = among(Application.state)
    desk: Desk | None = equals(Application.desk)
