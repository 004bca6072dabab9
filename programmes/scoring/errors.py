"""What scoring, meetings and resolutions refuse."""

from kernel.errors import CATALOGUE, Citation, conflict, invalid, refused
from programmes.scoring.rules.faults import Fault

BAD_POINTS = invalid(
    "BAD_POINTS",
    zh="分数须为不小于零、最多两位小数的数",
    en="Points are zero or more with at most two decimals",
)
ITEM_MISSING = invalid(
    "ITEM_MISSING", zh="“{name}”尚未打分，须对十五项逐项打分", en="Item {item} has no points; every item must be scored"
)
ITEM_TWICE = invalid("ITEM_TWICE", zh="评分项 {item} 重复", en="Item {item} is scored twice")
ITEM_UNKNOWN = invalid("ITEM_UNKNOWN", zh="本期没有评分项 {item}", en="The edition has no item {item}")
POINTS_ABOVE_MAXIMUM = invalid(
    "POINTS_ABOVE_MAXIMUM",
    zh="“{name}”最高 {most} 分",
    en="Item {item} has at most {most} points",
)
SCALE_INCOMPLETE = refused(
    "SCALE_INCOMPLETE",
    zh="本期未填写评分项“{name}”的最高分，不能打分",
    en="The edition states no maximum for item {item}",
)
NOT_AN_EXPERT = refused(
    "NOT_AN_EXPERT",
    zh="该账号不是本单位在任的评审专家",
    en="This account holds no running membership as an expert here",
)
NO_EXPERTS = invalid("NO_EXPERTS", zh="须填写专家，且不得重复", en="Name the experts, each once")
EXPERT_NOT_REGISTERED = refused(
    "EXPERT_NOT_REGISTERED",
    zh="评审专家{name}尚未登记工作单位，无法核查回避情形",
    en="The pool does not know the employer of expert {name}, so conflicts cannot be checked",
)
TOO_FEW_EXPERTS = refused(
    "TOO_FEW_EXPERTS",
    zh="{names}可参加评分的专家不足 {least} 名",
    en="Fewer than {least} experts without a conflict for {names}",
)
ALREADY_SUBMITTED = conflict(
    "ALREADY_SUBMITTED",
    zh="评分表已提交并密封，如需更正须由秘书说明理由后退回",
    en="The sheet is submitted and sealed; a change needs a documented return",
)
EXCLUDED_FROM_CASE = refused(
    "EXCLUDED_FROM_CASE",
    zh="专家应当回避该人选（{conflict}），不得评分",
    en="The expert is excluded from this case ({conflict})",
)
NOT_SUBMITTED = conflict(
    "NOT_SUBMITTED", zh="该评分表尚未提交，无需退回", en="The sheet is not submitted, there is nothing to reopen"
)
SCORES_INCOMPLETE = refused(
    "SCORES_INCOMPLETE",
    zh="须对所有人选逐项打分后方可汇总，尚缺：{missing}",
    en="Every nominee must be scored before aggregation; missing: {missing}",
)
ALREADY_AGGREGATED = conflict(
    "ALREADY_AGGREGATED",
    zh="评分已汇总，评分表不能再变动",
    en="The scores are aggregated; sheets no longer change",
)
NO_SCORING_STAGE = refused(
    "NO_SCORING_STAGE",
    zh="本期不设逐项打分环节",
    en="This edition has no itemised scoring",
)
NOTHING_TO_AGGREGATE = refused(
    "NOTHING_TO_AGGREGATE",
    zh="没有处于评分环节的人选",
    en="No case is at scoring",
)
NO_MEETING_STAGE = refused("NO_MEETING_STAGE", zh="本期不设评审会议环节", en="This edition has no review meeting")
NO_DELIBERATION_STAGE = refused(
    "NO_DELIBERATION_STAGE",
    zh="本期不设党组审议环节",
    en="This edition has no deliberation",
)
DUPLICATE_MEMBER = invalid("DUPLICATE_MEMBER", zh="会议成员重复", en="A member is listed twice")
QUORUM_TOO_SMALL = invalid(
    "QUORUM_TOO_SMALL",
    zh="{members} 名成员的法定人数应为 {least} 至 {members}",
    en="For {members} members the quorum is {least} to {members}",
)
NOT_A_MEMBER = invalid("NOT_A_MEMBER", zh="{name}不是本次会议成员", en="{name} is not a member of this meeting")
NOT_QUORATE = refused(
    "NOT_QUORATE",
    zh="到会 {present} 人，未达到法定人数 {quorum} 人，不能形成建议名单",
    en="{present} present, quorum {quorum}: the meeting cannot decide",
)
MEETING_CONCLUDED = conflict("MEETING_CONCLUDED", zh="会议已经结束", en="The meeting is concluded")
MEETING_IN_FUTURE = invalid("MEETING_IN_FUTURE", zh="会议尚未召开", en="The meeting has not been held yet")
NOTHING_DECIDED = invalid("NOTHING_DECIDED", zh="没有填写任何人选", en="No case is named")
DUPLICATE_CASE = invalid("DUPLICATE_CASE", zh="同一人选重复填写", en="A case is named twice")
BAD_POSITIONS = invalid(
    "BAD_POSITIONS",
    zh="建议名单的顺序须从 1 连续编到 {last}，未入选者不编号",
    en="The proposed are numbered 1 to {last} without gaps, nobody else",
)
BELOW_PASS_SCORE = refused(
    "BELOW_PASS_SCORE",
    zh="{name}得分 {score}，低于合格分 {least}",
    en="{name} scored {score}, under the pass mark {least}",
)
DEPARTURE_WITHOUT_REASON = refused(
    "DEPARTURE_WITHOUT_REASON",
    zh="建议名单与评分次序不一致，须逐人说明理由：{names}",
    en="The list departs from the order of scores without a reason for: {names}",
)
SEVERAL_EDITIONS = invalid("SEVERAL_EDITIONS", zh="人选须属于同一期", en="The cases must be of one edition")
OTHER_EDITION = invalid("OTHER_EDITION", zh="人选{name}不属于本期", en="{name} is not a case of this edition")
RESOLUTION_NUMBER_USED = conflict(
    "RESOLUTION_NUMBER_USED",
    zh="决议编号“{number}”已经使用",
    en="The resolution number {number} is already used",
)
RESOLUTION_IN_FUTURE = invalid(
    "RESOLUTION_IN_FUTURE", zh="决议日期不能晚于今天", en="A resolution cannot be dated in the future"
)


def refuse(fault: Fault | None, *, path: tuple[str, ...] = ("input",), rule: Citation | None = None) -> None:
    """Raise the refusal that a rule found; `path` leads to the part of the input that the rule was shown."""
    if fault is not None:
        raise CATALOGUE[fault.code](path=(*path, *fault.at), rule=rule, **fault.params)
