"""Why the catalogue says no."""

from kernel.errors import conflict, forbidden, invalid, not_found, refused

PROGRAMME_NOT_FOUND = not_found("PROGRAMME_NOT_FOUND", zh="没有找到该培育工程", en="There is no such programme")
EDITION_NOT_FOUND = not_found("EDITION_NOT_FOUND", zh="没有找到该期次", en="There is no such edition")
RULEBOOK_INVALID = invalid(
    "RULEBOOK_INVALID",
    zh="规则文件 {file} 有误：{problems}",
    en="The rulebook {file} is wrong: {problems}",
)
RULEBOOK_CHANGED = conflict(
    "RULEBOOK_CHANGED",
    zh="规则 {programme} 的版本 {version} 已经载入，内容不得更改；请另立新版本",
    en="Version {version} of the rulebook {programme} is loaded already and may not change; give it a new version",
)
NOT_SHIPPED = invalid(
    "NOT_SHIPPED",
    zh="没有代码为“{programme}”的规则（现有：{known}）",
    en="There is no rulebook of {programme} (there are: {known})",
)
ORGANISER_LEVEL = refused(
    "ORGANISER_LEVEL",
    zh="“{programme}”由{wanted}工会主办，{organiser}不是这一层级",
    en="{programme} is organised at the level {wanted}, and {organiser} is not of that level",
)
ORGANISER_FIXED = refused(
    "ORGANISER_FIXED",
    zh="“{programme}”的主办单位已定，不能改为{organiser}",
    en="The organiser of {programme} is settled and cannot become {organiser}",
)
EDITION_EXISTS = conflict(
    "EDITION_EXISTS",
    zh="{year} 年第 {cohort_no} 期已经存在",
    en="The edition of {year}, cohort {cohort_no}, exists already",
)
BAD_YEAR = invalid("BAD_YEAR", zh="年度须在 {least} 至 {most} 之间", en="A year is between {least} and {most}")
BAD_COHORT = invalid("BAD_COHORT", zh="期数须在 1 至 {most} 之间", en="A cohort number is between 1 and {most}")
BAD_SCHEDULE = invalid(
    "BAD_SCHEDULE",
    zh="截止日期不能早于开始日期",
    en="The closing date is earlier than the opening date",
)
FILL_UNKNOWN_KEY = invalid(
    "FILL_UNKNOWN_KEY",
    zh="“{key}”不是本规则中待填写的项目",
    en="“{key}” is not a value that this rulebook leaves open",
)
FILL_BAD_VALUE = invalid(
    "FILL_BAD_VALUE",
    zh="“{key}”填写的值不符合要求（应为：{expected}）",
    en="The value for “{key}” does not fit (expected: {expected})",
)
FILL_TOO_MANY = invalid(
    "FILL_TOO_MANY",
    zh="一次最多填写 {most} 项",
    en="At most {most} values can be filled in at once",
)
EDITION_INCOMPLETE = refused(
    "EDITION_INCOMPLETE",
    zh="原文未规定的必填项目尚未填写，不能印发：{missing}",
    en="Values on which the document is silent are not filled in yet: {missing}",
)
DOCUMENT_EXPIRED = refused(
    "DOCUMENT_EXPIRED",
    zh="依据文件《{document}》有效期至 {effective_to}，不能再据此新设或印发期次",
    en="The document {document} was in force until {effective_to}; no edition can be made or issued under it any more",
)
DOCUMENT_NOT_IN_FORCE = refused(
    "DOCUMENT_NOT_IN_FORCE",
    zh="依据文件《{document}》自 {effective_from} 起施行，现在还不能据此印发",
    en="The document {document} is in force only from {effective_from}",
)
EDITION_STATE = refused(
    "EDITION_STATE",
    zh="期次现处于“{state}”，不能{act}",
    en="The edition is {state}; it cannot {act}",
)
NOT_ORGANISER = forbidden(
    "NOT_ORGANISER",
    zh="本单位不是“{programme}”的主办单位",
    en="This union does not organise {programme}",
)
SCHEDULE_MISSING = invalid(
    "SCHEDULE_MISSING",
    zh="印发前须确定申报起止日期",
    en="The opening and the closing date must be set before the edition is issued",
)
QUOTA_UNIT_NOT_ALLOWED = refused(
    "QUOTA_UNIT_NOT_ALLOWED",
    zh="{unit}不是本规则的推荐单位（{allowed}），不能分配名额",
    en="{unit} is no recommending unit of this programme ({allowed}) and cannot be given places",
)
QUOTA_BELOW_USED = refused(
    "QUOTA_BELOW_USED",
    zh="名额不能少于已使用的数量",
    en="Places cannot be fewer than are used already",
)
UNIT_NOT_FOUND = not_found("UNIT_NOT_FOUND", zh="没有找到该单位", en="There is no such union")
FUTURE_DATE = invalid("FUTURE_DATE", zh="日期不能晚于今天", en="The date is in the future")
QUOTA_NOT_USED_HERE = refused(
    "QUOTA_NOT_USED_HERE",
    zh="本规则不实行推荐名额",
    en="This programme has no quota of recommendations",
)
QUOTA_MISSING = refused(
    "QUOTA_MISSING",
    zh="推荐名额尚未分配，不能印发",
    en="No places are allotted yet, so the edition cannot be issued",
)
QUOTA_BAD_PLACES = invalid("QUOTA_BAD_PLACES", zh="名额须在 1 至 {most} 之间", en="Places are between 1 and {most}")
QUOTA_FACTORS_MISSING = invalid(
    "QUOTA_FACTORS_MISSING",
    zh="名额分配须写明四项因素，缺：{missing}",
    en="The four factors of the allotment must be given; missing: {missing}",
)
QUOTA_FULL = refused("QUOTA_FULL", zh="推荐名额已用完（{used}/{places}）", en="All {places} places are used ({used})")
QUOTA_NONE_GIVEN = refused(
    "QUOTA_NONE_GIVEN",
    zh="主办单位没有给本单位分配推荐名额",
    en="The organiser has given this union no places",
)
EXTRA_UNIT_NOT_FORESEEN = refused(
    "EXTRA_UNIT_NOT_FORESEEN",
    zh="本规则没有规定可另行批准推荐单位",
    en="This programme does not foresee further recommending units",
)
