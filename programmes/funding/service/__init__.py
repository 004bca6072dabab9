"""How money becomes due, is decided on and paid; every function asks the gate."""

from programmes.funding.service.deciding import answer_question, record_reward
from programmes.funding.service.holding import on_application_moved, on_honour_recorded, on_title_revoked
from programmes.funding.service.paying import apply_for_payment, approve_payment, record_payment
from programmes.funding.service.planning import (
    on_case_followed,
    on_cultivation_year_begun,
    on_reward_recorded,
    on_studio_named,
    on_title_granted,
)

__all__ = [
    "answer_question",
    "apply_for_payment",
    "approve_payment",
    "on_application_moved",
    "on_case_followed",
    "on_cultivation_year_begun",
    "on_honour_recorded",
    "on_reward_recorded",
    "on_studio_named",
    "on_title_granted",
    "on_title_revoked",
    "record_payment",
    "record_reward",
]
