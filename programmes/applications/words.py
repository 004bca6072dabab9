"""What states and acts are called in the office; also shipped in `frontend_contract/enums.json`."""

from programmes.applications.rules.transitions import Act, Desk, State

STATE_NAMES: dict[State, str] = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "已提交基层工会",
    State.ENDORSED: "基层工会已审核上报",
    State.DECLINED: "基层工会未同意",
    State.WITHDRAWN: "已撤回",
    State.AT_RECOMMENDING_UNIT: "推荐单位审核中",
    State.RECOMMENDED: "已推荐",
    State.NOT_RECOMMENDED: "未获推荐",
    State.RETURNED: "已退回补正",
    State.RECEIVED: "主办单位已收件",
    State.FORMAL_PASSED: "形式审查通过",
    State.FORMAL_REJECTED: "形式审查未通过",
    State.SCORING: "专家评分中",
    State.SCORED: "已汇总评分",
    State.PROPOSED: "已列入建议名单",
    State.NOT_PROPOSED: "未列入建议名单",
    State.APPROVED_FOR_NOTICE: "审议通过",
    State.DROPPED: "审议未通过",
    State.IN_PUBLIC_NOTICE: "公示中",
    State.NOTICE_DONE: "公示期满",
    State.REMOVED: "公示后取消资格",
    State.ANNOUNCED: "已公布",
    State.CULTIVATING: "培育中",
    State.SUSPENDED: "暂停培育",
    State.STOPPED: "停止培育",
    State.ASSESSED_PASS: "评价合格",
    State.ASSESSED_FAIL: "评价不合格",
    State.FAILED: "未获证书",
    State.CERTIFIED: "已获证书",
    State.REVOKED: "已撤销",
}

ACT_NAMES: dict[Act, str] = {
    Act.CREATE: "新建",
    Act.REVISE: "修改",
    Act.SUBMIT: "提交",
    Act.WITHDRAW: "撤回",
    Act.RETURN: "退回补正",
    Act.REOPEN: "重新受理",
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

DESK_NAMES: dict[Desk, str] = {
    Desk.APPLYING_UNIT: "申报单位",
    Desk.RECOMMENDING_UNIT: "推荐单位",
    Desk.ORGANISER: "主办单位",
}


def state_name(state: str) -> str:
    """The office's word for a state."""
    return STATE_NAMES[State(state)]


def act_name(act: Act) -> str:
    """The office's word for an act."""
    return ACT_NAMES[act]
