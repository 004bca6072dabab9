"""Money through the services and the outbox, on the shipped rulebooks; amounts in 分."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from authz import guard
from authz.duties import Duty
from authz.roles import Role
from authz.subject import Subject
from kernel.audit import AuditEntry
from kernel.errors import Failure
from kernel.ids import new_id
from programmes.applications.model import Application
from programmes.cultivation import service as cultivation
from programmes.cultivation.rules import Ground
from programmes.funding import queries
from programmes.funding import service as funding
from programmes.funding.model import FundingRecord, RewardResult
from programmes.funding.rules import Answer, FundingKind
from programmes.titles import service as titles
from programmes.titles.model import Honour, Title
from programmes.titles.rules import TitleState
from tests.programmes.awards import Awards, assessed, certify

TWO_YEARS = [("N-ANNUAL", 2024, 5_000_000), ("N-ANNUAL", 2025, 5_000_000)]


async def begin(awards: Awards, count: int = 1) -> list[Application]:
    """Announced national cases whose cultivation begins."""
    cases = [await awards.add_case("national_craftsman", "announced") for _ in range(count)]
    for case in cases:
        async with awards.acting("acftu", Role.APPROVER) as scope:
            await cultivation.start_cultivation(scope, case.id, version=case.version)
    await awards.settle()
    return cases


async def name(
    awards: Awards, programme: str = "zhuge_craftsman", union: str = "wuhou", *, settle: bool = True
) -> Title:
    application = await awards.add_case(programme, "announced")
    async with awards.acting(union, Role.APPROVER) as scope:
        (title,) = await titles.name_directly(scope, awards.editions[programme], [application.id], document_no="1号")
    if settle:
        await awards.settle()
    return title


async def honour(awards: Awards, person_id: UUID, *, on: date = date(2023, 5, 1), union: str = "chengdu") -> Honour:
    async with awards.working("wuhou") as scope:
        news = titles.HonourNews(
            person_id=person_id,
            case_id=new_id(),
            granted_by_id=awards.unions[union].id,
            title_code="chengdu_craftsman",
            name="成都工匠",
            granted_on=on,
        )
        return await titles.record_honour(scope, news)


async def record_reward(
    awards: Awards, honour_id: UUID, kind: FundingKind = FundingKind.REWARD, fen: int = 2_000_000
) -> RewardResult:
    async with awards.acting("wuhou", Role.FINANCE_CLERK) as scope:
        reward = await funding.record_reward(
            scope,
            honour_id,
            kind=kind,
            amount_fen=fen,
            document_no="成工发〔2023〕20号",
        )
    await awards.settle()
    return reward


def shown(records: Sequence[FundingRecord]) -> list[tuple[str, int | None, str, str | None]]:
    return [(each.rule_code, each.amount_fen, each.state, each.question) for each in records]


async def pay(awards: Awards, union: str, record: FundingRecord) -> FundingRecord:
    """Through all three hands."""
    async with awards.acting(union, Role.FINANCE_CLERK, name="经办") as scope:
        record = await funding.apply_for_payment(scope, record.id, version=record.version)
    async with awards.acting(union, Role.FINANCE_APPROVER, name="审批") as scope:
        record = await funding.approve_payment(scope, record.id, version=record.version)
    async with awards.acting(union, Role.FINANCE_CLERK, name="出纳") as scope:
        return await funding.record_payment(scope, record.id, voucher_no="记-0007", version=record.version)


# ------------------------------------------------------------------------------------------------- what is due


async def test_scenario_29_each_candidate_has_50_000_planned_in_both_years(awards: Awards) -> None:
    await begin(awards, count=3)
    async with awards.reading("acftu") as scope:
        assert await queries.sums_by_year(scope.session, "N-ANNUAL") == {2024: 15_000_000, 2025: 15_000_000}
    blocked = {(record.state, record.question) for record in await awards.rows("acftu", FundingRecord)}
    assert blocked == {("blocked", "FUNDING_PAYEE_SILENT")}


async def test_scenario_30_one_candidate_has_100_000_in_two_years(awards: Awards) -> None:
    (case,) = await begin(awards)
    await awards.deliver_again("acftu", "cultivation_year_begun")
    records = await awards.rows("acftu", FundingRecord)
    assert sorted((each.rule_code, each.year, each.amount_fen) for each in records) == TWO_YEARS
    assert {each.case_id for each in records} == {case.case_id}
    assert sum(each.amount_fen for each in records) == 10_000_000


async def test_scenario_36_an_announced_candidate_of_the_city_has_nothing_yet(awards: Awards) -> None:
    case = await awards.add_case("longcheng_craftsman", "announced")
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        await cultivation.start_cultivation(scope, case.id, version=case.version)
    await awards.settle()
    assert await awards.rows("changzhou", FundingRecord) == []


async def test_scenario_45_a_named_person_has_10_000_once(awards: Awards) -> None:
    awards.clock.at = awards.clock.at.replace(year=2022)
    title = await name(awards)
    await awards.deliver_again("wuhou", "title_granted")
    record = await awards.one("wuhou", FundingRecord)
    assert (record.rule_code, record.amount_fen, record.kind, record.state) == (
        "W-TITLE",
        1_000_000,
        "reward",
        "planned",
    )
    assert (record.person_id, record.case_id, record.due_on) == (title.person_id, title.case_id, date(2022, 7, 10))
    [entry] = await awards.rows("wuhou", AuditEntry, act="funding:plan")
    assert [planned["record"] for planned in entry.after["records"]] == [str(record.id)]


async def test_the_same_news_twice_at_the_same_time_makes_one_record(awards: Awards) -> None:
    awards.clock.at = awards.clock.at.replace(year=2022)
    title = await name(awards, settle=False)

    async def react() -> None:
        async with awards.working("wuhou") as scope:
            await funding.on_title_granted(scope, {"title_id": str(title.id)})

    await asyncio.gather(*(react() for _ in range(6)))
    assert shown(await awards.rows("wuhou", FundingRecord)) == [("W-TITLE", 1_000_000, "planned", None)]
    assert len(await awards.rows("wuhou", AuditEntry, act="funding:plan")) == 1


async def test_a_city_that_names_at_once_pays_20_000(awards: Awards) -> None:
    awards.clock.at = awards.clock.at.replace(year=2023)
    await name(awards, "chengdu_craftsman_2019", "chengdu")
    (record,) = await awards.rows("chengdu", FundingRecord)
    assert (record.amount_fen, record.kind, record.state) == (2_000_000, "reward", "planned")


async def test_a_title_granted_after_the_documents_end_waits_for_a_decision(awards: Awards) -> None:
    await name(awards)  # 2024
    assert shown(await awards.rows("wuhou", FundingRecord)) == [
        ("W-TITLE", 1_000_000, "blocked", "FUNDING_DOCUMENT_EXPIRED")
    ]


# -------------------------------------------------------------------------------------------------- the match


async def feeder(awards: Awards) -> Title:
    awards.clock.at = awards.clock.at.replace(year=2022)
    title = await name(awards)
    awards.clock.at = awards.clock.at.replace(year=2023)
    return title


async def test_scenario_46_the_reward_of_20_000_is_matched_with_10_000_once(awards: Awards) -> None:
    title = await feeder(awards)
    won = await honour(awards, title.person_id)
    await record_reward(awards, won.id)
    await awards.deliver_again("wuhou", "reward_recorded")
    record = await awards.one("wuhou", FundingRecord, rule_code="W-MATCH")
    assert (record.amount_fen, record.base_fen, record.kind, record.state, record.year) == (
        1_000_000,
        2_000_000,
        "reward",
        "planned",
        2023,
    )
    assert (record.case_id, record.article) == (won.case_id, "（九）")


async def test_a18_a_working_fund_of_above_is_not_matched(awards: Awards) -> None:
    title = await feeder(awards)
    won = await honour(awards, title.person_id, union="acftu")
    await record_reward(awards, won.id, kind=FundingKind.WORKING_FUND, fen=5_000_000)
    assert await awards.rows("wuhou", FundingRecord, rule_code="W-MATCH") == []


async def test_an_honour_after_the_documents_end_is_a_question(awards: Awards) -> None:
    title = await feeder(awards)
    won = await honour(awards, title.person_id, on=date(2023, 8, 29))
    await record_reward(awards, won.id)
    records = await awards.rows("wuhou", FundingRecord, rule_code="W-MATCH")
    assert shown(records) == [("W-MATCH", 1_000_000, "blocked", "FUNDING_DOCUMENT_EXPIRED")]


async def test_somebody_without_the_feeder_title_is_not_matched(awards: Awards) -> None:
    won = await honour(awards, await awards.add_person("wuhou", "王师傅"))
    await record_reward(awards, won.id)
    assert await awards.rows("wuhou", FundingRecord) == []


@pytest.mark.parametrize("fen", [0, -1])
async def test_a_reward_of_nothing_is_none_and_leaves_room_for_the_right_one(awards: Awards, fen: int) -> None:
    won = await honour(awards, await awards.add_person("wuhou", "王师傅"))
    with pytest.raises(Failure) as refusal:
        await record_reward(awards, won.id, fen=fen)
    assert (refusal.value.code, refusal.value.path) == ("REWARD_NOTHING", ("input", "amount"))
    assert (await record_reward(awards, won.id)).amount_fen == 2_000_000


async def test_a_reward_is_recorded_once_for_an_honour(awards: Awards) -> None:
    won = await honour(awards, await awards.add_person("wuhou", "王师傅"))
    await record_reward(awards, won.id)
    with pytest.raises(Failure) as refusal:
        await record_reward(awards, won.id, fen=1)
    assert refusal.value.code == "REWARD_RECORDED"
    assert (await awards.one("wuhou", RewardResult)).amount_fen == 2_000_000


async def test_the_levels_below_are_asked_whether_they_match_the_national_fund(awards: Awards) -> None:
    case = await awards.add_case(
        "national_craftsman",
        "recommended",
        union="sichuan",
        desk="recommending_unit",
        upstream_state="cultivating",
        upstream_at=awards.clock.now(),
    )
    body = {"act": "follow", "application_id": str(case.id)}
    for _ in range(2):
        async with awards.working("sichuan") as scope:
            await funding.on_case_followed(scope, body)
    records = await awards.rows("sichuan", FundingRecord)
    assert shown(records) == [("N-MATCH", None, "blocked", "FUNDING_AMOUNT_SILENT")] * 2


# ------------------------------------------------------------------------------------------ answers and payment


async def test_an_answer_of_the_approver_plans_a_blocked_record(awards: Awards) -> None:
    await begin(awards)
    first, _ = await awards.rows("acftu", FundingRecord)
    answer, bare = Answer(agreed=True, payee_kind="recommending_unit"), Answer(agreed=True)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("acftu", Role.FINANCE_CLERK) as scope:
            await funding.answer_question(scope, first.id, answer, reason="经研究", document_no="1号", version=1)
    assert refusal.value.code == "NOT_PERMITTED"
    with pytest.raises(Failure) as refusal:
        async with awards.acting("acftu", Role.FINANCE_APPROVER) as scope:
            await funding.answer_question(scope, first.id, bare, reason="经研究", document_no="1号", version=1)
    assert refusal.value.code == "FUNDING_ANSWER_LACKS_PAYEE"
    async with awards.acting("acftu", Role.FINANCE_APPROVER) as scope:
        record = await funding.answer_question(
            scope, first.id, answer, reason="经研究", document_no="工办发〔2024〕3号", version=first.version
        )
    assert (record.state, record.payee_kind, record.question, record.answer_document_no) == (
        "planned",
        "recommending_unit",
        None,
        "工办发〔2024〕3号",
    )


async def test_a_blocked_record_is_not_applied_for(awards: Awards) -> None:
    await begin(awards)
    first, _ = await awards.rows("acftu", FundingRecord)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("acftu", Role.FINANCE_CLERK) as scope:
            await funding.apply_for_payment(scope, first.id, version=first.version)
    assert refusal.value.sentence() == "该笔资金当前状态为“待确认”，不能执行此操作"


async def due_record(awards: Awards) -> FundingRecord:
    awards.clock.at = awards.clock.at.replace(year=2022)
    await name(awards)
    return await awards.one("wuhou", FundingRecord)


async def test_d11_three_persons_pay(awards: Awards) -> None:
    record = await pay(awards, "wuhou", await due_record(awards))
    assert (record.state, record.voucher_no, record.paid_on) == ("paid", "记-0007", date(2022, 7, 10))
    acts = [entry.act for entry in await awards.rows("wuhou", AuditEntry, object_kind="funding_record")]
    assert acts == ["funding:apply", "funding:approve", "funding:pay"]


async def test_d11_nobody_takes_two_of_the_three_parts(awards: Awards) -> None:
    record = await due_record(awards)
    both = (Role.FINANCE_CLERK, Role.FINANCE_APPROVER)
    async with awards.acting("wuhou", *both, name="甲") as scope:
        record = await funding.apply_for_payment(scope, record.id, version=record.version)
    with pytest.raises(Failure) as refusal:
        async with awards.acting("wuhou", *both, name="甲") as scope:
            await funding.approve_payment(scope, record.id, version=record.version)
    assert refusal.value.code == "DUTY_CONFLICT"
    async with awards.acting("wuhou", *both, name="乙") as scope:
        record = await funding.approve_payment(scope, record.id, version=record.version)
    for one in ("甲", "乙"):
        with pytest.raises(Failure) as refusal:
            async with awards.acting("wuhou", *both, name=one) as scope:
                await funding.record_payment(scope, record.id, voucher_no="1", version=record.version)
        assert refusal.value.code == "DUTY_CONFLICT"


async def test_d11_the_recommender_of_a_person_approves_no_money_for_him(awards: Awards) -> None:
    record = await due_record(awards)
    application = await awards.one("wuhou", Application)
    async with awards.acting("wuhou", Role.FINANCE_CLERK) as scope:
        record = await funding.apply_for_payment(scope, record.id, version=record.version)
    async with awards.acting("wuhou", Role.FINANCE_APPROVER, name="推荐人") as scope:
        await guard.note(scope, Duty.RECOMMENDED, Subject(kind="case", id=application.id))
    with pytest.raises(Failure) as refusal:
        async with awards.acting("wuhou", Role.FINANCE_APPROVER, name="推荐人") as scope:
            await funding.approve_payment(scope, record.id, version=record.version)
    assert refusal.value.code == "DUTY_CONFLICT"


async def test_a_record_is_paid_once(awards: Awards) -> None:
    record = await pay(awards, "wuhou", await due_record(awards))
    with pytest.raises(Failure) as refusal:
        async with awards.acting("wuhou", Role.FINANCE_CLERK, name="另一出纳") as scope:
            await funding.record_payment(scope, record.id, voucher_no="2", version=record.version)
    assert refusal.value.code == "FUNDING_STATE"


async def test_no_other_union_sees_the_money(awards: Awards) -> None:
    record = await due_record(awards)
    assert await awards.rows("chengdu", FundingRecord) == []
    with pytest.raises(Failure) as refusal:
        async with awards.acting("chengdu", Role.FINANCE_CLERK) as scope:
            await funding.apply_for_payment(scope, record.id, version=record.version)
    assert refusal.value.code == "NOT_FOUND"


# ------------------------------------------------------------------------------------------ holds and revocation


async def test_scenario_41_stopped_for_fraud_no_certificate_and_no_money(awards: Awards) -> None:
    case = await awards.add_case("longcheng_craftsman", "announced")
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        await cultivation.start_cultivation(scope, case.id, version=case.version)
    running = await awards.one("changzhou", Application)
    async with awards.acting("changzhou", Role.APPROVER) as scope:
        await cultivation.stop(
            scope, case.id, ground=Ground.FRAUD, resolution_no="常工党〔2025〕3号", version=running.version
        )
    await awards.settle()
    assert await awards.rows("changzhou", FundingRecord) == []
    assert await awards.rows("changzhou", Title) == []


async def test_money_rests_while_a_case_does(awards: Awards) -> None:
    (case,) = await begin(awards)
    first, second = await awards.rows("acftu", FundingRecord)
    answer = Answer(agreed=True, payee_kind="person")
    async with awards.acting("acftu", Role.FINANCE_APPROVER) as scope:
        await funding.answer_question(scope, first.id, answer, reason="经研究", document_no="1号", version=1)
    async with awards.acting("acftu", Role.APPROVER) as scope:
        running = await awards.one("acftu", Application)
        await cultivation.suspend(scope, case.id, reason="核查", version=running.version)
    await awards.settle()
    held = await awards.rows("acftu", FundingRecord)
    assert {(each.state, each.question) for each in held} == {("blocked", "FUNDING_CASE_SUSPENDED")}
    with pytest.raises(Failure) as refusal:
        async with awards.acting("acftu", Role.FINANCE_APPROVER) as scope:
            await funding.answer_question(
                scope, second.id, answer, reason="经研究", document_no="1号", version=held[1].version
            )
    assert refusal.value.code == "FUNDING_CASE_SUSPENDED"
    async with awards.acting("acftu", Role.APPROVER) as scope:
        running = await awards.one("acftu", Application)
        await cultivation.resume(scope, case.id, reason="查清", version=running.version)
    await awards.settle()
    assert [(each.state, each.question) for each in await awards.rows("acftu", FundingRecord)] == [
        ("planned", None),
        ("blocked", "FUNDING_PAYEE_SILENT"),
    ]


async def certified(awards: Awards) -> Title:
    title = await certify(awards, await assessed(awards))
    await awards.settle()
    return title


async def revoke(awards: Awards, union: str, title: Title) -> None:
    async with awards.acting(union, Role.APPROVER) as scope:
        await titles.revoke(
            scope, title.id, ground=Ground.DISCIPLINE_OR_LAW, resolution_no="党组〔2026〕1号", version=title.version
        )
    await awards.settle()


async def test_scenario_37_the_certificate_brings_5_000(awards: Awards) -> None:
    await certified(awards)
    assert shown(await awards.rows("changzhou", FundingRecord)) == [("C-CERT", 500_000, "planned", None)]


async def test_scenario_42_a_paid_subsidy_of_a_revoked_title_is_claimed_back(awards: Awards) -> None:
    title = await certified(awards)
    await pay(awards, "changzhou", await awards.one("changzhou", FundingRecord))
    await revoke(awards, "changzhou", title)
    await awards.deliver_again("changzhou", "title_revoked")
    assert shown(await awards.rows("changzhou", FundingRecord)) == [("C-CERT", 500_000, "clawback_ordered", None)]


async def test_scenario_42_an_unpaid_subsidy_of_a_revoked_title_is_not_paid(awards: Awards) -> None:
    await revoke(awards, "changzhou", await certified(awards))
    assert shown(await awards.rows("changzhou", FundingRecord)) == [("C-CERT", 500_000, "cancelled", None)]


async def test_a14_where_recovery_is_silent_a_leader_decides(awards: Awards) -> None:
    record = await due_record(awards)
    await pay(awards, "wuhou", record)
    await revoke(awards, "wuhou", await awards.one("wuhou", Title))
    record = await awards.one("wuhou", FundingRecord)
    assert (record.state, record.question) == ("paid", "FUNDING_RECOVERY_SILENT")
    async with awards.acting("wuhou", Role.FINANCE_APPROVER) as scope:
        record = await funding.answer_question(
            scope, record.id, Answer(agreed=True), reason="追回", document_no="2号", version=record.version
        )
    assert (record.state, record.question) == ("clawback_ordered", None)


async def test_the_match_of_an_honour_that_was_taken_back_is_a_question(awards: Awards) -> None:
    title = await feeder(awards)
    won = await honour(awards, title.person_id)
    await record_reward(awards, won.id)
    async with awards.working("wuhou") as scope:
        news = titles.HonourNews(
            person_id=won.person_id,
            case_id=won.case_id,
            granted_by_id=won.granted_by_id,
            title_code=won.title_code,
            name=won.name,
            granted_on=won.granted_on,
            state=TitleState.REVOKED,
        )
        await titles.record_honour(scope, news)
    await awards.settle()
    record = await awards.one("wuhou", FundingRecord, rule_code="W-MATCH")
    assert (record.state, record.question) == ("blocked", "FUNDING_TITLE_REVOKED")
    own = await awards.one("wuhou", FundingRecord, rule_code="W-TITLE")
    assert own.state == "planned"
