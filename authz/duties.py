"""The parts a person takes in a case, and which of them exclude one another (domain §6, D1-D18).

Pure. A duty is written down when the act is done (`guard.note`) and comes back as a relation word of the person to the object, which the deny rows of
`policies/separation_of_duty.csv` speak of. Three of the words are no acts but facts somebody records: `assigned`, `recused`, `subject`.
"""

from enum import StrEnum


class Duty(StrEnum):
    """What an account did with an object, or what it is to it."""

    ENDORSED = "endorsed"
    RECOMMENDED = "recommended"
    REVIEWED = "reviewed"
    SCORED = "scored"
    PROPOSED = "proposed"
    DELIBERATED = "deliberated"
    DRAFTED_NOTICE = "drafted_notice"
    PUBLISHED = "published"
    ANNOUNCED = "announced"
    ASSESSED = "assessed"
    CERTIFIED = "certified"
    LODGED = "lodged"
    INVESTIGATED = "investigated"
    REOPENED = "reopened"
    REPORTED = "reported"
    VERIFIED = "verified"
    APPLIED_PAYMENT = "applied_payment"
    APPROVED_PAYMENT = "approved_payment"
    PAID = "paid"
    ASSIGNED = "assigned"
    RECUSED = "recused"
    SUBJECT = "subject"
    DELEGATED = "delegated"
    CREATED = "created"
    """Drawn up for him by his deputy; what he drew up himself stands in the object's row."""


_FACTS = {
    Duty.ASSIGNED: "assigned",
    Duty.RECUSED: "recused",
    Duty.SUBJECT: "is_subject",
    Duty.DELEGATED: "delegated",
    Duty.CREATED: "self_created",
}


def relation_of(duty: Duty) -> str:
    """The relation word by which policies know the duty: `did_recommended`, or the fact's own word."""
    return _FACTS.get(duty) or f"did_{duty.value}"


DUTY_OF_RELATION = {relation_of(duty): duty for duty in Duty}

_DUTY_OF_ACT = {
    "case:endorse": Duty.ENDORSED,
    "case:recommend": Duty.RECOMMENDED,
    "case:not_recommend": Duty.RECOMMENDED,
    "case:formal_pass": Duty.REVIEWED,
    "case:formal_reject": Duty.REVIEWED,
    "case:score": Duty.SCORED,
    "case:propose": Duty.PROPOSED,
    "case:not_propose": Duty.PROPOSED,
    "case:deliberate": Duty.DELIBERATED,
    "case:drop": Duty.DELIBERATED,
    "case:publish": Duty.PUBLISHED,
    "case:announce": Duty.ANNOUNCED,
    "case:name": Duty.CERTIFIED,
    "case:assess": Duty.ASSESSED,
    "case:certify": Duty.CERTIFIED,
    "objection:lodge": Duty.LODGED,
    "objection:admit": Duty.INVESTIGATED,
    "objection:conclude": Duty.INVESTIGATED,
    "assignment:reopen": Duty.REOPENED,
    "report:submit": Duty.REPORTED,
    "report:verify": Duty.VERIFIED,
    "funding:apply": Duty.APPLIED_PAYMENT,
    "funding:approve": Duty.APPROVED_PAYMENT,
    "funding:pay": Duty.PAID,
    "notice:draft": Duty.DRAFTED_NOTICE,
    "notice:publish": Duty.PUBLISHED,
}


def duty_of(permission: str) -> Duty | None:
    """The duty that doing this act amounts to; None where the act bars nobody from anything later."""
    return _DUTY_OF_ACT.get(permission)


CREATED = "self_created"
"""The relation of whoever created the object; it comes from the object's row, and for whom a deputy created it from a duty record."""

_PART_IN_THE_CASE = frozenset({"did_recommended", "did_reviewed", "did_scored"})

EXCLUSIONS: dict[str, frozenset[str]] = {
    # D8: who drafted or put forward does not decide on it
    "case:endorse": frozenset({CREATED}),
    "case:recommend": frozenset({CREATED}),
    "case:formal_pass": frozenset({CREATED, "did_endorsed", "did_recommended"}),
    "case:formal_reject": frozenset({CREATED, "did_endorsed", "did_recommended"}),
    # D7, D8: an expert has had no other part in the case
    "case:score": frozenset({CREATED, "did_endorsed", "did_recommended", "did_reviewed"}),
    # D4: who puts forward, who proposes, who deliberates are different
    "case:propose": frozenset({CREATED, "did_recommended"}),
    "case:not_propose": frozenset({CREATED, "did_recommended"}),
    "case:deliberate": frozenset({CREATED, "did_recommended", "did_proposed"}),
    "case:drop": frozenset({CREATED, "did_recommended", "did_proposed"}),
    # D8: the recommender and the formal reviewer do not approve
    "case:announce": frozenset({CREATED, "did_recommended", "did_reviewed"}),
    "case:name": frozenset({CREATED, "did_recommended", "did_reviewed"}),
    # D15: not signed by one hand
    "case:certify": frozenset({CREATED, "did_recommended", "did_assessed"}),
    "report:verify": frozenset({CREATED, "did_reported"}),
    # D9: the investigator had no part in the case, and did not take the objection in
    "objection:admit": _PART_IN_THE_CASE | {"did_lodged"},
    "objection:reject": _PART_IN_THE_CASE | {"did_lodged"},
    "objection:conclude": _PART_IN_THE_CASE | {"did_lodged"},
    "objection:apply": frozenset({"did_investigated"}),
    # D11: applicant, approver and payer are three persons, and the recommender approves no money
    "funding:approve": frozenset({"did_applied_payment", "did_recommended"}),
    "funding:pay": frozenset({"did_applied_payment", "did_approved_payment"}),
    # D12: who gave a sealed sheet back does not decide that it counts no more
    "assignment:drop": frozenset({"did_reopened"}),
    # D16: who drafts a notice does not publish it
    "notice:publish": frozenset({"did_drafted_notice"}),
    "case:publish": frozenset({"did_drafted_notice"}),
    # 三员分立: who made a place does not give it roles
    "membership:grant": frozenset({CREATED}),
}
"""Which relations bar a person from which act. The policy file must say the same; a test compares the two."""


def excluded_by(permission: str) -> frozenset[str]:
    """The relations that bar a person from this act, besides being its subject or recused."""
    return EXCLUSIONS.get(permission, frozenset())
