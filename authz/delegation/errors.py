"""What standing in for another is refused with."""

from kernel.errors import forbidden, invalid, refused

GRANT_EXCEEDS_OWN = forbidden(
    "GRANT_EXCEEDS_OWN",
    zh="只能把自己现在担任的角色交人代理，您并不担任：{roles}",
    en="Only roles that one holds now can be handed to a deputy; not held: {role_codes}",
)
GRANT_NEEDS_SECOND_FACTOR = forbidden(
    "GRANT_NEEDS_SECOND_FACTOR",
    zh="交出角色“{roles}”须先以动态验证码登录",
    en="Handing over {role_codes} takes a session begun with a second factor",
)
ROLE_IS_PERSONAL = invalid(
    "ROLE_IS_PERSONAL",
    zh="角色“{roles}”须由本人担任，不能由他人代行",
    en="{role_codes} cannot be taken for another",
)
REASON_REQUIRED = invalid("REASON_REQUIRED", zh="须写明事由", en="A reason is required")
VISIT_NEEDS_SECOND_FACTOR = forbidden(
    "VISIT_NEEDS_SECOND_FACTOR",
    zh="进入下级工会检查须先以动态验证码登录",
    en="A visit to a union below takes a session begun with a second factor",
)
BAD_VISIT_PERIOD = invalid(
    "BAD_VISIT_PERIOD",
    zh="结束时间须晚于现在，最长 {hours} 小时",
    en="It ends in the future, {hours} hours from now at most",
)
ROLE_NOT_LENT = invalid(
    "ROLE_NOT_LENT",
    zh="只能请上级代办业务角色，不能是：{roles}",
    en="Only business roles are lent, not {role_codes}",
)
NO_SUPERIOR = refused("NO_SUPERIOR", zh="本工会在该条线上没有上级工会", en="This union has no superior on that line")
SUBSTITUTION_STATE = refused(
    "SUBSTITUTION_STATE",
    zh="该代办事项为“{state}”，不能再办理",
    en="The substitution is in state {state}: this is not possible",
)
DEPUTY_IS_SELF = invalid("DEPUTY_IS_SELF", zh="不能委托自己代理", en="Nobody is his own deputy")
BAD_STANDING_PERIOD = invalid(
    "BAD_STANDING_PERIOD",
    zh="起始日不得早于今天，截止日须晚于起始日，最长 {days} 天",
    en="It begins today or later, ends after it begins, and lasts {days} days at most",
)
DEPUTY_ENDED = refused("DEPUTY_ENDED", zh="该代理授权已经收回", en="That grant has been revoked already")
