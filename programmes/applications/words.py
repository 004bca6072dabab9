"""What acts are called in the office; states have the names the gate gives them (`authz.stages`)."""

from authz.stages import CASE
from programmes.applications.rules.transitions import Act

ACT_NAMES: dict[Act, str] = {
    Act.CREATE: "新建",
    Act.REVISE: "修改",
    Act.SUBMIT: "提交",
    Act.WITHDRAW: "撤回",
    Act.RETURN: "退回补正",
    Act.REOPEN: "重新受理",
    Act.TURN_DOWN: "上级未接收或未推荐",
    Act.ENDORSE: "审核上报",
    Act.DECLINE: "不同意申报",
    Act.RECOMMEND: "推荐",
    Act.NOT_RECOMMEND: "不予推荐",
    Act.RECEIVE: "收件",
    Act.FORMAL_PASS: "形式审查通过",
    Act.FORMAL_REJECT: "形式审查不通过",
    Act.ASSIGN: "分派专家",
    Act.SCORE: "评分",
    Act.AGGREGATE: "汇总评分",
    Act.PROPOSE: "列入建议名单",
    Act.NOT_PROPOSE: "不列入建议名单",
    Act.DELIBERATE: "党组审议通过",
    Act.DROP: "党组审议不通过",
    Act.SEND_BACK: "党组退回评审会议重议",
    Act.PUBLISH: "公示",
    Act.END_NOTICE: "公示期满",
    Act.REMOVE: "取消资格",
    Act.ANNOUNCE: "公布",
    Act.NAME: "命名",
    Act.START_CULTIVATION: "开始培育",
    Act.ASSESS_PASS: "评价合格",
    Act.ASSESS_FAIL: "评价不合格",
    Act.SUSPEND: "暂停培育",
    Act.RESUME: "恢复培育",
    Act.STOP: "停止培育",
    Act.CERTIFY: "颁发证书",
    Act.FAIL: "结束培育（未获证书）",
    Act.REVOKE: "撤销",
}


def state_name(state: str) -> str:
    """The office's word for a state."""
    return CASE[state]


def act_name(act: Act) -> str:
    """The office's word for an act."""
    return ACT_NAMES[act]
