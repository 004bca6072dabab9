"""What people and workers do with cases; every function asks the gate."""

from programmes.applications.service.drafting import (
    add_evidence,
    add_letter,
    create_application,
    create_from_title,
    remove_evidence,
    remove_letter,
    revise_application,
    submit_application,
    withdraw_application,
)
from programmes.applications.service.forwarding import (
    decline_application,
    endorse_application,
    not_recommend_application,
    recommend_application,
    return_application,
)
from programmes.applications.service.intake import follow_upstream, reopen_application, take_in_case
from programmes.applications.service.moving import count_objections, lock_applications, move, move_many
from programmes.applications.service.reviewing import review_formally

__all__ = [
    "add_evidence",
    "add_letter",
    "count_objections",
    "create_application",
    "create_from_title",
    "decline_application",
    "endorse_application",
    "follow_upstream",
    "lock_applications",
    "move",
    "move_many",
    "not_recommend_application",
    "recommend_application",
    "remove_evidence",
    "remove_letter",
    "reopen_application",
    "return_application",
    "review_formally",
    "revise_application",
    "submit_application",
    "take_in_case",
    "withdraw_application",
]
