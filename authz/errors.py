"""Refusals of the gate: what was asked, by whom it may be done, and the policy row that decided."""

from kernel.errors import forbidden, invalid

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
UNKNOWN_ROLE = invalid("UNKNOWN_ROLE", zh="没有“{role}”这一角色", en="There is no role {role}")
EXCLUSIVE_ROLES = invalid(
    "EXCLUSIVE_ROLES",
    zh="系统管理员、安全管理员、审计管理员须由不同的人担任（三员分立），也不兼办业务，不能同时授予：{roles}",
    en="System, security and audit administrator must be different persons and hold no other role; not together: {roles}",
)
