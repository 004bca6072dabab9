"""个人信息保护法 第四十七条: where the purpose is fulfilled or consent withdrawn, the handler erases, and the person may demand it.

第二款: where a period prescribed by law has not run out, or erasing is technically hard to do, the data is only stored and secured any more.
"""

from enum import StrEnum


class Origin(StrEnum):
    """Who wants it."""

    PERSON = "person"
    UNION = "union"


class RequestState(StrEnum):
    """How far it is."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    DONE = "done"
    NOTED = "noted"


class Ground(StrEnum):
    """What the law lets a refusal rest on; the first is that none of 第四十七条第一款's cases is there."""

    PURPOSE_STANDS = "purpose_stands"
    STATUTORY_PERIOD = "statutory_period"
    NOT_FEASIBLE = "not_feasible"


class Need(StrEnum):
    """What still stands on a person's file."""

    CASE = "case"
    TITLE = "title"
    HONOUR = "honour"
    STUDIO = "studio"
    FUNDING = "funding"


NEED_NAMES = {
    Need.CASE: "在办申报",
    Need.TITLE: "有效称号",
    Need.HONOUR: "有效荣誉",
    Need.STUDIO: "命名中的工作室",
    Need.FUNDING: "未办结经费",
}
GROUND_NAMES = {
    Ground.PURPOSE_STANDS: "处理目的尚未实现（第四十七条第一款情形不具备）",
    Ground.STATUTORY_PERIOD: "法律、行政法规规定的保存期限未届满（第四十七条第二款）",
    Ground.NOT_FEASIBLE: "删除从技术上难以实现（第四十七条第二款）",
}
