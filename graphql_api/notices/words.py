"""The vocabularies of notices as enums of the contract; import them from here, so that they are declared before they are used."""

from enum import StrEnum

import strawberry

from programmes.notices.rules.objections import (
    Channel,
    ComplainantKind,
    Decision,
    Inadmissible,
    ObjectionState,
    Outcome,
)

__all__ = ["Channel", "ComplainantKind", "Decision", "Inadmissible", "NoticeState", "ObjectionState", "Outcome"]

strawberry.enum(Channel, name="ObjectionChannel", description="How an objection reached the union.")
strawberry.enum(ComplainantKind, name="ComplainantKind", description="Who objects: a person, or a unit with its seal.")
strawberry.enum(Inadmissible, name="ObjectionInadmissible", description="Why an objection is not heard.")
strawberry.enum(ObjectionState, name="ObjectionState", description="Where an objection stands.")
strawberry.enum(Outcome, name="ObjectionOutcome", description="What the investigation found.")
strawberry.enum(Decision, name="ObjectionDecision", description="What the leaders did about the person.")


@strawberry.enum(description="Where a notice stands.")
class NoticeState(StrEnum):
    """The values of `notice.state`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"
