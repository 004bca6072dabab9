"""What the contract itself answers with, before any service is asked."""

from kernel.errors import conflict, forbidden, invalid, refused

BAD_CURSOR = invalid("BAD_CURSOR", zh="分页游标无效，请从第一页重新查询", en="Not a cursor of this list")
PAGE_SIZE_REQUIRED = invalid(
    "PAGE_SIZE_REQUIRED",
    zh="列表“{field}”须且只须指定 first 或 last",
    en="Give exactly one of first and last on {field}",
)
PAGE_SIZE_OUT_OF_RANGE = invalid(
    "PAGE_SIZE_OUT_OF_RANGE",
    zh="列表“{field}”每页须为 1 至 {most} 条",
    en="A page of {field} has 1 to {most} rows",
)
QUERY_TOO_COMPLEX = refused(
    "QUERY_TOO_COMPLEX",
    zh="查询过于复杂：{measure} 为 {value}，上限为 {limit}",
    en="The query is too complex: {measure} is {value}, at most {limit} is allowed",
)
TOO_MANY_IDS = invalid("TOO_MANY_IDS", zh="一次最多查询 {most} 个 id", en="At most {most} ids at once")
MALFORMED_DOCUMENT = invalid("MALFORMED_DOCUMENT", zh="GraphQL 语法错误：{detail}", en="GraphQL syntax error: {detail}")
INVALID_DOCUMENT = invalid(
    "INVALID_DOCUMENT",
    zh="请求不符合接口定义：{detail}",
    en="The request does not fit the schema: {detail}",
)
INVALID_VALUE = invalid(
    "INVALID_VALUE", zh="“{field}”的值无效：{detail}", en="The value of {field} is invalid: {detail}"
)
UNKNOWN_OPERATION = invalid(
    "UNKNOWN_OPERATION",
    zh="请求中没有可以确定的操作",
    en="The request does not say which operation to run",
)
MALFORMED_REQUEST = invalid("MALFORMED_REQUEST", zh="请求格式不正确：{detail}", en="Malformed request: {detail}")
BODY_TOO_LARGE = invalid("BODY_TOO_LARGE", zh="请求内容不能超过 {limit} 字节", en="A request has at most {limit} bytes")
NOT_ACCEPTABLE = invalid("NOT_ACCEPTABLE", zh="Accept 中没有本服务支持的类型", en="No supported media type in Accept")
UNSUPPORTED_MEDIA_TYPE = invalid(
    "UNSUPPORTED_MEDIA_TYPE",
    zh="请求须为 UTF-8 编码的 application/json",
    en="A request is application/json in UTF-8",
)
METHOD_NOT_ALLOWED = invalid(
    "METHOD_NOT_ALLOWED",
    zh="查询用 GET 或 POST，变更只能用 POST",
    en="Queries go by GET or POST, mutations by POST only",
)
SUBSCRIPTION_NEEDS_SOCKET = invalid(
    "SUBSCRIPTION_NEEDS_SOCKET",
    zh="订阅须使用 WebSocket（graphql-transport-ws 子协议）",
    en="Subscriptions go over a web socket (graphql-transport-ws)",
)
ONLY_SUBSCRIPTIONS = invalid(
    "ONLY_SUBSCRIPTIONS",
    zh="WebSocket 只接受订阅，查询和变更请用 HTTP",
    en="The web socket takes subscriptions only; queries and mutations go by HTTP",
)
TOO_MANY_SUBSCRIPTIONS = refused(
    "TOO_MANY_SUBSCRIPTIONS",
    zh="每个连接最多 {most} 个订阅",
    en="A connection has at most {most} subscriptions",
)
CROSS_SITE = forbidden("CROSS_SITE", zh="不接受来自其他网站的请求", en="Requests from other sites are refused")
INTROSPECTION_CLOSED = forbidden(
    "INTROSPECTION_CLOSED",
    zh="登录后方可查询接口定义",
    en="Sign in to read the schema",
)
NOT_DEMO = forbidden(
    "NOT_DEMO",
    zh="仅演示环境可用，且须由全国总工会系统管理员操作",
    en="For the demo's national system administrator only",
)
TIMED_OUT = refused("TIMED_OUT", zh="处理超时，请缩小范围后重试", en="It took too long; ask for less")
OVERLOADED = refused(
    "OVERLOADED",
    zh="系统繁忙，请在 {seconds} 秒后重试",
    en="The service is busy; try again in {seconds} seconds",
)
BUSY = conflict("BUSY", zh="数据正被其他操作占用，请稍后重试", en="Others are working on the same data; try again")
DUPLICATE = conflict("DUPLICATE", zh="已存在相同的记录", en="There is such a record already")
INTERNAL = refused("INTERNAL", zh="系统内部错误，编号 {errorId}", en="Internal error, number {errorId}")
BAD_IDEMPOTENCY_KEY = invalid(
    "BAD_IDEMPOTENCY_KEY",
    zh="幂等键须为 8 至 200 个可见字符",
    en="An idempotency key has 8 to 200 visible characters",
)
