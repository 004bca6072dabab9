"""The shipped rulebooks against the source documents: what differs between the programmes is the point."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from programmes.catalogue.loader import shipped_rulebooks
from programmes.catalogue.rules.filling import missing_values
from programmes.catalogue.rules.printing import SILENT, print_rulebook
from programmes.catalogue.rules.reading import canonical, fingerprint
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.rules.values import Cite
from tests.programmes.rulebooks import shipped

NATIONAL, LONGCHENG, ZHUGE = "national_craftsman", "longcheng_craftsman", "zhuge_craftsman"
CHENGDU_2019, CHENGDU_2024 = "chengdu_craftsman_2019", "chengdu_craftsman_2024"
JIANGSU = "jiangsu_may_first_craftsman"
ALL = (NATIONAL, LONGCHENG, ZHUGE, CHENGDU_2019, CHENGDU_2024, JIANGSU)


def stages(name: str) -> str:
    return " ".join(stage.code for stage in shipped(name).stages)


def test_each_programme_has_its_own_pipeline() -> None:
    assert {name: stages(name) for name in ALL} == {
        NATIONAL: "call apply recommend formal_review itemised_scoring review_meeting party_group public_notice announce"
        " cultivate assess certify",
        LONGCHENG: "call apply recommend formal_review review_meeting party_group public_notice announce"
        " cultivate assess certify",
        ZHUGE: "call apply recommend formal_review review_meeting party_group public_notice announce name_directly",
        CHENGDU_2019: "call apply recommend formal_review itemised_scoring review_meeting party_group public_notice"
        " announce name_directly",
        CHENGDU_2024: "call apply recommend formal_review review_meeting party_group public_notice announce"
        " cultivate assess certify",
        JIANGSU: "call apply recommend formal_review review_meeting party_group public_notice announce name_directly",
    }


def test_letters_and_quota_are_national_only() -> None:
    assert {name: (shipped(name).letters.count, shipped(name).quota.mode) for name in ALL} == {
        NATIONAL: (3, "by_notice"),
        LONGCHENG: (0, "none"),
        ZHUGE: (0, "none"),
        CHENGDU_2019: (0, "none"),
        CHENGDU_2024: (0, "none"),
        JIANGSU: (0, "none"),
    }
    assert [factor.name for factor in shipped(NATIONAL).quota.factors] == [
        "地区发展状况",
        "行业技术水平",
        "职工人数",
        "人才培养环境",
    ]


def hard_gates(name: str) -> dict[str, Any]:
    return {gate.check: gate.value for gate in shipped(name).gates if gate.hard}


def test_hard_gates() -> None:
    titled = "not_titled_already"
    assert hard_gates(NATIONAL) == {
        "declared": None,
        "frontline_years": 5,
        "peer_letters": 3,
        "evidence": 1,
        "in_quota": None,
        titled: ("national_craftsman",),
    }
    assert hard_gates(LONGCHENG) == {
        "declared": None,
        "frontline_years": 5,
        "evidence": 1,
        titled: ("longcheng_craftsman", "jiangsu_may_first_craftsman", "national_craftsman"),
    }
    assert hard_gates(ZHUGE) == {titled: ("zhuge_craftsman", "chengdu_craftsman", "national_craftsman")}
    retired_and_excluded = hard_gates(CHENGDU_2019)
    assert retired_and_excluded["in_service"] is True
    assert "医生" in retired_and_excluded["excluded_groups"]


def test_being_in_service_is_only_a_warning_in_changzhou() -> None:
    gate = shipped(LONGCHENG).find_gate("in_service")
    assert gate is not None
    assert (gate.hard, gate.cite.article, gate.cite.wording) == (False, "第三条", "为主")


def money(name: str) -> dict[str, tuple[str, str, int | None, int | None, str, str]]:
    return {
        rule.code: (rule.trigger, rule.kind, rule.amount_fen, rule.per_mille, rule.payer, rule.recoverable)
        for rule in shipped(name).money
    }


def test_money_rules() -> None:
    assert money(NATIONAL) == {
        "N-ANNUAL": ("cultivation_year_begun", "working_fund", 5_000_000, None, "national", "silent"),
        "N-MATCH": ("cultivation_year_begun", "working_fund", None, None, "any_level", "silent"),
        "N-STUDIO": ("studio_named", "subsidy", 10_000_000, None, "national", "silent"),
        "N-DIGITAL": ("studio_upgraded", "subsidy", 20_000_000, None, "national", "silent"),
        "N-PROJECT": ("project_chosen", "subsidy", 50_000_000, None, "national", "silent"),
    }
    assert money(LONGCHENG) == {
        "C-CERT": ("titled", "subsidy", 500_000, None, "city", "yes"),
        "C-ACADEMY": ("academy_training", "working_fund", None, None, "city", "silent"),
    }
    assert money(ZHUGE) == {
        "W-TITLE": ("titled", "reward", 1_000_000, None, "district", "silent"),
        "W-MATCH": ("reward_recorded", "reward", None, 500, "district", "silent"),
        "W-CONTEST": ("contest_reward_recorded", "reward", None, 500, "district", "silent"),
    }
    assert money(CHENGDU_2019) == {"CD-REWARD": ("titled", "reward", 2_000_000, None, "city", "silent")}
    assert (money(CHENGDU_2024), money(JIANGSU)) == ({}, {})


def test_to_whom_the_yearly_fund_is_paid_is_silent() -> None:
    annual = shipped(NATIONAL).money[0]
    assert (annual.payee, annual.times) == (None, 2)


def test_fifteen_items_with_their_own_wording() -> None:
    national, city = shipped(NATIONAL).criteria, shipped(LONGCHENG).criteria
    assert [criterion.key for criterion in national] == [criterion.key for criterion in city]
    assert len(national) == 15
    same = [one.key for one, other in zip(national, city, strict=True) if one.text == other.text]
    assert same == ["practice_2"]
    assert (national[2].name, city[2].name) == ("示范带动", "榜样引领")
    assert {name: len(shipped(name).criteria) for name in ALL} == {
        NATIONAL: 15,
        LONGCHENG: 15,
        ZHUGE: 0,
        CHENGDU_2019: 15,
        CHENGDU_2024: 15,
        JIANGSU: 0,
    }


def test_who_recommends() -> None:
    assert {name: [(unit.level, unit.line) for unit in shipped(name).recommending_units] for name in ALL} == {
        NATIONAL: [("province", "territorial"), ("national_industry", "industry")],
        LONGCHENG: [("district", "territorial"), ("development_zone", "territorial"), ("city", "industry")],
        ZHUGE: [],
        CHENGDU_2019: [("district", "territorial")],
        CHENGDU_2024: [("district", "territorial")],
        JIANGSU: [],
    }


def test_feeders_registers_and_awarding_bodies() -> None:
    assert [(feeder.title_code, feeder.mode) for feeder in shipped(CHENGDU_2024).feeders] == [
        ("zhuge_craftsman", "in_principle")
    ]
    assert [(feeder.title_code, feeder.mode) for feeder in shipped(JIANGSU).feeders] == [
        ("longcheng_craftsman", "in_principle")
    ]
    assert {feeder.mode for feeder in shipped(NATIONAL).feeders} == {"none", "score_item"}
    assert shipped(ZHUGE).register_levels == ("city",)
    assert shipped(ZHUGE).certificate.awarding_body == "中共成都市武侯区委、成都市武侯区人民政府"
    assert shipped(ZHUGE).document.effective_to == date(2023, 8, 28)
    assert shipped(ZHUGE).document.force == "draft_for_comment"


def test_what_must_be_filled_before_an_edition_can_be_issued() -> None:
    items = [f"criteria.{criterion.key}.max_points" for criterion in shipped(NATIONAL).criteria]
    assert {name: [value.key for value in missing_values(shipped(name), {})] for name in ALL} == {
        NATIONAL: [
            "notice.working_days",
            "scoring.aggregation",
            "scoring.experts_per_case",
            *items,
            "cultivation.plan_owner",
            "cultivation.report_every_months",
        ],
        LONGCHENG: ["notice.working_days", "cultivation.report_every_months"],
        ZHUGE: ["target.count", "route.recommending", "notice.working_days"],
        CHENGDU_2019: ["target.count", "scoring.aggregation", "scoring.experts_per_case", *items],
        CHENGDU_2024: [
            "target.count",
            "notice.working_days",
            "cultivation.months",
            "cultivation.plan_owner",
            "cultivation.report_every_months",
        ],
        JIANGSU: ["document.number", "target.count", "route.recommending", "notice.working_days"],
    }


def test_public_practice_is_marked_as_such() -> None:
    notice = shipped(CHENGDU_2019).notice
    assert notice is not None
    assert (notice.working_days, notice.cite.basis) == (5, "public")


def cites(value: Any) -> Iterator[Cite]:
    if isinstance(value, Cite):
        yield value
    elif isinstance(value, tuple):
        for member in value:
            yield from cites(member)
    elif hasattr(value, "model_fields_set"):
        for name in type(value).model_fields:
            yield from cites(getattr(value, name))


@pytest.mark.parametrize("name", [CHENGDU_2019, CHENGDU_2024, JIANGSU])
def test_nothing_of_a_programme_without_a_published_document_claims_to_be_written_in_one(name: str) -> None:
    rulebook = shipped(name)
    claimed = [cite for cite in cites(rulebook) if cite.basis == "document"]
    assert {cite.document for cite in claimed} <= {shipped(ZHUGE).document.name, "常工发〔2024〕60号"}
    assert len(claimed) == 1


@pytest.mark.parametrize(
    "rulebook", shipped_rulebooks(), ids=lambda rulebook: f"{rulebook.programme}-{rulebook.version}"
)
def test_a_rulebook_survives_its_stored_form(rulebook: Rulebook) -> None:
    content = canonical(rulebook)
    assert Rulebook.model_validate(content) == rulebook
    assert fingerprint(content) == fingerprint(dict(reversed(content.items())))


@pytest.mark.parametrize("name", ALL)
def test_every_printed_line_has_its_article_or_says_that_there_is_none(name: str) -> None:
    rulebook = shipped(name)
    page = print_rulebook(rulebook)
    body = page.split("\n\n", 1)[1].splitlines()
    lines = [
        line
        for line in body
        if line and not line.startswith(("一、", "二、", "三、", "四、", "五、", "六、", "七、", "八、", "九、", "十"))
    ]
    absent = {"逐项打分：本办法无此环节", "培育期：无，命名时即授予称号"}
    unmarked = [line for line in lines if "［" not in line and SILENT not in line and "系统推定" not in line]
    assert set(unmarked) <= absent
    for silence in rulebook.silences:
        line = next(line for line in lines if f"[{silence.key}]" in line)
        assert SILENT in line
        assert silence.cite.article in line


def test_the_printed_page_of_wuhou_shows_the_reward_and_the_silence_on_notice() -> None:
    page = print_rulebook(shipped(ZHUGE))
    assert "W-TITLE 奖励 10,000.00元（一次性）" in page
    assert "所获奖励的50%" in page
    assert f"公示工作日：{SILENT}" in page
    assert "至：2023-08-28" in page


def test_versions_of_one_programme_do_not_overlap() -> None:
    chengdu = sorted(
        (rulebook for rulebook in shipped_rulebooks() if rulebook.programme == "chengdu_craftsman"),
        key=lambda rulebook: rulebook.version,
    )
    for older, newer in pairwise(chengdu):
        assert older.document.effective_to is not None
        assert newer.document.effective_from is not None
        assert older.document.effective_to < newer.document.effective_from
