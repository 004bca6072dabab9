"""What the steps of a handover are called in the office; its states have the names the gate gives them (`authz.stages`)."""

from authz.stages import stage_name
from programmes.handovers.rules import Step

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


def state_name(state: str) -> str:
    """The office's word for a state."""
    return stage_name("handover", state)
