"""What the tree and the door answer with."""

from kernel.errors import conflict, forbidden, invalid, refused, unauthenticated

NOT_SIGNED_IN = unauthenticated(
    "NOT_SIGNED_IN", zh="尚未登录或登录已失效，请重新登录", en="Not signed in, or no longer"
)
SIGN_IN_FAILED = unauthenticated(
    "SIGN_IN_FAILED",
    zh="工会代码、账号或密码不正确，或账号暂不可用",
    en="The union, the login or the password is wrong, or the account cannot be used now",
)
TOO_MANY_ATTEMPTS = refused(
    "TOO_MANY_ATTEMPTS",
    zh="该网络地址登录失败次数过多，请在 {retry_after} 秒后重试",
    en="Too many failed sign-ins from this address; try again in {retry_after} seconds",
)

NOT_IN_OWN_NAME = forbidden(
    "NOT_IN_OWN_NAME",
    zh="您正在代他人或以上级身份办理，此事须回到本人身份的会话办理（代理不得转委托）",
    en="Whoever stands in for another does this in a session of his own name (a deputy has no deputies)",
)
NOT_VISITING = refused(
    "NOT_VISITING", zh="当前会话不是监督检查或应急查阅", en="This session is no visit to another union"
)
WRONG_PASSWORD = invalid(
    "WRONG_PASSWORD", zh="当前密码不正确，或账号暂被锁定", en="The password is wrong, or the account is locked now"
)
PASSWORD_EXPIRED = forbidden(
    "PASSWORD_EXPIRED",
    zh="密码已到期或由管理员设置，须先修改密码",
    en="The password has expired or was given by an administrator: change it first",
)
PASSWORD_REUSED = invalid(
    "PASSWORD_REUSED",
    zh="不能使用最近 {memory} 次用过的密码",
    en="None of the last {memory} passwords may be used again",
)
UNKNOWN_PROVIDER = invalid(
    "UNKNOWN_PROVIDER", zh="没有配置名为“{provider}”的统一身份认证", en="No identity provider {provider} is configured"
)
IDENTITY_TAKEN = conflict(
    "IDENTITY_TAKEN",
    zh="该身份或该账号已经绑定过，须先解除",
    en="This identity, or this account at this provider, is linked already; unlink it first",
)
NO_IDENTITY = refused(
    "NO_IDENTITY", zh="该账号没有绑定“{provider}”的身份", en="The account has no identity at {provider}"
)
SESSION_REQUIRED = forbidden(
    "SESSION_REQUIRED",
    zh="接口令牌不能办理此项，须由本人登录办理",
    en="Not with an API token: sign in for this",
)
TOO_MANY_TOKENS = refused(
    "TOO_MANY_TOKENS",
    zh="最多保留 {most} 个有效的接口令牌，请先撤销不用的",
    en="At most {most} live API tokens; revoke one first",
)
TOKEN_PERIOD = invalid(
    "TOKEN_PERIOD",
    zh="接口令牌的有效期须在明天至 {days} 天之内",
    en="An API token ends tomorrow at the earliest and within {days} days",
)
WRONG_CODE = invalid(
    "WRONG_CODE",
    zh="动态验证码不正确，请核对手机时间后重试；或账号暂被锁定",
    en="The code is wrong (check the clock of the device), or the account is locked now",
)
SECOND_FACTOR_EXISTS = conflict(
    "SECOND_FACTOR_EXISTS",
    zh="已经绑定动态验证码；更换设备须先由安全管理员解除",
    en="There is a second factor already; a security administrator has to remove it first",
)
NO_SECOND_FACTOR = refused("NO_SECOND_FACTOR", zh="该账号没有绑定动态验证码", en="The account has no second factor")
SEATED_ELSEWHERE = refused(
    "SEATED_ELSEWHERE",
    zh="该账号还在本工会及下级以外任职，须由其共同上级工会的安全管理员办理",
    en="The account has a place outside this union and those below it; the security administrator of a union above all of them may do this",
)

ALREADY_FOUNDED = conflict(
    "ALREADY_FOUNDED",
    zh="系统已经建立，首个工会是“{name}”（{code}），其管理员已经就任；增加工会或人员请用 union add、member add",
    en="Founded already: the first union is {name} ({code}), and its administrators are seated; use union add and member add",
)
UNKNOWN_UNION = invalid("UNKNOWN_UNION", zh="没有代码为“{code}”的工会", en="There is no union with the code {code}")
UNKNOWN_LEVEL = invalid("UNKNOWN_LEVEL", zh="没有“{level}”这一层级", en="There is no level {level}")
UNKNOWN_SUPERIOR = invalid(
    "UNKNOWN_SUPERIOR", zh="上级工会不存在或已停用", en="The superior union does not exist or is closed"
)
BAD_TENANT_CODE = invalid(
    "BAD_TENANT_CODE",
    zh="工会代码只能用小写字母、数字和连字符，以字母或数字开头，最多 40 位",
    en="A union's code has lower-case letters, digits and hyphens, begins with a letter or digit, at most 40",
)
TENANT_CODE_TAKEN = conflict("TENANT_CODE_TAKEN", zh="工会代码“{code}”已被使用", en="The code {code} is in use")
LEVEL_NOT_BELOW = refused(
    "LEVEL_NOT_BELOW",
    zh="下级工会的层级须低于上级：“{level}”不能设在“{superior}”之下",
    en="A union's level must be below its superior's: {level} cannot stand under {superior}",
)
MOVE_INTO_ITSELF = refused(
    "MOVE_INTO_ITSELF",
    zh="不能把工会移到自己或自己的下级之下",
    en="A union cannot be moved below itself",
)
NOT_INDUSTRY_LINE = refused(
    "NOT_INDUSTRY_LINE",
    zh="“{name}”不是产业工会，不能作为产业上级",
    en="{name} is no industrial union and cannot be an industry superior",
)
INDUSTRY_MEMBERS_BELOW = refused(
    "INDUSTRY_MEMBERS_BELOW",
    zh="该工会在产业线上还有下级，须先调整其下级",
    en="There are members below this union on the industry line; move them first",
)

BAD_LOGIN = invalid(
    "BAD_LOGIN",
    zh="账号只能用小写字母、数字和 . _ - @，3 至 64 位，以字母或数字开头",
    en="A login has lower-case letters, digits and . _ - @, 3 to 64 of them, and begins with a letter or digit",
)
LOGIN_TAKEN = conflict("LOGIN_TAKEN", zh="账号“{login}”已被使用", en="The login {login} is in use")
ID_OR_CODE = invalid("ID_OR_CODE", zh="id 和 code 须且只须填写一个", en="Give exactly one of id and code")
WEAK_PASSWORD = invalid(
    "WEAK_PASSWORD",
    zh="密码须为 {minimum} 至 {maximum} 位，不得包含账号，也不得使用常见密码",
    en="A password has {minimum} to {maximum} characters, does not hold the login and is no common one",
)
LOGIN_NOT_OURS = invalid(
    "LOGIN_NOT_OURS",
    zh="本工会新建的账号须以“{prefix}”开头；已有账号的人员不填初始密码，由本人登录本工会时接受",
    en="An account made here has a login that begins with {prefix}; to seat a person who has one give no password: he accepts by signing in here",
)
ALREADY_OFFERED = conflict(
    "ALREADY_OFFERED", zh="已为该账号预留席位，待本人登录本工会时接受", en="A place is offered to this login already"
)
PLACE_NOT_TAKEN = refused(
    "PLACE_NOT_TAKEN",
    zh="本人尚未登录本工会接受该席位，不能授予角色",
    en="The place has not been accepted yet; roles are given to whoever has signed in here",
)
ALREADY_MEMBER = conflict("ALREADY_MEMBER", zh="该账号已是本工会成员", en="The account is a member here already")
BAD_PERIOD = invalid("BAD_PERIOD", zh="有效期的结束须晚于开始", en="The period must end after it begins")
NO_ROLES = invalid("NO_ROLES", zh="至少须有一个角色", en="At least one role is needed")
