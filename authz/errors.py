"""Refusals of the gate: what was asked, by whom it may be done, and the policy row that decided."""

from kernel.errors import forbidden, invalid, refused

NOT_PERMITTED = forbidden(
    "NOT_PERMITTED",
    zh="您的角色（{roles}）在{level}不能对“{stage}”状态的{kind}执行“{act}”：{miss}。可办理的角色：{required}（策略：{policy}）",
    en="{permission} is not permitted to {role_codes} at level {level_code} in state {stage_code}: {miss_code} (policy: {policy})",
)
DUTY_CONFLICT = forbidden(
    "DUTY_CONFLICT",
    zh="您已对该{kind}办理过“{duty}”，按职责分离要求不能再执行“{act}”（策略：{policy}）",
    en="{permission} is barred to whoever has the relation {relation} to it (policy: {policy})",
)
IS_SUBJECT = forbidden(
    "IS_SUBJECT",
    zh="您是该{kind}的当事人，不能执行“{act}”（策略：{policy}）",
    en="{permission} is barred to the person concerned (policy: {policy})",
)
RECUSED = forbidden(
    "RECUSED",
    zh="您已回避该{kind}，不能执行“{act}”（策略：{policy}）",
    en="{permission} is barred to whoever is recused (policy: {policy})",
)
OWN_ACCOUNT = forbidden(
    "OWN_ACCOUNT",
    zh="不能对自己的授权执行“{act}”（策略：{policy}）",
    en="{permission} is barred on one's own account (policy: {policy})",
)
SECOND_FACTOR_REQUIRED = forbidden(
    "SECOND_FACTOR_REQUIRED",
    zh="“{act}”须以动态验证码登录后办理：管理员和财务审批须使用双因素登录（策略：{policy}）",
    en="{permission} takes a session begun with a second factor: administrators and whoever approves money sign in with two (policy: {policy})",
)
FORBIDDEN_SCOPE = forbidden(
    "FORBIDDEN_SCOPE",
    zh="该接口令牌的权限范围不包括“{permission}”",
    en="This API token does not cover {permission}",
)
TOKEN_PERMISSION = invalid(
    "TOKEN_PERMISSION",
    zh="权限“{permission}”不存在、不在您的权限之内，或不能授予接口令牌",
    en="The permission {permission} does not exist, is not yours, or is never given to an API token",
)
READ_ONLY_VISIT = forbidden(
    "READ_ONLY_VISIT",
    zh="您正在以上级检查人员身份查阅，只能查看，不能办理任何事项",
    en="A visitor from a union above looks and does nothing",
)
OUTSIDE_VISIT = forbidden(
    "OUTSIDE_VISIT",
    zh="本次应急查阅只限一件申报，不能查看其他{kind}（{act}）",
    en="This visit is confined to one case: no {permission} beyond it",
)
UNKNOWN_ROLE = invalid("UNKNOWN_ROLE", zh="没有“{role}”这一角色", en="There is no role {role}")
EXCLUSIVE_ROLES = invalid(
    "EXCLUSIVE_ROLES",
    zh="系统管理员、安全管理员、审计管理员须由不同的人担任（三员分立），也不兼办业务，不能同时授予：{roles}",
    en="System, security and audit administrator must be different persons and hold no other role; not together: {roles}",
)
UNKNOWN_PERMISSION = invalid(
    "UNKNOWN_PERMISSION", zh="没有“{permission}”这一权限", en="There is no permission {permission}"
)
OTHER_KIND = invalid(
    "OTHER_KIND",
    zh="权限“{permission}”不是针对这类对象的，或这类对象不单独判定权限",
    en="{permission} is not decided by an object of this type",
)
TIGHTENED = forbidden(
    "TIGHTENED",
    zh="{union}规定：角色“{barred}”不得对“{stage}”状态的{kind}执行“{act}”（依据：{document}；策略：{policy}）",
    en="{permission} is forbidden to {barred_code} by {union} (document: {document}; policy: {policy})",
)
POLICY_OUTDATED = refused(
    "POLICY_OUTDATED",
    zh="权限策略已更新（{recorded}），本服务进程仍持旧版（{held}），正在更换，请稍后重试",
    en="The policy in force is {recorded}, this process holds {held}; try again when it has been replaced",
)
BAD_TIGHTENING = invalid(
    "BAD_TIGHTENING",
    zh="不能这样收紧：角色“{role}”、权限“{permission}”、状态“{stage}”中有不可用的词（不得使用通配角色，不得限制监督、审计、安全管理）",
    en="No such tightening: {role}, {permission} or {stage} is not a word that may stand here",
)
TIGHTENS_NOTHING = refused(
    "TIGHTENS_NOTHING",
    zh="角色“{role}”本来就没有权限“{permission}”，或该权限由“case:list”决定，这样收紧不起作用",
    en="{role} is not allowed {permission} anyway, or it is decided by case:list",
)
BAD_TIGHTENING_PERIOD = invalid(
    "BAD_TIGHTENING_PERIOD",
    zh="收紧的起始日不得早于今天，终止日须晚于起始日",
    en="It begins today or later, and ends after it begins",
)
TIGHTENING_TWICE = refused("TIGHTENING_TWICE", zh="已有同样的收紧规定", en="The same tightening is in force already")
TOO_MANY_TIGHTENINGS = refused(
    "TOO_MANY_TIGHTENINGS", zh="一个工会最多 {most} 条收紧规定", en="A union has at most {most} tightenings"
)
