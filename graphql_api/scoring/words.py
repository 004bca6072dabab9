"""The vocabularies of scoring as enums of the contract; import them from here, so that they are declared before they are used."""

from enum import StrEnum

import strawberry

from programmes.scoring.rules.resolutions import ResolutionDecision

__all__ = ["AssignmentState", "MeetingOutcome", "MeetingState", "ResolutionDecision"]

strawberry.enum(ResolutionDecision, name="ResolutionDecision", description="What a resolution does with its cases.")


@strawberry.enum(description="Where an assignment stands.")
class AssignmentState(StrEnum):
    """The values of `assignment.state`."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXCLUDED = "excluded"


@strawberry.enum(description="Where a meeting stands.")
class MeetingState(StrEnum):
    """The values of `meeting.state`."""

    OPEN = "open"
    CONCLUDED = "concluded"


@strawberry.enum(description="What a meeting said of a case.")
class MeetingOutcome(StrEnum):
    """The values of `meeting_item.outcome`."""

    PROPOSED = "proposed"
    NOT_PROPOSED = "not_proposed"
