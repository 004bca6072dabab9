"""Why something cannot be done with a case."""

from kernel.errors import conflict, invalid, refused

ACT_NOT_POSSIBLE = refused(
    "ACT_NOT_POSSIBLE",
    zh="当前状态“{state}”下不能执行“{act}”",
    en="A case in state {state} does not take the act {act}",
)
OUTSIDE_WINDOW = refused(
    "OUTSIDE_WINDOW",
    zh="本届申报未在受理期内（{opens} 至 {closes}）",
    en="The edition takes applications from {opens} to {closes} only",
)
PERSON_IN_PROGRESS = refused(
    "PERSON_IN_PROGRESS",
    zh="该人选本届已在其他渠道申报，同一人选不可重复推荐，请咨询上级工会",
    en="This person is already in progress elsewhere in this edition; ask the superior union",
)
ORGANISERS_OWN = refused(
    "ORGANISERS_OWN",
    zh="该人选是主办单位（{organiser}）的职工，不能申报本单位主办的评选",
    en="The person works for {organiser}, which runs this edition, and cannot be a candidate in it",
)
CASE_EXISTS = conflict(
    "CASE_EXISTS", zh="该人选本届在本单位已有申报", en="This person already has a case in this edition here"
)
EVIDENCE_MISSING = refused(
    "EVIDENCE_MISSING",
    zh="“{force}”尚无支撑材料，每一力至少一项",
    en="There is no supporting material for {force}; each force needs at least one",
)
DEEDS_MISSING = refused("DEEDS_MISSING", zh="尚未填写主要事迹", en="The deeds are not written yet")
LETTERS_MISSING = refused(
    "LETTERS_MISSING",
    zh="须有 {needed} 位非本单位同行高级专家推荐，现有 {present} 位",
    en="{needed} letters of senior peers from outside the unit are needed, there are {present}",
)
LETTER_FROM_OWN_UNIT = refused(
    "LETTER_FROM_OWN_UNIT",
    zh="推荐专家“{expert}”与申报人同单位，须为非本单位专家",
    en="The expert {expert} works at the applicant's own unit",
)
LETTER_TWICE = refused("LETTER_TWICE", zh="推荐专家“{expert}”重复", en="The expert {expert} stands twice")
BAD_RANK = invalid("BAD_RANK", zh="推荐排序须为 1 至 {most} 的整数", en="A rank is a whole number from 1 to {most}")
RANK_TAKEN = conflict("RANK_TAKEN", zh="推荐排序 {rank} 已被使用", en="Rank {rank} is already taken")
FEEDER_MISSING = refused(
    "FEEDER_MISSING",
    zh="推荐人选原则上从“{title}”中产生，例外须写明理由和批准人",
    en="Candidates come in principle from {title}; an exception needs a reason and an approver",
)
GATE_NOT_MET = refused(
    "GATE_NOT_MET",
    zh="不符合条件：{wording}（实际：{actual}）",
    en="A condition is not met: {key} (actual: {actual})",
)
CHECK_MISSING = refused(
    "CHECK_MISSING", zh="形式审查清单未填：{wording}", en="The formal review has no finding on {key}"
)
CHECK_UNKNOWN = invalid("CHECK_UNKNOWN", zh="形式审查清单中没有这一条：{key}", en="The checklist has no item {key}")
FORCE_UNKNOWN = invalid(
    "FORCE_UNKNOWN",
    zh="本届没有这一评价项：{force} {item}",
    en="The edition has no criterion {force} {item}",
)
OPEN_OBJECTION = refused(
    "OPEN_OBJECTION",
    zh="该人选有未办结的异议，办结前不能公布、命名或发证",
    en="An objection to this person is still open",
)
BAD_DATE = invalid("BAD_DATE", zh="日期不能晚于今天", en="The date must not lie in the future")
BAD_HASH = invalid(
    "BAD_HASH", zh="文件摘要须为 64 位十六进制 SHA-256", en="A file hash is a SHA-256 of 64 hexadecimal digits"
)
ROUTE_NOT_ALLOWED = refused(
    "ROUTE_NOT_ALLOWED",
    zh="{unit}不能直接向{organiser}推荐；推荐单位为：{allowed}",
    en="{unit} may not recommend to {organiser} directly; recommending units are: {allowed}",
)
GIVE_BACK_BY_HANDOVER = refused(
    "GIVE_BACK_BY_HANDOVER",
    zh="该件由下级报送，请在报送件上退回补正",
    en="This case came from below; return its handover instead",
)
