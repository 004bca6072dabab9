"""Separation of duty as numbers that a database can check: one mask per account and object, one bit per part taken, one condition per barred act.

Pure. The conditions are CHECK constraints of `duty_mask` (`authz.model`), so that of two transactions that give one account two duties which exclude
one another, the second fails, whatever either has read. They are made from `EXCLUSIONS`; a test compares them with those of the migrated database.
"""

from authz.duties import CREATED, EXCLUSIONS, Duty, relation_of

_WORDS = (
    CREATED,
    "did_endorsed",
    "did_recommended",
    "did_reviewed",
    "did_scored",
    "did_proposed",
    "did_assessed",
    "did_reported",
    "did_investigated",
    "did_applied_payment",
    "did_approved_payment",
    "did_drafted_notice",
    "did_reopened",
    "did_lodged",
)
_ACTS = (
    "case:endorse",
    "case:recommend",
    "case:formal_pass",
    "case:formal_reject",
    "case:score",
    "case:propose",
    "case:not_propose",
    "case:deliberate",
    "case:drop",
    "case:announce",
    "case:name",
    "case:certify",
    "report:verify",
    "objection:admit",
    "objection:reject",
    "objection:conclude",
    "objection:apply",
    "funding:approve",
    "funding:pay",
    "notice:publish",
    "case:publish",
    "membership:grant",
    "assignment:drop",
)
"""Both lists only ever grow at their ends: a bit keeps its meaning in rows that are stored."""
_FIRST_ACT = 24

BITS = {word: 1 << place for place, word in enumerate(_WORDS)} | {
    act: 1 << (_FIRST_ACT + place) for place, act in enumerate(_ACTS)
}


def mask_of_duty(duty: Duty) -> int:
    """The part itself, on the object it was taken in; 0 where it bars from nothing."""
    return BITS.get(relation_of(duty), 0)


def mask_of_act(permission: str) -> int:
    """The act, on its object and on what the object is about; 0 where nothing bars from it."""
    return BITS.get(permission, 0)


def constraint_of(permission: str) -> str:
    """The name of the condition under which the act may stand, without the table's prefix."""
    return permission.replace(":", "_")


def conditions() -> dict[str, str]:
    """One SQL condition per barred act, by its name: not together with a part that bars from it, whichever came first."""
    return {
        constraint_of(act): f"mask & {BITS[act]} = 0 OR mask & {sum(BITS[word] for word in words)} = 0"
        for act, words in EXCLUSIONS.items()
    }
