"""What the rows of one case look like: its person, its path through the states, its material. The same numbers give the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bench.country.keys import Kind, key
from bench.country.names import OCCUPATIONS, id_number_of, name_of
from bench.country.shape import FOUNDED
from kernel.sealing import Sealer

Row = dict[str, object]
FORCES = ("leadership", "practice", "innovation", "breakthrough", "inheritance")
_RECEIVED = (("receive", "received"),)
_PASSED = (*_RECEIVED, ("formal_pass", "formal_passed"))
_PROPOSED = (*_PASSED, ("propose", "proposed"))
_NOTICED = (*_PROPOSED, ("deliberate", "approved_for_notice"), ("publish", "in_public_notice"))
_CULTIVATING = (
    *_NOTICED,
    ("end_notice", "notice_done"),
    ("announce", "announced"),
    ("start_cultivation", "cultivating"),
)
_CERTIFIED = (*_CULTIVATING, ("assess_pass", "assessed_pass"), ("certify", "certified"))
_SUBMITTED = (("create", "draft"), ("submit", "submitted"))
PATHS: dict[str, Sequence[tuple[str, str]]] = {
    "received": _RECEIVED,
    "formal_passed": _PASSED,
    "formal_rejected": (*_RECEIVED, ("formal_reject", "formal_rejected")),
    "scoring": (*_PASSED, ("assign", "scoring")),
    "proposed": _PROPOSED,
    "not_proposed": (*_PASSED, ("not_propose", "not_proposed")),
    "in_public_notice": _NOTICED,
    "cultivating": _CULTIVATING,
    "certified": _CERTIFIED,
    "revoked": (*_CERTIFIED, ("revoke", "revoked")),
    "at_recommending_unit": (("receive", "at_recommending_unit"),),
    "recommended": (("receive", "at_recommending_unit"), ("recommend", "recommended")),
    "draft": _SUBMITTED[:1],
    "submitted": _SUBMITTED,
    "endorsed": (*_SUBMITTED, ("endorse", "endorsed")),
}
_STEP = timedelta(hours=7)
_EVERY = timedelta(minutes=60)


@dataclass(frozen=True)
class Case:
    """A case as one union has it. `number` is that of its person, application and case."""

    number: int
    tenant_id: UUID
    desk: str
    state: str
    edition_id: UUID
    organiser_id: UUID
    applying_unit_id: UUID
    recommending_unit_id: UUID | None
    created_by: UUID

    @property
    def id(self) -> UUID:
        """The application's key."""
        return key(Kind.APPLICATION, self.number)

    @property
    def at(self) -> datetime:
        """Its last change; no two cases of a union share it."""
        return FOUNDED + self.number % 100_000 * _EVERY


def person(number: int, tenant_id: UUID, sealer: Sealer) -> Row:
    """A person's file with really sealed numbers; only they differ between two installations, whose keys differ."""
    person_id, (name, sort_key) = key(Kind.PERSON, number), name_of(number)
    id_number, phone = id_number_of(number % 10_000_000), f"139{number % 100_000_000:08}"
    sealed = {
        f"{column}_sealed": sealer.seal(
            value, tenant_id=tenant_id, table="person", column=f"{column}_sealed", row_id=person_id
        )
        for column, value in (("id_number", id_number), ("phone", phone))
    }
    return {
        "tenant_id": tenant_id,
        "id": person_id,
        "name": name,
        "name_sort_key": sort_key,
        "sex": "male" if number % 3 else "female",
        "birth_month": f"{id_number[6:10]}-{id_number[10:12]}",
        **sealed,
        "id_number_hint": id_number[-4:],
        "id_number_index": sealer.blind_index(id_number),
        "phone_hint": f"{phone[:3]}****{phone[-4:]}",
        "employer": f"天宁第{number % 8 + 1}机械有限公司",
        "occupation": OCCUPATIONS[number % len(OCCUPATIONS)],
        "industry": "制造业",
        "education": "高职",
        "skill_grade": "高级技师",
        "frontline_since": f"{1995 + number % 20}-09",
        "in_service": True,
        "is_migrant_worker": number % 7 == 0,
        **versioned(FOUNDED),
    }


def application(case: Case) -> Row:
    """The case itself."""
    forwarded = case.desk != "applying_unit"
    return {
        "tenant_id": case.tenant_id,
        "id": case.id,
        "case_id": key(Kind.CASE, case.number),
        "edition_id": case.edition_id,
        "organiser_id": case.organiser_id,
        "person_id": key(Kind.PERSON, case.number),
        "desk": case.desk,
        "state": case.state,
        "applying_unit_id": case.applying_unit_id,
        "recommending_unit_id": case.recommending_unit_id,
        "deeds": "改进工艺三项，带出技师六人，一次合格率保持在百分之九十九以上。",
        "unit_opinion": "同意，材料属实" if forwarded else None,
        "opinion": "同意推荐" if case.desk == "organiser" else None,
        "titles_held": "[]",
        "route_so_far": "[]",
        "consent_on": date(2024, 1, 5),
        "open_objections": 0,
        "created_by": None if forwarded else case.created_by,
        **versioned(case.at),
    }


def history(case: Case) -> list[Row]:
    """The acts that led the case to its state, an act every seven hours."""
    path = PATHS[case.state]
    before = (None, *(state for _, state in path))
    return [
        {
            "tenant_id": case.tenant_id,
            "id": key(Kind.ACT, case.number * 16 + step),
            "application_id": case.id,
            "act": act,
            "from_state": before[step],
            "to_state": state,
            "at": case.at - (len(path) - 1 - step) * _STEP,
            "account_id": case.created_by,
            "actor": "王经办",
            "reason": None,
            "document_no": None,
        }
        for step, (act, state) in enumerate(path)
    ]


def material(case: Case) -> list[Row]:
    """One piece of evidence for each of the five forces."""
    return [
        {
            "tenant_id": case.tenant_id,
            "id": key(Kind.EVIDENCE, case.number * 8 + place),
            "application_id": case.id,
            "force": force,
            "item": 1,
            "title": f"{force} 支撑材料",
            "issuer": "常州市总工会",
            "issued_on": date(2023, 5, 1),
            **versioned(case.at),
        }
        for place, force in enumerate(FORCES)
    ]


def letters(case: Case, count: int = 3) -> list[Row]:
    """Letters of senior peers from elsewhere."""
    return [
        {
            "tenant_id": case.tenant_id,
            "id": key(Kind.LETTER, case.number * 4 + place),
            "application_id": case.id,
            "expert_name": name_of(case.number + place + 1)[0],
            "expert_unit": f"第{place + 1}设计研究院",
            "expert_post": "首席专家",
            "profession": "机械制造",
            "senior_by": "正高级工程师",
            "content": "该同志技艺精湛，予以推荐。",
            "signed_on": date(2024, 2, 1),
            **versioned(case.at),
        }
        for place in range(count)
    ]


def consent(case: Case) -> Row:
    """The person agreed that his dossier goes up."""
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.CONSENT, case.number),
        "person_id": key(Kind.PERSON, case.number),
        "purpose": "upward",
        "given_on": date(2024, 1, 5),
        **versioned(case.at),
    }


def versioned(at: datetime) -> Row:
    """What every row that people edit ends with."""
    return {"version": 1, "created_at": at, "updated_at": at}
