"""What people and workers do with cases; every function asks the gate."""

from programmes.applications.service.ahead import ahead_of_moving
from programmes.applications.service.drafting import (
    create_application,
    create_from_title,
    revise_application,
    submit_application,
    withdraw_application,
)
from programmes.applications.service.forwarding import (
    decline_application,
    endorse_application,
    give_back_case,
    not_recommend_application,
    recommend_application,
    return_application,
)
from programmes.applications.service.intake import follow_upstream, reopen_application, take_in_case
from programmes.applications.service.material import (
    add_evidence,
    add_letter,
    remove_evidence,
    remove_letter,
)
from programmes.applications.service.moving import count_objections, lock_applications, move, move_many
from programmes.applications.service.reviewing import review_formally
from programmes.applications.service.routing import next_holder, require_receiving

__all__ = [
    "add_evidence",
    "add_letter",
    "ahead_of_moving",
    "count_objections",
    "create_application",
    "create_from_title",
    "decline_application",
    "endorse_application",
    "follow_upstream",
    "give_back_case",
    "lock_applications",
    "move",
    "move_many",
    "next_holder",
    "not_recommend_application",
    "recommend_application",
    "remove_evidence",
    "remove_letter",
    "reopen_application",
    "require_receiving",
    "return_application",
    "review_formally",
    "revise_application",
    "submit_application",
    "take_in_case",
    "withdraw_application",
]
