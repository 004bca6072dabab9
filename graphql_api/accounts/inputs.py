"""What the mutations about second factors take. No idempotency keys where a secret is shown once: it is never kept to be shown again."""

import strawberry


@strawberry.input(description="The second step of signing in.")
class CompleteSignInInput:
    challenge: str = strawberry.field(description="From `signIn`.")
    code: str = strawberry.field(description="Six digits from the authenticator app, or a recovery code.")


@strawberry.input
class BeginSecondFactorInput:
    password: str = strawberry.field(description="The viewer's own, once more: a found token is not enough.")


@strawberry.input
class ConfirmSecondFactorInput:
    code: str = strawberry.field(description="What the authenticator app shows now.")


@strawberry.input
class RemoveSecondFactorInput:
    idempotency_key: str
    member_id: strawberry.ID


@strawberry.input
class ChangeOwnPasswordInput:
    old_password: str
    new_password: str


@strawberry.input
class ResetPasswordInput:
    idempotency_key: str
    member_id: strawberry.ID
    password: str
