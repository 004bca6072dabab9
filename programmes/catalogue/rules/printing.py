"""A rulebook as a page that an official can hold against the original: every line with its article, every silence marked 「原文未规定」."""

from collections.abc import Iterator

from kernel.money import yuan
from programmes.catalogue.rules.filling import expand, read_path
from programmes.catalogue.rules.route import recommending_name
from programmes.catalogue.rules.rulebook import MoneyRule, Rulebook
from programmes.catalogue.rules.values import Cite
from programmes.catalogue.rules.words import Force
from tenants.levels import standard_levels

SILENT = "「原文未规定」"
_LEVELS = {level.code: level.name for level in standard_levels()}
_FORCES: dict[Force, str] = {
    "leadership": "引领力",
    "practice": "实践力",
    "innovation": "创新力",
    "breakthrough": "攻关力",
    "inheritance": "传承力",
}
_WORDS = {
    "trial": "试行",
    "in_force": "施行",
    "draft_for_comment": "征求意见稿",
    "public_practice": "公开做法，非文件",
    "unpublished": "未见公布",
    "working_fund": "经费",
    "subsidy": "补助",
    "reward": "奖励",
    "none": "不作条件",
    "score_item": "评分项",
    "in_principle": "原则上须有",
    "required": "必须有",
    "tasks_completed": "完成培育任务",
    "assessed_qualified": "评价合格",
    "fraud": "弄虚作假",
    "discipline_or_law": "违纪违法",
    "unsuitable": "其他不宜继续培育",
    "employer": "所在单位",
    "recommending_unit": "推荐单位",
    "person": "本人",
    "studio": "工作室",
    "project": "项目",
    "academy": "工匠学院",
    "mean": "平均分",
    "median": "中位数",
    "trimmed_mean": "去掉最高最低分的平均分",
    "any_level": "各级（鼓励）",
    "name": "姓名",
    "sex": "性别",
    "occupation": "工种",
    "yes": "收回",
    "no": "不收回",
    "silent": SILENT,
    "year": "年",
    "cohort": "期",
}


def print_rulebook(rulebook: Rulebook) -> str:
    """The page, in zh-CN, as plain text with one provision per line."""
    parts = (
        _head,
        _target,
        _stages,
        _route,
        _gates,
        _criteria,
        _review,
        _cultivation,
        _money,
        _titles,
        _provisions,
        _open_values,
    )
    return "\n".join(line for part in parts for line in part(rulebook)) + "\n"


def _head(rulebook: Rulebook) -> Iterator[str]:
    document = rulebook.document
    yield f"{rulebook.name}（称号：{rulebook.title_name}；规则版本：{rulebook.version}）"
    yield f"依据文件：《{document.name}》　文号：{document.number or SILENT}　制定机关：{document.issuer or SILENT}"
    start, end = document.effective_from or SILENT, document.effective_to or SILENT
    yield f"效力：{_WORDS[document.force]}　自：{start}　至：{end}"
    if document.note:
        yield f"说明：{document.note}"


def _target(rulebook: Rulebook) -> Iterator[str]:
    yield "\n一、目标"
    per = _WORDS[rulebook.target.per]
    yield _line(f"每{per}数量：{_shown(rulebook.target.count)}", rulebook.target.cite)
    yield _line(f"周期：每{_WORDS[rulebook.cadence.per]}一次", rulebook.cadence.cite)


def _stages(rulebook: Rulebook) -> Iterator[str]:
    yield "\n二、程序"
    for number, stage in enumerate(rulebook.stages, 1):
        yield _line(f"{number}. {stage.name}　承办：{stage.body or SILENT}", stage.cite)


def _route(rulebook: Rulebook) -> Iterator[str]:
    yield "\n三、申报与推荐"
    route = rulebook.route
    yield _line(f"申报单位层级：{_levels(route.applying_levels)}", route.cite)
    if route.recommending is None:
        yield _line(f"推荐单位：{SILENT}", route.cite)
    for unit in rulebook.recommending_units:
        yield _line(f"推荐单位：{recommending_name(unit)}", unit.cite)
    extra = route.extra_units
    yield _line(f"其他推荐单位：{extra.who if extra.allowed else '无'}", extra.cite)
    if route.direct_recognition is not None:
        recognised = route.direct_recognition
        yield _line(f"直接认定：{_levels((recognised.from_level,))}以上称号获得者", recognised.cite)
    yield _line(f"同行专家推荐：{rulebook.letters.count}份", rulebook.letters.cite)
    factors = "、".join(factor.name for factor in rulebook.quota.factors)
    mode = f"按通知分配（{factors}）" if rulebook.quota.mode == "by_notice" else "不限"
    yield _line(f"推荐名额：{mode}", rulebook.quota.cite)
    for feeder in rulebook.feeders:
        yield _line(f"下级称号 {feeder.title_code}：{_WORDS[feeder.mode]}", feeder.cite)


def _gates(rulebook: Rulebook) -> Iterator[str]:
    yield "\n四、条件"
    for gate in rulebook.gates:
        yield _line(f"{'必备' if gate.hard else '提示'}：{gate.wording}", gate.cite)


def _criteria(rulebook: Rulebook) -> Iterator[str]:
    yield "\n五、工匠五力"
    if not rulebook.criteria:
        yield f"评审项目：{SILENT}"
    for criterion in rulebook.criteria:
        points = f"满分：{_shown(criterion.max_points)}　" if rulebook.scoring is not None else ""
        yield _line(
            f"{_FORCES[criterion.force]}{criterion.item} {criterion.name}：{criterion.text}　{points}", criterion.cite
        )


def _review(rulebook: Rulebook) -> Iterator[str]:
    yield "\n六、评审与公示"
    scoring, notice = rulebook.scoring, rulebook.notice
    if scoring is None:
        yield "逐项打分：本办法无此环节"
    else:
        yield _line(f"汇总方法：{_shown(scoring.aggregation)}", scoring.cite)
        yield _line(f"每位人选评审专家人数：{_shown(scoring.experts_per_case)}", scoring.cite)
        yield _line(f"合格分：{_shown(scoring.pass_score)}", scoring.cite)
    if notice is not None:
        yield _line(f"公示工作日：{_shown(notice.working_days)}", notice.cite)
        yield _line(
            f"公示内容：{'、'.join(_WORDS[field] for field in notice.fields)}",
            notice.cite.model_copy(update={"basis": "inference"}),
        )


def _cultivation(rulebook: Rulebook) -> Iterator[str]:
    yield "\n七、培育"
    period = rulebook.cultivation
    if period is None:
        yield "培育期：无，命名时即授予称号"
        return
    yield _line(f"培育期（月）：{_shown(period.months)}", period.cite)
    yield _line(f"培育方案制定：{_shown(period.plan_owner)}", period.cite)
    yield _line(f"报备间隔（月）：{_shown(period.report_every_months)}", period.cite)
    yield _line(f"获证条件：{'、'.join(_WORDS[word] for word in period.requires)}", period.cite)
    yield _line(f"不合格可否延长：{_shown(period.extension_allowed)}", period.cite)


def _money(rulebook: Rulebook) -> Iterator[str]:
    yield "\n八、资金"
    if not rulebook.money:
        yield f"资金：{SILENT}"
    for rule in rulebook.money:
        payer = _WORDS.get(rule.payer) or f"{_LEVELS.get(rule.payer, rule.payer)}"
        payee = SILENT if rule.payee is None else _WORDS[rule.payee]
        text = f"{rule.code} {_WORDS[rule.kind]} {_amount(rule)}　用途：{rule.purpose}　付款：{payer}　收款：{payee}"
        yield _line(f"{text}　撤销时：{_WORDS[rule.recoverable]}", rule.cite)


def _titles(rulebook: Rulebook) -> Iterator[str]:
    yield "\n九、称号与证书"
    certificate, revocation = rulebook.certificate, rulebook.revocation
    yield _line(f"证书：{certificate.name}　颁发：{certificate.awarding_body}", certificate.cite)
    grounds = "、".join(_WORDS[ground] for ground in revocation.grounds) or SILENT
    yield _line(f"撤销情形：{grounds}　审核批准：{revocation.decided_by or SILENT}", revocation.cite)
    yield f"名册报送：{_levels(rulebook.register_levels) or '无'}（系统推定，可改）"


def _provisions(rulebook: Rulebook) -> Iterator[str]:
    yield "\n十、其他规定"
    for provision in rulebook.provisions:
        yield _line(f"{provision.heading}：{provision.text}", provision.cite)


def _open_values(rulebook: Rulebook) -> Iterator[str]:
    yield "\n十一、原文未规定、由主办单位填写的项目"
    content = rulebook.model_dump(mode="json")
    for silence in rulebook.silences:
        open_ = sum(read_path(content, key) is None for key in expand(rulebook, silence.key))
        state = "" if open_ else "（已有取值）"
        need = "印发前必填" if silence.mandatory else "可不填"
        hint = f"　公开做法：{silence.practice}" if silence.practice else ""
        yield _line(f"{silence.name} [{silence.key}] {need}{state}{hint}", silence.cite)


def _amount(rule: MoneyRule) -> str:
    if rule.per_mille is not None:
        return f"所获奖励的{rule.per_mille / 10:g}%"
    if rule.amount_fen is None:
        return f"金额{SILENT}"
    return f"{yuan(rule.amount_fen):,f}元{'（一次性）' if rule.one_off else ''}"


def _levels(codes: tuple[str, ...]) -> str:
    return "、".join(_LEVELS.get(code, code) for code in codes)


def _shown(value: object) -> str:
    if value is None:
        return SILENT
    if isinstance(value, bool):
        return "是" if value else "否"
    return _WORDS.get(str(value), str(value))


def _line(text: str, cite: Cite) -> str:
    wording = f"（{cite.wording}）" if cite.wording else ""
    marks = {
        "document": f"［{cite.document} {cite.article}］",
        "public": f"［公开资料，非文件规定：{cite.article}］",
        "silent": f"{SILENT}［{cite.document} {cite.article}］",
        "inference": f"［系统推定，可改：{cite.document} {cite.article}］",
    }
    return f"{text.rstrip()}　{wording}{marks[cite.basis]}"
