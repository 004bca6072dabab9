"""Why a period cannot be set, or a file not be erased."""

from kernel.errors import conflict, invalid, refused

RETENTION_MONTHS = invalid("RETENTION_MONTHS", zh="保存期限须为 1–{most} 个月", en="A period is 1 to {most} months")
ERASURE_DAY = invalid("ERASURE_DAY", zh="申请日期不能晚于今天", en="A request is made today or earlier")
ERASURE_OPEN = conflict(
    "ERASURE_OPEN", zh="该人员已有未办结的删除申请", en="A request about this person is open already"
)
ERASURE_DECIDED = refused("ERASURE_DECIDED", zh="该删除申请已办结", en="The request is decided already")
ERASURE_OWN_REQUEST = refused(
    "ERASURE_OWN_REQUEST", zh="登记申请的人不能自行决定", en="Whoever recorded the request does not decide it"
)
ERASURE_GROUND = invalid(
    "ERASURE_GROUND",
    zh="拒绝删除须写明法定理由，同意删除则不写",
    en="A refusal names its legal ground, a grant names none",
)
ERASURE_STILL_NEEDED = refused(
    "ERASURE_STILL_NEEDED",
    zh="该人员仍有在办事项或有效荣誉（{what}），处理目的尚未实现，不能删除",
    en="The file is still needed ({what_codes})",
)
