"""Why a person's data may not go on."""

from kernel.errors import invalid, refused

CONSENT_MISSING = refused(
    "CONSENT_MISSING",
    zh="未登记本人同意（个人信息上报与公示），不能提交",
    en="The person's consent is not recorded",
)
CONSENT_WITHDRAWN = refused(
    "CONSENT_WITHDRAWN",
    zh="本人已于 {on} 撤回同意（{purpose}），不能继续办理",
    en="The person withdrew the consent ({purpose}) on {on}",
)
NO_CONSENT_TO_WITHDRAW = refused(
    "NO_CONSENT_TO_WITHDRAW",
    zh="没有有效的本人同意（{purpose}）可撤回",
    en="There is no consent ({purpose}) in force to withdraw",
)
FILE_ERASED = refused(
    "FILE_ERASED",
    zh="该人员档案已于 {on} 按保存期限或本人申请清除",
    en="The person's file was erased on {on}",
)
CONSENT_DAY = invalid("CONSENT_DAY", zh="同意日期不能晚于今天", en="A consent is given today or earlier")
