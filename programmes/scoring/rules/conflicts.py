"""Who may not score a case: house rule D7, after 3位非本单位同行高级专家（总工发〔2024〕1号 第六条）, which speaks of letters only.

An expert is kept from a case of his own employer, of the union he works for where that one recommends, of a person he wrote a letter for, and from cases
that he drew up, endorsed, recommended or reviewed, here or in a union below. What is not recorded (kinship, apprenticeship) the expert declares himself.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Conflict(StrEnum):
    """Why an expert is kept from a case; the words are data of the assignment and of the contract."""

    SAME_EMPLOYER = "same_employer"
    FROM_RECOMMENDING_UNIT = "from_recommending_unit"
    FROM_APPLYING_UNIT = "from_applying_unit"
    WROTE_LETTER = "wrote_letter"
    DREW_UP = "drew_up"
    DID_ENDORSE = "did_endorse"
    DID_RECOMMEND = "did_recommend"
    DID_REVIEW = "did_review"
    IS_SUBJECT = "is_subject"


@dataclass(frozen=True)
class ExpertFacts:
    """What the pool knows of an expert; `unit_id` is the union he comes from."""

    name: str
    employer: str
    employer_code: str | None
    unit_id: UUID | None
    duties: Collection[str] = frozenset()


@dataclass(frozen=True)
class CaseFacts:
    """What of a case can touch an expert."""

    person_name: str
    employer: str
    employer_code: str | None
    applying_unit_id: UUID
    recommending_unit_id: UUID | None
    letter_writers: Collection[tuple[str, str]] = frozenset()
    """Name and unit of each peer who wrote a letter."""


def find_conflict(expert: ExpertFacts, case: CaseFacts) -> Conflict | None:
    """The first reason that keeps this expert from this case, or None."""
    name, employer = plain(expert.name), plain(expert.employer)
    writers = {plain(writer) for writer, _ in case.letter_writers}
    same_code = expert.employer_code is not None and expert.employer_code == case.employer_code
    same_employer = same_code or employer == plain(case.employer)
    checks = (
        (Conflict.IS_SUBJECT, same_employer and name == plain(case.person_name)),
        (Conflict.SAME_EMPLOYER, same_employer),
        (Conflict.FROM_RECOMMENDING_UNIT, expert.unit_id is not None and expert.unit_id == case.recommending_unit_id),
        (Conflict.FROM_APPLYING_UNIT, expert.unit_id is not None and expert.unit_id == case.applying_unit_id),
        (Conflict.WROTE_LETTER, name in writers),
        (Conflict.DREW_UP, "self_created" in expert.duties),
        (Conflict.DID_ENDORSE, "endorsed" in expert.duties),
        (Conflict.DID_RECOMMEND, "recommended" in expert.duties),
        (Conflict.DID_REVIEW, "reviewed" in expert.duties),
    )
    return next((conflict for conflict, holds in checks if holds), None)


def plain(text: str) -> str:
    """A name by which the same one is recognised however it was typed: full and half width, blanks, brackets, case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace() and character not in "·•.")
