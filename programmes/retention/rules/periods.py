"""How long: 个人信息的保存期限应当为实现处理目的所必要的最短时间 (个人信息保护法 第十九条).

No document of the programmes names a period (domain §7: all are silent), so code knows none: a union sets one for each kind of record, by a document of its
own; until it has, nothing of that kind is erased. What a title rests on stays: a case that was certified has no kind here.
"""

from datetime import date, datetime
from enum import StrEnum

from programmes.applications.rules.transitions import UNSELECTED, State


class RecordKind(StrEnum):
    """What a period can be set for. Counted from the day the record was last changed."""

    UNSELECTED_CASE = "unselected_case"
    WITHDRAWN_CASE = "withdrawn_case"
    ENDED_CULTIVATION = "ended_cultivation"
    HANDOVER_COPY = "handover_copy"
    REGISTER_LINE = "register_line"
    PERSON_FILE = "person_file"


KIND_NAMES = {
    RecordKind.UNSELECTED_CASE: "未入选的申报",
    RecordKind.WITHDRAWN_CASE: "撤回或未报送的申报",
    RecordKind.ENDED_CULTIVATION: "停止培育、评价不合格或被撤销的申报",
    RecordKind.HANDOVER_COPY: "未接收的移交材料",
    RecordKind.REGISTER_LINE: "已失效的名册条目",
    RecordKind.PERSON_FILE: "已无在办事项的人员档案",
}

CASE_KINDS = frozenset({RecordKind.UNSELECTED_CASE, RecordKind.WITHDRAWN_CASE, RecordKind.ENDED_CULTIVATION})
ENDS: dict[State, RecordKind] = {
    **dict.fromkeys(UNSELECTED - {State.WITHDRAWN}, RecordKind.UNSELECTED_CASE),
    State.WITHDRAWN: RecordKind.WITHDRAWN_CASE,
    State.STOPPED: RecordKind.ENDED_CULTIVATION,
    State.FAILED: RecordKind.ENDED_CULTIVATION,
    State.REVOKED: RecordKind.ENDED_CULTIVATION,
}
"""What a case is that ended so, here or, where it was handed on, above."""
HANDED_ON = frozenset({State.ENDORSED, State.RECOMMENDED})
UNSENT = frozenset({State.DRAFT, State.RETURNED})
CERTIFIED = frozenset({State.CERTIFIED})
EDITION_OVER = frozenset({"closed", "cancelled"})
EDITION_CANCELLED = "cancelled"
COPY_OVER = frozenset({"declined", "withdrawn", "returned"})
LINE_OVER = frozenset({"revoked", "withdrawn"})
MONTHS_A_YEAR = 12


def kind_of(state: str, upstream_state: str | None, edition_state: str) -> RecordKind | None:
    """What a case is now that it is over; None while it goes on, and where it ended in a title."""
    if state in ENDS:
        return ENDS[State(state)]
    if state in HANDED_ON and upstream_state in ENDS:
        return ENDS[State(upstream_state)]
    if edition_state == EDITION_CANCELLED and state not in CERTIFIED:
        return RecordKind.UNSELECTED_CASE
    if edition_state in EDITION_OVER and state in UNSENT:
        return RecordKind.WITHDRAWN_CASE
    return None


def over_before(now: datetime, months: int) -> datetime:
    """What was last changed at or before this moment has been kept for so many months."""
    years, month = divmod(now.month - 1 - months, MONTHS_A_YEAR)
    first = now.replace(year=now.year + years, month=month + 1, day=1)
    return first.replace(day=min(now.day, _days_in(first.date())))


def _days_in(first: date) -> int:
    following = date(first.year + first.month // MONTHS_A_YEAR, first.month % MONTHS_A_YEAR + 1, 1)
    return (following - first).days
