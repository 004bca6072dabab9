"""Why something cannot be done in the cultivation period, and what its parts are called in the office."""

from kernel.errors import invalid, refused

SIGNER_NAMES = {"employer": "所在单位", "recommending_unit": "推荐单位", "candidate": "培育对象"}
PART_NAMES = {"goals": "培育目标", "safeguards": "保障措施", "tasks": "培育任务"}

PLAN_STATE = refused(
    "PLAN_STATE",
    zh="培育方案当前状态为“{state}”，不能执行此操作",
    en="The plan is in state {state}; this cannot be done",
)
PLAN_INCOMPLETE = refused(
    "PLAN_INCOMPLETE",
    zh="培育方案缺少：{missing}（目标、任务、保障措施须齐全）",
    en="The plan lacks: {missing}",
)
PLAN_NOT_SIGNED = refused(
    "PLAN_NOT_SIGNED",
    zh="培育方案尚未由{signer}签订，不能生效",
    en="The plan is not signed by {signer}; it cannot take effect",
)
PLAN_OWNER_UNKNOWN = refused(
    "PLAN_OWNER_UNKNOWN",
    zh="本届未确定培育方案由谁制定，请先填写",
    en="The edition does not say who makes the plan; fill it in first",
)
AMEND_REASON_MISSING = invalid(
    "AMEND_REASON_MISSING",
    zh="调整已签订的培育方案须说明理由",
    en="Changing a signed plan needs a reason",
)
TASK_OUTSIDE_PERIOD = invalid(
    "TASK_OUTSIDE_PERIOD",
    zh="任务期限须在培育期内（{starts} 至 {ends}）",
    en="A task is due within the period, {starts} to {ends}",
)
TASK_ENDED = refused("TASK_ENDED", zh="该任务已有结论", en="The task has its outcome already")
REPORT_STATE = refused(
    "REPORT_STATE",
    zh="进展报告当前状态为“{state}”，不能执行此操作",
    en="The report is in state {state}; this cannot be done",
)
PERIOD_RUNNING = refused(
    "PERIOD_RUNNING",
    zh="培育期至 {ends_on} 届满，届满前不能作最终评价",
    en="The period ends on {ends_on}; it cannot be assessed before",
)
PLAN_NOT_IN_FORCE = refused(
    "PLAN_NOT_IN_FORCE",
    zh="培育方案尚未签订并报备，不能作最终评价",
    en="The plan is not signed and filed; the period cannot be assessed",
)
TASKS_OPEN = refused(
    "TASKS_OPEN",
    zh="培育任务尚未全部有结论，不能作最终评价",
    en="Not every task has an outcome",
)
TASKS_NOT_COMPLETED = refused(
    "TASKS_NOT_COMPLETED",
    zh="有培育任务未完成，不能评定为“任务完成”",
    en="A task was not completed; the tasks cannot be assessed as completed",
)
FINAL_REPORT_MISSING = refused(
    "FINAL_REPORT_MISSING",
    zh="尚未提交最终进展报告，不能作最终评价",
    en="The final report is not in",
)
SIGNED_IN_FUTURE = invalid("SIGNED_IN_FUTURE", zh="签订日期不能晚于今天", en="The date of signing lies in the future")
GROUND_NOT_IN_DOCUMENT = refused(
    "GROUND_NOT_IN_DOCUMENT",
    zh="该情形不在文件规定的停止、撤销情形之内",
    en="The document does not know this ground",
)
PERIOD_LENGTH_UNKNOWN = refused(
    "PERIOD_LENGTH_UNKNOWN",
    zh="本届未确定培育期长度，请先填写",
    en="The edition does not say how long the period is; fill it in first",
)
