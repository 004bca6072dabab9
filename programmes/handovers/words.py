"""What the states and steps of a handover are called in the office."""

from programmes.handovers.rules import HandoverState, Step

STATE_NAMES: dict[str, str] = {
    HandoverState.REQUESTED: "已选调待确认",
    HandoverState.OFFERED: "已报送待接收",
    HandoverState.ACCEPTED: "已接收",
    HandoverState.RETURNED: "已退回补正",
    HandoverState.DECLINED: "未接收",
    HandoverState.WITHDRAWING: "撤回中",
    HandoverState.WITHDRAWN: "已撤回",
}

STEP_NAMES: dict[str, str] = {
    Step.OFFER: "报送",
    Step.ACCEPT: "接收",
    Step.RETURN: "退回补正",
    Step.DECLINE: "不予接收",
    Step.WITHDRAW: "撤回",
    Step.UNDO: "撤销接收",
    Step.CONFIRM: "确认选调",
    Step.REFUSE: "不同意选调",
}
