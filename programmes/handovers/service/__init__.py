"""What passes between tenants: both sides' acts, the letters they take in, the reactions that send them."""

from programmes.handovers.service.incoming import accept_handover, decline_handover, return_handover, undo_acceptance
from programmes.handovers.service.outgoing import escalate_title, refuse_request, withdraw_handover
from programmes.handovers.service.pulling import confirm_request, request_candidate

__all__ = [
    "accept_handover",
    "confirm_request",
    "decline_handover",
    "escalate_title",
    "refuse_request",
    "request_candidate",
    "return_handover",
    "undo_acceptance",
    "withdraw_handover",
]
