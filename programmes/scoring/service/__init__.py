"""What the organiser's people do between formal review and notice; every function asks the gate."""

from programmes.scoring.service.assigning import ExpertEntry, assign_experts, exclude_expert
from programmes.scoring.service.meeting import MeetingVerdict, Member, conclude_meeting, open_meeting
from programmes.scoring.service.resolving import ResolutionEntry, record_resolution
from programmes.scoring.service.scoring import reopen_score, submit_score
from programmes.scoring.service.totalling import aggregate_scores

__all__ = [
    "ExpertEntry",
    "MeetingVerdict",
    "Member",
    "ResolutionEntry",
    "aggregate_scores",
    "assign_experts",
    "conclude_meeting",
    "exclude_expert",
    "open_meeting",
    "record_resolution",
    "reopen_score",
    "submit_score",
]
