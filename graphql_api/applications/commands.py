"""What clients say when they act on a case. Every input names the version it was made on, and a key that makes repeating it harmless."""

import strawberry

from graphql_api.scalars import Date


@strawberry.input
class CreateApplicationInput:
    idempotency_key: str
    edition_id: strawberry.ID
    person_id: strawberry.ID
    deeds: str = strawberry.field(
        default="", description="Main deeds, at most 5000 characters; may be filled in later."
    )
    consent_on: Date | None = strawberry.field(
        default=None, description="Day on which the person agreed to handing up and public notice."
    )


@strawberry.input
class ReviseApplicationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    deeds: str | None = None
    consent_on: Date | None = None
    exception_reason: str | None = strawberry.field(
        default=None, description="Why a candidate without the title below is put forward all the same."
    )
    exception_approver: str | None = None


@strawberry.input
class AddEvidenceInput:
    idempotency_key: str
    application_id: strawberry.ID
    force: str = strawberry.field(description="leadership, practice, innovation, breakthrough or inheritance.")
    item: int
    title: str
    issuer: str | None = None
    issued_on: Date | None = None
    file_sha256: str | None = None
    note: str | None = None


@strawberry.input
class RemoveEvidenceInput:
    idempotency_key: str
    evidence_id: strawberry.ID
    version: int = strawberry.field(description="Of the piece of material.")


@strawberry.input
class AddPeerLetterInput:
    idempotency_key: str
    application_id: strawberry.ID
    expert_name: str
    expert_unit: str
    expert_post: str
    profession: str
    senior_by: str = strawberry.field(description="What makes the expert senior; judged by the formal reviewer.")
    content: str
    signed_on: Date


@strawberry.input
class RemovePeerLetterInput:
    idempotency_key: str
    peer_letter_id: strawberry.ID
    version: int = strawberry.field(description="Of the letter.")


@strawberry.input
class ApplicationActInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int


@strawberry.input
class ApplicationReasonInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    reason: str


@strawberry.input
class EndorseApplicationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    opinion: str


@strawberry.input
class RecommendApplicationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    opinion: str
    rank: int | None = strawberry.field(default=None, description="Place among the unit's nominees; each only once.")


@strawberry.input
class ReviewCheckInput:
    key: str
    met: bool
    remark: str | None = None


@strawberry.input
class ReviewApplicationInput:
    idempotency_key: str
    application_id: strawberry.ID
    version: int
    passed: bool
    checks: list[ReviewCheckInput] = strawberry.field(
        default_factory=list, description="Findings on conditions that no file can answer."
    )
    reason: str | None = strawberry.field(default=None, description="Needed for a rejection.")
