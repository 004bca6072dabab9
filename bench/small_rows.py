"""The rows of `bench.small_world`, one function per kind of row; the same content every time, only keys and tokens differ."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from kernel.ids import new_id
from kernel.sealing import Sealer
from programmes.catalogue.rules.rulebook import Rulebook

Row = dict[str, Any]
Rows = dict[str, list[Row]]

_SURNAMES = "王李张刘陈杨赵黄周吴"
_GIVEN = ("建国", "秀英", "志强", "丽娟", "永福", "海燕", "文博", "春梅")
_TRADES = ("钳工", "焊工", "铣工", "电工", "装配工")
_DEEDS = "长期在生产一线，攻克“卡脖子”难题三项，带出徒弟十二名。" * 12
_NOW = datetime.now(UTC).replace(microsecond=123_000)
_FORCES = ("leadership", "practice", "innovation", "breakthrough", "inheritance")
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def add(made: Rows, table: str, row: Row) -> None:
    """One more row of a table."""
    made.setdefault(table, []).append(row)


def dated(tenant: UUID, key: UUID, at: datetime) -> Row:
    """The columns of every row that people edit."""
    return {"tenant_id": tenant, "id": key, "version": 1, "created_at": at, "updated_at": at}


def programme(key: UUID, rulebook: Rulebook, organiser: UUID) -> Row:
    """The programme of a rulebook."""
    return {
        "id": key,
        "code": rulebook.programme,
        "name": rulebook.name,
        "title_code": rulebook.title_code,
        "title_name": rulebook.title_name,
        "level": rulebook.level,
        "organiser_id": organiser,
    }


def person(sealer: Sealer, tenant: UUID, number: int) -> Row:
    """A file whose ID number opens."""
    key = new_id()
    name = _SURNAMES[number % 10] + _GIVEN[number % 8]
    digits = f"51010719800101{number % 10_000:04}"
    sealed = sealer.seal(digits, tenant_id=tenant, table="person", column="id_number_sealed", row_id=key)
    return {
        **dated(tenant, key, _NOW),
        "name": name,
        "name_sort_key": f"{number:08}",
        "sex": "male" if number % 2 else "female",
        "birth_month": "1980-01",
        "id_number_sealed": sealed,
        "id_number_hint": f"510***********{number % 10_000:04}",
        "id_number_index": key.bytes,
        "employer": f"成都第{number % 97}机械厂",
        "occupation": _TRADES[number % len(_TRADES)],
        "frontline_since": "2001-07",
        "in_service": True,
        "is_migrant_worker": False,
    }


def case(tenant: UUID, person_id: UUID, edition: UUID, organiser: UUID, state: str, number: int) -> Row:
    """A case at a recommending unit, created by somebody who has left."""
    key = new_id()
    return {
        **dated(tenant, key, _NOW),
        "updated_at": _NOW - timedelta(minutes=number),
        "case_id": new_id(),
        "edition_id": edition,
        "organiser_id": organiser,
        "person_id": person_id,
        "desk": "recommending_unit",
        "state": state,
        "upstream_state": "received" if state == "recommended" else None,
        "applying_unit_id": tenant,
        "recommending_unit_id": tenant,
        "deeds": _DEEDS,
        "unit_opinion": "同意，材料属实",
        "titles_held": [
            {"code": "zhuge_craftsman", "name": "诸葛工匠", "granted_on": "2024-05-01", "union": "武侯区总工会"}
        ],
        "route_so_far": [],
        "consent_on": date(2026, 1, 5),
        "open_objections": 0,
        "created_by": new_id(),
    }


def belongings(made: Rows, of: Row, person_id: UUID) -> None:
    """Six pieces of evidence, two letters, seven acts, two snapshots."""
    tenant, case_id = of["tenant_id"], of["id"]
    common = {"application_id": case_id}
    for item in range(6):
        row = {"force": _FORCES[item % 5], "item": 1 + item // 5, "title": f"第{item}项成果证书", "file_sha256": _SHA}
        add(made, "evidence", {**dated(tenant, new_id(), _NOW), **common, **row})
    for number in range(2):
        letter = {
            "expert_name": f"{_SURNAMES[number]}教授",
            "expert_unit": "四川大学",
            "expert_post": "教授",
            "profession": "机械",
            "senior_by": "正高级职称",
            "content": "同意推荐。" * 20,
            "signed_on": date(2026, 1, 5),
        }
        add(made, "peer_letter", {**dated(tenant, new_id(), _NOW), **common, **letter})
    acts = ("create", "revise", "submit", "endorse", "receive", "return", "endorse")
    for place, act in enumerate(acts):
        step = {"act": act, "from_state": "draft", "to_state": "submitted", "at": _NOW + timedelta(seconds=place)}
        add(made, "case_act", {"tenant_id": tenant, "id": new_id(), **common, **step, "actor": "赵某"})
    for number in (1, 2):
        copy = {"number": number, "sha256": _SHA, "sealed": b"x", "fields": ["person.name"], "made_at": _NOW}
        add(made, "snapshot", {"tenant_id": tenant, "id": new_id(), **common, **copy})
    consent(made, tenant, person_id)


def consent(made: Rows, tenant: UUID, person_id: UUID) -> None:
    """To being handed up."""
    row = {**dated(tenant, new_id(), _NOW), "person_id": person_id, "purpose": "upward", "given_on": date(2026, 1, 5)}
    add(made, "consent", row)


def grant(made: Rows, tenant: UUID, edition: UUID) -> None:
    """Places without limit."""
    row = {"tenant_id": tenant, "id": new_id(), "edition_id": edition, "kind": "quota", "used": 0, "granted_at": _NOW}
    add(made, "recommending_grant", row)


def handover(made: Rows, of: Row, whose: Row, counterpart: UUID, number: int) -> None:
    """An incoming case, every third one with a change below."""
    key = new_id()
    row = {
        **dated(of["tenant_id"], key, _NOW),
        "updated_at": _NOW - timedelta(minutes=number),
        "correlation_id": new_id(),
        "case_id": of["case_id"],
        "direction": "incoming",
        "kind": "recommendation",
        "counterpart_id": counterpart,
        "edition_id": of["edition_id"],
        "application_id": of["id"],
        "person_name": whose["name"],
        "state": "accepted",
        "outcome": "received",
        "snapshot_sha256": _SHA,
        "snapshot_number": 1,
        "fields": ["person.name"],
    }
    add(made, "handover", row)
    if number % 3 == 0:
        change = {"change_id": new_id(), "field": "employer", "before": "甲厂", "after": "乙厂", "at": _NOW}
        add(made, "drift", {"tenant_id": of["tenant_id"], "id": new_id(), "handover_id": key, **change})


def award(made: Rows, of: Row, programme_id: UUID, number: int) -> None:
    """A title with its certificate, and the money that it made due."""
    tenant, key, day = of["tenant_id"], new_id(), date(2025, 12, 1) - timedelta(days=number // 10)
    title = {
        "programme_id": programme_id,
        "edition_id": of["edition_id"],
        "application_id": of["id"],
        "case_id": of["case_id"],
        "person_id": of["person_id"],
        "title_code": "chengdu_craftsman",
        "name": "成都工匠",
        "granted_on": day,
        "naming_document_no": "成工发〔2025〕1号",
        "state": "in_force",
    }
    add(made, "title", {**dated(tenant, key, _NOW), **title})
    paper = {"number": f"成都工匠{number:06}", "awarding_body": "成都市总工会", "issued_on": day, "state": "issued"}
    add(made, "certificate", {**dated(tenant, new_id(), _NOW), "title_id": key, **paper})
    money = {
        "programme_id": programme_id,
        "edition_id": of["edition_id"],
        "rule_code": "city_reward",
        "cause": f"title:{key}",
        "kind": "reward",
        "amount_fen": 2_000_000 + number,
        "case_id": of["case_id"],
        "person_id": of["person_id"],
        "year": day.year,
        "due_on": day,
        "purpose": "奖励",
        "payee_kind": "person",
        "recoverable": "yes",
        "state": "planned",
        "document": "成工发〔2025〕1号",
        "article": "第三条",
    }
    add(made, "funding_record", {**dated(tenant, new_id(), _NOW), **money})


def register_entry(made: Rows, tenant: UUID, source: UUID, number: int) -> None:
    """A title granted below."""
    row = {
        "source_tenant_id": source,
        "source_title_id": new_id(),
        "case_id": new_id(),
        "title_code": "zhuge_craftsman" if number % 4 else "chengdu_craftsman",
        "title_name": "诸葛工匠",
        "person_name": _SURNAMES[number % 10] + _GIVEN[number % 8],
        "sex": "male",
        "employer": f"成都第{number % 97}机械厂",
        "occupation": _TRADES[number % len(_TRADES)],
        "granted_on": date(2025, 12, 1) - timedelta(days=number // 20),
        "state": "in_force" if number % 10 else "revoked",
    }
    add(made, "register_entry", {**dated(tenant, new_id(), _NOW), **row})
