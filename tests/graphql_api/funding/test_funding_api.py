from datetime import date
from typing import Any

import pytest

from authz.roles import Role
from graphql_api.ids import encode_id
from kernel.ids import new_id
from programmes.titles import service as titles
from programmes.titles.model import Title
from tests.graphql_api.awards_api import Office
from tests.graphql_api.sql_count import counting
from tests.programmes.awards import Awards

LIST = """
query ($first: Int!, $filter: FundingRecordFilter) {
  fundingRecords(first: $first, filter: $filter) {
    edges { node {
      id version ruleCode kind state year dueOn payee recoverable
      amount { amount currency } base { amount } question { code message } rule { document article }
      programme { titleName } edition { name } person { name } studio { name }
    } }
    totalCount
  }
}
"""
RECORD = "record { id version state amount { amount } payee question { code } answerDocumentNo voucherNo paidOn }"


async def named(office: Office, count: int = 1, *, year: int = 2022) -> None:
    """People named without cultivation, and the money of it."""
    awards = office.awards
    awards.clock.at = awards.clock.at.replace(year=year)
    cases = [await awards.add_case("zhuge_craftsman", "announced") for _ in range(count)]
    payload = await office.desk("wuhou", Role.APPROVER).act(
        "nameDirectly",
        "titleIds",
        editionId=encode_id("Edition", awards.editions["zhuge_craftsman"]),
        applicationIds=[encode_id("Application", case.id) for case in cases],
        documentNo="武工发〔2022〕12号",
    )
    assert payload["errors"] == []
    assert len(payload["titleIds"]) == count
    await awards.settle()


async def records(office: Office, union: str = "wuhou", **given: Any) -> list[Any]:
    answer = await office.desk(union, Role.AUDITOR).ask(LIST, first=50, filter=given)
    return [edge["node"] for edge in answer["fundingRecords"]["edges"]]


async def test_a_record_shows_amount_kind_state_and_the_rule_it_rests_on(office: Office) -> None:
    await named(office)
    (record,) = await records(office)
    assert record | {"id": "", "version": 0} == {
        "id": "",
        "version": 0,
        "ruleCode": "W-TITLE",
        "kind": "REWARD",
        "state": "PLANNED",
        "year": 2022,
        "dueOn": "2022-07-10",
        "payee": "PERSON",
        "recoverable": "silent",
        "amount": {"amount": "10000.00", "currency": "CNY"},
        "base": None,
        "question": None,
        "rule": {
            "document": "关于“成都工匠”、“诸葛工匠”培育计划的实施办法（征求意见稿）",
            "article": "（九）、（十）",
        },
        "programme": {"titleName": "诸葛工匠"},
        "edition": {"name": "“诸葛工匠”培育计划"},
        "person": {"name": "李师傅"},
        "studio": None,
    }


async def test_the_list_is_filtered_by_year_rule_and_state(office: Office) -> None:
    await named(office, count=2)
    assert len(await records(office, year=2022, rule="W-TITLE", state=["PLANNED"])) == 2
    assert await records(office, year=2023) == []
    assert await records(office, rule="W-MATCH") == []
    assert await records(office, state=["BLOCKED", "PAID"]) == []
    assert await records(office, person=encode_id("Person", new_id())) == []


@pytest.mark.parametrize("count", [1, 3])
async def test_a_list_of_records_asks_a_fixed_number_of_statements(office: Office, awards: Awards, count: int) -> None:
    await named(office, count=count)
    with counting(awards.people) as sql:
        assert len(await records(office)) == count
    assert sql.count == 5  # the page, its count, and one for each of programme, edition and person; nobody has a studio


async def test_three_persons_pay_over_the_contract(office: Office) -> None:
    await named(office)
    (record,) = await records(office)
    clerk = office.desk("wuhou", Role.FINANCE_CLERK, Role.FINANCE_APPROVER, name="甲")
    applied = await clerk.act("applyForPayment", RECORD, recordId=record["id"], version=record["version"])
    assert (applied["errors"], applied["record"]["state"]) == ([], "APPLIED")
    version = applied["record"]["version"]
    refused = await clerk.act("approvePayment", RECORD, recordId=record["id"], version=version)
    assert (refused["record"], [error["code"] for error in refused["errors"]]) == (None, ["DUTY_CONFLICT"])
    approver = office.desk("wuhou", Role.FINANCE_APPROVER, name="乙")
    approved = await approver.act("approvePayment", RECORD, recordId=record["id"], version=version)
    payer = office.desk("wuhou", Role.FINANCE_CLERK, name="丙")
    paid = await payer.act(
        "recordPayment", RECORD, recordId=record["id"], version=approved["record"]["version"], voucherNo="记-0007"
    )
    assert (paid["errors"], paid["record"]["state"], paid["record"]["voucherNo"], paid["record"]["paidOn"]) == (
        [],
        "PAID",
        "记-0007",
        "2022-07-10",
    )


async def test_a_question_is_shown_as_a_sentence_and_answered(office: Office) -> None:
    await named(office, year=2024)
    (record,) = await records(office)
    assert (record["state"], record["question"]["code"]) == ("BLOCKED", "FUNDING_DOCUMENT_EXPIRED")
    assert record["question"]["message"].endswith("不在有效期内，是否仍按（九）、（十）发放，须由领导决定并附文件")
    answered = await office.desk("wuhou", Role.FINANCE_APPROVER).act(
        "answerFundingQuestion",
        RECORD,
        recordId=record["id"],
        version=record["version"],
        agreed=True,
        reason="区委常委会同意",
        documentNo="武委纪要〔2024〕8号",
    )
    assert (answered["errors"], answered["record"]["state"], answered["record"]["question"]) == ([], "PLANNED", None)


async def test_scenario_46_over_the_contract(office: Office, awards: Awards) -> None:
    await named(office)
    person_id = (await awards.rows("wuhou", Title))[0].person_id
    awards.clock.at = awards.clock.at.replace(year=2023)
    async with awards.working("wuhou") as scope:
        honour = await titles.record_honour(
            scope,
            titles.HonourNews(
                person_id=person_id,
                case_id=new_id(),
                granted_by_id=awards.unions["chengdu"].id,
                title_code="chengdu_craftsman",
                name="成都工匠",
                granted_on=date(2023, 5, 1),
            ),
        )
    recorded = await office.desk("wuhou", Role.FINANCE_CLERK).act(
        "recordReward",
        "reward { amount { amount } kind honour { name grantedBy { code } } }",
        honourId=encode_id("Honour", honour.id),
        kind="REWARD",
        amount="20000.00",
        documentNo="成工发〔2023〕20号",
    )
    assert recorded == {
        "errors": [],
        "reward": {
            "amount": {"amount": "20000.00"},
            "kind": "REWARD",
            "honour": {"name": "成都工匠", "grantedBy": {"code": "chengdu"}},
        },
    }
    await awards.settle()
    (match,) = await records(office, rule="W-MATCH")
    assert (match["amount"]["amount"], match["base"]["amount"], match["state"]) == ("10000.00", "20000.00", "PLANNED")


@pytest.mark.parametrize("amount", ["0.001", "-1", "1e9", "twenty"])
async def test_a_malformed_amount_is_refused_at_its_field(office: Office, amount: str) -> None:
    query = "mutation ($input: RecordRewardInput!) { recordReward(input: $input) { errors { code path } } }"
    given = {
        "idempotencyKey": "key-malformed",
        "honourId": encode_id("Honour", new_id()),
        "kind": "REWARD",
        "amount": amount,
        "documentNo": "1号",
    }
    answer = await office.client.ask(query, who=office.desk("wuhou", Role.FINANCE_CLERK).token, input=given)
    if "errors" in answer.body:
        assert answer.body.get("data") is None
    else:
        assert answer.data["recordReward"]["errors"] == [{"code": "BAD_AMOUNT", "path": ["input", "amount"]}]


async def test_another_union_sees_no_money_and_no_record(office: Office) -> None:
    await named(office)
    (record,) = await records(office)
    assert await records(office, union="chengdu") == []
    query = "query ($id: ID!) { fundingRecord(id: $id) { id } node(id: $id) { id } }"
    own = await office.desk("wuhou", Role.AUDITOR).ask(query, id=record["id"])
    assert own == {"fundingRecord": {"id": record["id"]}, "node": {"id": record["id"]}}
    strange = await office.desk("chengdu", Role.AUDITOR).ask(query, id=record["id"])
    assert strange == {"fundingRecord": None, "node": None}
    refused = await office.desk("chengdu", Role.FINANCE_CLERK).act(
        "applyForPayment", RECORD, recordId=record["id"], version=1
    )
    assert [error["code"] for error in refused["errors"]] == ["NOT_FOUND"]
