"""What the mutations about a member's way in take."""

import strawberry


@strawberry.input
class EndMemberSessionsInput:
    idempotency_key: str
    member_id: strawberry.ID


@strawberry.input
class CloseAccountInput:
    idempotency_key: str
    member_id: strawberry.ID


@strawberry.input
class OpenAccountInput:
    idempotency_key: str
    member_id: strawberry.ID
