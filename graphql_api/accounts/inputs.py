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
class RedeemTicketInput:
    ticket: str = strawberry.field(description="From the address line, after an identity provider.")
    verifier: str = strawberry.field(description="Whose S256 hash was the `challenge` of the start.")


@strawberry.input
class LinkIdentityInput:
    idempotency_key: str
    member_id: strawberry.ID
    provider: str = strawberry.field(description="A key of `GET /oidc`.")
    subject: str = strawberry.field(description="What the provider calls the person for ever (`sub`).")


@strawberry.input
class UnlinkIdentityInput:
    idempotency_key: str
    member_id: strawberry.ID
    provider: str


@strawberry.input
class ChangeOwnPasswordInput:
    old_password: str
    new_password: str


@strawberry.input
class ResetPasswordInput:
    idempotency_key: str
    member_id: strawberry.ID
    password: str
