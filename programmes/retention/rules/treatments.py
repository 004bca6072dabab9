"""What becomes of each column that may speak of a person when his file is erased (个人信息保护法 第四十七条), and what stays for the statistics.

Closed by test: a text, JSON or byte column of a table that leads to a person stands here, under TREATMENTS or under KEPT, or the suite fails.
"""

from collections.abc import Mapping
from enum import StrEnum


class Treatment(StrEnum):
    """BLANK: a dash. EMPTY: no characters. NOTHING: null. YEAR: of a month only the year, as its January. OWN_KEY: the row's own key in place of an index."""

    BLANK = "blank"
    EMPTY = "empty"
    NOTHING = "nothing"
    YEAR = "year"
    NO_ITEMS = "no_items"
    NO_MEMBERS = "no_members"
    OWN_KEY = "own_key"


_B, _E, _N, _Y = Treatment.BLANK, Treatment.EMPTY, Treatment.NOTHING, Treatment.YEAR

TREATMENTS: Mapping[str, Mapping[str, Treatment]] = {
    "person": {
        **dict.fromkeys(("name", "name_sort_key", "id_number_hint", "employer", "occupation"), _B),
        **dict.fromkeys(("id_number_sealed", "phone_sealed", "phone_hint", "ethnicity", "political_status"), _N),
        **dict.fromkeys(("education", "employer_code", "post", "professional_title", "worked_since"), _N),
        **dict.fromkeys(("birth_month", "frontline_since"), _Y),
        "id_number_index": Treatment.OWN_KEY,
    },
    "application": {
        "deeds": _E,
        **dict.fromkeys(("unit_opinion", "opinion", "supplement_reason", "exception_reason"), _N),
        "exception_approver": _N,
        "titles_held": Treatment.NO_ITEMS,
        "route_so_far": Treatment.NO_ITEMS,
    },
    "consent": {"document": _N, "reason": _N},
    "evidence": {"title": _B, "issuer": _N, "file_sha256": _N, "note": _N},
    "peer_letter": dict.fromkeys(
        ("expert_name", "expert_unit", "expert_post", "profession", "senior_by", "content"), _B
    ),
    "review_check": {"remark": _N},
    "case_act": {"reason": _N},
    "snapshot": {"sealed": _N},
    "handover": {"person_name": _B, "reason": _N, "snapshot_sealed": _N},
    "drift": {"before": _N, "after": _N},
    "assignment": {"return_reason": _N},
    "score_sheet": {"comment": _E, "change_reason": _N},
    "meeting_item": {"reason": _N},
    "notice_item": dict.fromkeys(("name", "employer", "occupation"), _B),
    "objection": {
        "content": _B,
        "complainant_sealed": _N,
        **dict.fromkeys(("inadmissible_because", "findings", "reply"), _N),
    },
    "cultivation_plan": {"goals": _E, "safeguards": _E, "mentor": _N, "amend_reason": _N},
    "cultivation_task": {"title": _B, "outcome": _N},
    "progress_report": {"content": _E, "remark": _N},
    "assessment": {"opinion": _B},
    "revocation": {"note": _N},
    "reward_result": {"details": Treatment.NO_MEMBERS},
    "studio": {"employer": _B, "field": _B, "withdraw_reason": _N},
    "erasure_request": {"reason": _B, "decision_reason": _N},
}

LINE: Mapping[str, Treatment] = {"person_name": _B, "employer": _B, "occupation": _B}
"""A line of the own register; it leads to a person through a passing only."""

STRUCK: Mapping[str, tuple[str, ...]] = {
    "meeting": ("minutes",),
    "resolution": ("note",),
    "notice": ("title",),
    "announcement": ("title",),
    "studio": ("name",),
}
"""Text about many: of it only the erased person's name is taken out, and that only where nobody else here bears it."""

KEPT: Mapping[str, Mapping[str, str]] = {
    "person": {
        "sex": "statistics",
        "industry": "statistics",
        "skill_grade": "statistics, of a closed vocabulary",
    },
    "application": {"desk": "statistics", "state": "statistics", "upstream_state": "statistics"},
    "consent": {"purpose": "shows that there was one"},
    "evidence": {"force": "statistics"},
    "review_check": {
        **dict.fromkeys(("key", "wording", "document", "article"), "the rule's own words"),
        "outcome": "statistics",
    },
    "case_act": {
        **dict.fromkeys(("act", "from_state", "to_state"), "statistics"),
        "actor": "of the staff",
        "document_no": "a document's number",
    },
    "snapshot": {"sha256": "both sides prove by it what was passed", "fields": "names of fields"},
    "handover": {
        **dict.fromkeys(("direction", "kind", "state", "outcome"), "statistics"),
        "snapshot_sha256": "both sides prove by it what was passed",
        "fields": "names of fields",
        "legal_basis": "the article",
    },
    "drift": {"field": "a field's name"},
    "assignment": {**dict.fromkeys(("state", "conflict"), "statistics"), "expert_name": "of the panel"},
    "score_sheet": {"points": "statistics"},
    "meeting_item": {"outcome": "statistics"},
    "notice_item": {"sex": "statistics", "recommending_unit": "a union"},
    "objection": {
        **dict.fromkeys(("channel", "complainant_kind", "state", "outcome", "decision"), "statistics"),
        "resolution_no": "a document's number",
    },
    "cultivation_plan": {"owner_kind": "statistics", "state": "statistics"},
    "progress_report": {"state": "statistics"},
    "title": {
        **dict.fromkeys(("title_code", "name", "state"), "the honour's own"),
        "naming_document_no": "a document's number",
    },
    "certificate": dict.fromkeys(("number", "awarding_body", "state"), "the series has no gaps"),
    "revocation": {"ground": "statistics", "resolution_no": "a document's number"},
    "honour": dict.fromkeys(("title_code", "name", "state"), "the honour's own"),
    "funding_record": dict.fromkeys(
        (
            *("rule_code", "cause", "kind", "purpose", "payee_kind", "recoverable", "question", "answer"),
            *("answer_document_no", "held_from", "state", "document", "article", "voucher_no"),
        ),
        "bookkeeping; words of the rule, numbers of documents",
    ),
    "reward_result": {"kind": "statistics", "document_no": "a document's number"},
    "studio": {
        **dict.fromkeys(("kind", "level", "state"), "statistics"),
        "document_no": "a document's number",
        "name": "the erased name is taken out of it",
    },
    "erasure_request": {
        **dict.fromkeys(("origin", "state", "ground"), "shows that the right was heard"),
        "document_no": "a document's number",
    },
}
