"""The roles a membership may hold; a closed vocabulary that policies, memberships and the contract share."""

from enum import StrEnum

FULL_STRENGTH = 2
"""Came in by two factors."""


class Role(StrEnum):
    """One part in the work; a person may hold several unless a duty forbids it."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    CHAIR = "chair"
    RECOMMENDER = "recommender"
    REVIEWER = "reviewer"
    EXPERT = "expert"
    PANEL_SECRETARY = "panel_secretary"
    PANEL_CHAIR = "panel_chair"
    DELIBERATION = "deliberation"
    NOTICE_OFFICER = "notice_officer"
    INVESTIGATOR = "investigator"
    APPROVER = "approver"
    FINANCE_CLERK = "finance_clerk"
    FINANCE_APPROVER = "finance_approver"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    COURIER = "courier"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""三员: whoever is one of them is nothing else in the same union, neither another of them nor anybody who touches cases or money."""
PERSONAL = frozenset({Role.APPLICANT, Role.EXPERT, Role.COURIER})
"""Parts that nobody takes for another: being the applicant, one's own expert judgement, being the machinery."""
NEEDS_SECOND_FACTOR = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.FINANCE_APPROVER})
"""Whoever keeps the house and whoever lets money go shows two factors (GB/T 22239-2019 8.1.4.1.d); a session of one factor holds none of these roles."""


def may_be_held_together(roles: frozenset[Role]) -> bool:
    """Whether one person may hold all of these in one union (三员分立)."""
    return len(roles) <= 1 or not roles & ADMINISTRATORS
