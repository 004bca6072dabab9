"""The closed vocabularies of a rulebook: what kinds of stages, gates and payments the code knows. Which of them a programme has is data."""

from typing import Literal, TypeAlias

Line: TypeAlias = Literal["territorial", "industry"]
Force: TypeAlias = Literal["leadership", "practice", "innovation", "breakthrough", "inheritance"]
StageCode: TypeAlias = Literal[
    "call",
    "apply",
    "recommend",
    "formal_review",
    "itemised_scoring",
    "review_meeting",
    "party_group",
    "public_notice",
    "announce",
    "name_directly",
    "cultivate",
    "assess",
    "certify",
]
GateCheck: TypeAlias = Literal[
    "frontline_years",  # value: whole years, the last day included
    "peer_letters",  # value: how many; the rest stands in `letters`
    "evidence",  # value: how many items at least in each force
    "in_service",  # value: true
    "excluded_groups",  # value: words of groups that may not apply
    "not_titled_already",  # value: the title codes whose holders may not be candidates
    "in_quota",  # no value: the recommending unit sent no more than its places
    "declared",  # no value: a reviewer says yes or no
]
MoneyTrigger: TypeAlias = Literal[
    "titled",
    "cultivation_year_begun",
    "studio_named",
    "studio_upgraded",
    "project_chosen",
    "academy_training",
    "reward_recorded",
    "contest_reward_recorded",
]
MoneyKind: TypeAlias = Literal["working_fund", "subsidy", "reward"]
Ground: TypeAlias = Literal["fraud", "discipline_or_law", "unsuitable"]
