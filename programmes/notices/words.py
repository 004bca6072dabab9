"""What states of objections and reasons not to hear them are called in the office."""

from programmes.notices.rules.objections import Inadmissible, ObjectionState

STATE_NAMES: dict[ObjectionState, str] = {
    ObjectionState.RECEIVED: "已收到",
    ObjectionState.INADMISSIBLE: "不予受理",
    ObjectionState.INVESTIGATING: "核查中",
    ObjectionState.UPHELD: "属实",
    ObjectionState.NOT_UPHELD: "不属实",
    ObjectionState.APPLIED: "已处理",
}

INADMISSIBLE_NAMES: dict[Inadmissible, str] = {
    Inadmissible.TOO_EARLY: "公示尚未开始",
    Inadmissible.LATE: "逾期不予受理",
    Inadmissible.ANONYMOUS: "未署真实姓名（单位名称），不予受理",
    Inadmissible.NO_CONTACT: "未留联系方式，不予受理",
    Inadmissible.UNSEALED: "以单位名义反映的须加盖公章",
    Inadmissible.NO_PERSON_NAMED: "未指明具体人选，不予受理",
    Inadmissible.DUPLICATE: "与已受理的异议重复",
}


def state_name(state: str) -> str:
    """The office's word for the state of an objection."""
    return STATE_NAMES[ObjectionState(state)]
