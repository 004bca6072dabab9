"""What notices, objections and announcements refuse."""

from kernel.errors import conflict, invalid, refused

NOT_DELIBERATED = refused(
    "NOT_DELIBERATED",
    zh="{names}尚未经{body}审议审定，不能公示",
    en="{body} has not decided yet, no notice for: {names}",
)
COMPLAINANT_ERASED = refused(
    "COMPLAINANT_ERASED", zh="该异议所涉档案已清除，异议人信息不再保存", en="With the case, who objected was erased"
)
NO_NOTICE_STAGE = refused("NO_NOTICE_STAGE", zh="本期不设公示环节", en="This edition has no public notice")
NOTICE_LENGTH_UNFILLED = refused(
    "NOTICE_LENGTH_UNFILLED",
    zh="本期未填写公示工作日天数",
    en="The edition does not state the length of its notice",
)
STARTS_IN_PAST = invalid("STARTS_IN_PAST", zh="公示不能从过去的日期开始", en="A notice cannot begin in the past")
SHOWS_PERSONAL_DATA = refused(
    "SHOWS_PERSONAL_DATA",
    zh="公示内容含有身份证号或手机号码，不能发布",
    en="The notice would show an ID number or a mobile number",
)
NOBODY_NAMED = invalid("NOBODY_NAMED", zh="没有填写任何人选", en="No case is named")
CASE_NAMED_TWICE = invalid("CASE_NAMED_TWICE", zh="同一人选重复填写", en="A case is named twice")
CASE_OF_OTHER_EDITION = invalid(
    "CASE_OF_OTHER_EDITION",
    zh="人选{names}不属于本期",
    en="Not cases of this edition: {names}",
)
NOTICE_RUNNING = refused(
    "NOTICE_RUNNING",
    zh="公示期至 {ends_on}（含当日），尚未届满",
    en="The notice runs until {ends_on}, that day included",
)
NOTICE_NOT_DRAFT = conflict(
    "NOTICE_NOT_DRAFT", zh="该公示已经发布，不能再次发布", en="The notice has been published already"
)
NOTICE_IS_DRAFT = refused("NOTICE_IS_DRAFT", zh="公示尚未发布", en="The notice has not been published")
NOTICE_ENDED = conflict("NOTICE_ENDED", zh="公示已经结束", en="The notice has ended already")
NOT_ON_NOTICE = refused("NOT_ON_NOTICE", zh="该人选不在本次公示名单上", en="This person is not on the notice")
DATE_IN_FUTURE = invalid("DATE_IN_FUTURE", zh="日期不能晚于今天", en="The date lies in the future")
POSTMARK_AFTER_RECEIPT = invalid(
    "POSTMARK_AFTER_RECEIPT",
    zh="邮戳日期不能晚于收到日期",
    en="A letter cannot be postmarked after it was received",
)
OBJECTION_NOT_HERE = conflict(
    "OBJECTION_NOT_HERE",
    zh="异议当前为“{state}”状态，不能进行此操作",
    en="The objection is {state}; this cannot be done now",
)
SECOND_PERSON_NEEDED = refused(
    "SECOND_PERSON_NEEDED",
    zh="核查结论须由另一人复核",
    en="A finding is confirmed by a second person",
)
ENDED_BY_ITS_OWN_ACT = refused(
    "ENDED_BY_ITS_OWN_ACT",
    zh="该人选已公布，现为“{state}”：须由主办单位按规定情形、经审核批准先“{way}”，再办结本异议",
    en="The person was announced and is now {state_code}: the organiser ends that by {way_code}, with its ground and approval; then apply the objection",
)
NOT_UPHELD_NO_REMOVAL = refused(
    "NOT_UPHELD_NO_REMOVAL",
    zh="异议不成立，不能据此取消入选资格",
    en="Nobody is removed for an objection that was not upheld",
)
HELD_BY_OBJECTION = refused(
    "HELD_BY_OBJECTION",
    zh="{names}有尚未办结的异议，暂不能公布；其他人选不受影响",
    en="Open objections hold {names}; the others may be announced",
)
NOTICE_NOT_DONE = refused(
    "NOTICE_NOT_DONE",
    zh="{names}公示期未满或未经公示，不能公布",
    en="The notice is not complete for: {names}",
)
DOCUMENT_NUMBER_USED = conflict(
    "DOCUMENT_NUMBER_USED",
    zh="文号“{number}”已经使用",
    en="The document number {number} is already used",
)
