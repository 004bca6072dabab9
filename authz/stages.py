"""The states objects stand in, by kind, with their names; the closed vocabulary of a policy row's stage.

Sources: domain §5 and the docstrings of the areas' models. `-` stands for an object that does not exist yet or has no state.
"""

from authz.relations import NO_STAGE

CASE = {
    "draft": "草稿",
    "submitted": "已提交本单位工会",
    "endorsed": "单位工会已盖章上报",
    "declined": "单位工会不予申报",
    "withdrawn": "已撤回",
    "at_recommending_unit": "推荐单位受理",
    "recommended": "已推荐",
    "not_recommended": "未予推荐",
    "returned": "退回补正",
    "received": "主办单位已接收",
    "formal_passed": "形式审查通过",
    "formal_rejected": "形式审查未通过",
    "scoring": "专家评分中",
    "scored": "评分汇总完成",
    "proposed": "列入建议名单",
    "not_proposed": "未列入建议名单",
    "approved_for_notice": "审定拟公示",
    "dropped": "审议未通过",
    "in_public_notice": "公示中",
    "notice_done": "公示期满",
    "announced": "已公布",
    "removed": "因异议取消资格",
    "cultivating": "培育中",
    "assessed_pass": "评价合格",
    "assessed_fail": "评价不合格",
    "suspended": "暂停培育",
    "stopped": "停止培育",
    "certified": "已命名发证",
    "failed": "培育未通过",
    "revoked": "已撤销称号",
}
EDITION = {
    "draft": "拟制",
    "issued": "已印发",
    "open": "申报中",
    "reviewing": "评审中",
    "noticing": "公示中",
    "announced": "已公布",
    "cultivating": "培育中",
    "closed": "已办结",
    "cancelled": "已取消",
}
_MEETING = {"open": "进行中", "concluded": "已结束"}
_NOTICE = {"draft": "草稿", "published": "公示中", "ended": "已结束"}
_OBJECTION = {
    "received": "已收到",
    "inadmissible": "不予受理",
    "investigating": "核查中",
    "upheld": "属实",
    "not_upheld": "不属实",
    "applied": "已处理",
}
_PLAN = {
    "none": "未拟订",
    "drafted": "已拟订",
    "signed": "已签订",
    "filed": "已报备",
    "closed": "已结束",
    "stopped": "已停止",
}
_REPORT = {"open": "待报送", "submitted": "已报送", "verified": "已核实"}
_IN_FORCE = {"in_force": "有效", "revoked": "已撤销"}
_CERTIFICATE = {**CASE, "in_force": "有效", "issued": "已颁发"}
_HANDOVER = {
    "requested": "上级商调中",
    "offered": "已送交",
    "accepted": "已接收",
    "returned": "已退回",
    "declined": "未接收",
    "withdrawing": "撤回中",
    "withdrawn": "已撤回",
}
_STUDIO = {"named": "已命名", "withdrawn": "已撤销命名"}
_FUNDING = {
    "blocked": "待确认",
    "planned": "已列计划",
    "applied": "已申请",
    "approved": "已批准",
    "paid": "已支付",
    "cancelled": "已终止",
    "clawback_ordered": "待追回",
}

_ERASURE = {"open": "待决定", "granted": "待清除", "refused": "已拒绝", "done": "已清除", "noted": "已知悉"}

STAGES: dict[str, dict[str, str]] = {
    "case": CASE,
    "sheet": CASE,
    "assignment": CASE,
    "assessment": CASE,
    "edition": EDITION,
    "quota": EDITION,
    "grant": EDITION,
    "resolution": EDITION,
    "announcement": EDITION,
    "meeting": _MEETING,
    "notice": _NOTICE,
    "objection": _OBJECTION,
    "plan": _PLAN,
    "task": _PLAN,
    "report": _REPORT,
    "title": _IN_FORCE,
    "certificate": _CERTIFICATE,
    "honour": _IN_FORCE,
    "handover": _HANDOVER,
    "register": {**_IN_FORCE, "withdrawn": "本人撤回同意"},
    "studio": _STUDIO,
    "funding": _FUNDING,
    "reward": {},
    "person": {},
    "retention": {},
    "erasure": _ERASURE,
    "tenant": {},
    "membership": {},
    "session": {},
    "token": {},
    "audit": {},
    "policy": {},
    "deputy": {},
    "visit": {},
    "substitute": {"requested": "待上级指派", "assigned": "代办中", "ended": "已结束"},
}

KNOWN_STAGES = frozenset({NO_STAGE}.union(*(states for states in STAGES.values()), {"excluded"}))
"""Every word a subject may bring as its stage; a policy row is held to the words of its own kind."""


def stages_of(kind: str) -> frozenset[str]:
    """The stage words a policy row of this kind may use, besides `*`."""
    return frozenset({NO_STAGE, *STAGES[kind]})


def stage_name(kind: str, stage: str) -> str:
    """The state as a person reads it."""
    if stage == NO_STAGE:
        return "—"
    return STAGES.get(kind, {}).get(stage) or CASE.get(stage) or EDITION.get(stage) or stage
