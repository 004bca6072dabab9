"""What follows a selection in the measured unions: notice, plan, title, certificate, money, and the entry in the province's register."""

from datetime import date, timedelta

from bench.country.catalogue import edition_key, programme_key
from bench.country.dossiers import FORCES, Case, Row, versioned
from bench.country.keys import PROBE, Kind, key
from bench.country.names import OCCUPATIONS, name_of
from bench.country.places import account_of
from bench.country.shape import FOUNDED, ordinal, union

_CITY = "changzhou"
_REWARD_FEN = 500_000
"""5,000 元 (S0 第十六条)."""
_YEAR = timedelta(days=365)


def snapshot(case: Case) -> Row:
    """The frozen dossier's record; only its hash is kept of an old one."""
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.SNAPSHOT, case.number),
        "application_id": case.id,
        "number": 1,
        "sha256": f"{case.number:064x}",
        "sealed": None,
        "fields": '["deeds", "person.name"]',
        "made_at": case.at,
    }


def incoming(case: Case) -> Row:
    """How the case came."""
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.HANDOVER, case.number),
        "correlation_id": key(Kind.CORRELATION, case.number),
        "case_id": key(Kind.CASE, case.number),
        "direction": "incoming",
        "kind": "recommendation",
        "counterpart_id": case.recommending_unit_id,
        "edition_id": case.edition_id,
        "application_id": case.id,
        "person_name": name_of(case.number)[0],
        "state": "accepted",
        "snapshot_sha256": f"{case.number:064x}",
        "snapshot_number": 1,
        "fields": "[]",
        **versioned(case.at),
    }


def plan(case: Case) -> Row:
    """The cultivation period: signed and running, or closed where a certificate was given."""
    starts = case.at.date() - 2 * _YEAR
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.PLAN, case.number),
        "edition_id": case.edition_id,
        "application_id": case.id,
        "owner_kind": "employer",
        "starts_on": starts,
        "ends_on": starts + 2 * _YEAR,
        "goals": "两年内完成攻关项目两项，带出高级技师两人。",
        "safeguards": "每月脱产研修三天。",
        "state": "filed" if case.state == "cultivating" else "closed",
        **versioned(case.at),
    }


def grant(rows: dict[str, list[Row]], case: Case, count: int, *, age: int) -> None:
    """The title with assessment, certificate and money; the `count`-th of the city."""
    revoked = case.state == "revoked"
    place = {"tenant_id": case.tenant_id}
    on = FOUNDED.date() - _YEAR * 4 + timedelta(days=count % 3_000)
    title = {
        **place,
        "id": key(Kind.TITLE, case.number),
        "programme_id": programme_key(ordinal(_CITY)),
        "edition_id": case.edition_id,
        "application_id": case.id,
        "case_id": key(Kind.CASE, case.number),
        "person_id": key(Kind.PERSON, case.number),
        "title_code": "longcheng_craftsman",
        "name": "龙城工匠",
        "granted_on": on,
        "naming_document_no": f"常工发〔{on.year}〕12号",
        "state": "revoked" if revoked else "in_force",
        **versioned(case.at),
    }
    certificate = {
        **place,
        "id": key(Kind.CERTIFICATE, case.number),
        "title_id": title["id"],
        "number": f"龙城工匠-{on.year}-{count:04}",
        "awarding_body": "常州市总工会",
        "issued_on": on,
        "withdrawn_on": on + _YEAR if revoked else None,
        "state": "withdrawn" if revoked else "issued",
        **versioned(case.at),
    }
    rows["title"].append(title)
    rows["certificate"].append(certificate)
    rows["assessment"].append(_assessment(case, on))
    rows["funding_record"].append(_money(case, on, state="planned" if age == 3 else "paid"))  # noqa: PLR2004 - the newest titles


def _assessment(case: Case, on: date) -> Row:
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.ASSESSMENT, case.number),
        "application_id": case.id,
        "tasks_completed": True,
        "qualified": True,
        "opinion": "完成培育任务，评价合格",
        "assessed_on": on,
        "assessor_id": account_of(_CITY, "reviewer"),
        **versioned(case.at),
    }


def _money(case: Case, on: date, *, state: str) -> Row:
    paid = state == "paid"
    return {
        "tenant_id": case.tenant_id,
        "id": key(Kind.FUNDING, case.number),
        "programme_id": programme_key(ordinal(_CITY)),
        "edition_id": case.edition_id,
        "rule_code": "C-CERT",
        "cause": f"title:{key(Kind.TITLE, case.number)}",
        "kind": "subsidy",
        "amount_fen": _REWARD_FEN,
        "case_id": key(Kind.CASE, case.number),
        "person_id": key(Kind.PERSON, case.number),
        "year": on.year,
        "due_on": on + timedelta(days=30),
        "purpose": "获得“龙城工匠”证书的补助",
        "payee_kind": "person",
        "recoverable": "yes",
        "state": state,
        "document": "常工发〔2024〕60号",
        "article": "第十六条",
        "voucher_no": f"记-{case.number}" if paid else None,
        "paid_on": on + timedelta(days=40) if paid else None,
        "applied_by": account_of(_CITY, "finance") if paid else None,
        "approved_by": account_of(_CITY, "chair") if paid else None,
        "paid_by": account_of(_CITY, "leader") if paid else None,
        **versioned(case.at),
    }


def notice(age: int) -> Row:
    """The public notice of an edition."""
    start = FOUNDED.date() + timedelta(days=365 * (12 - age))
    return {
        "tenant_id": union(_CITY),
        "id": key(Kind.NOTICE, PROBE + age),
        "edition_id": edition_key(ordinal(_CITY), age),
        "title": "拟入选人员公示",
        "working_days": len(FORCES),
        "starts_on": start,
        "ends_on": start + timedelta(days=6),
        "contact": "电话 0519-80000000，工会公示组",
        "state": "ended",
        "case_ids": "[]",
        **versioned(FOUNDED + timedelta(days=365 - age)),
    }


def register_entry(number: int, titles: int) -> Row:
    """What the province's register says of one title; the first are those of the city, the others of another one."""
    own = number < titles
    return {
        "tenant_id": union("jiangsu"),
        "id": key(Kind.REGISTER, PROBE + number),
        "source_tenant_id": union(_CITY if own else "chengdu"),
        "source_title_id": key(Kind.TITLE, PROBE + 700_000 + number),
        "case_id": key(Kind.CASE, PROBE + 700_000 + number),
        "title_code": "longcheng_craftsman" if own else "chengdu_craftsman",
        "title_name": "龙城工匠" if own else "成都工匠",
        "person_name": name_of(number)[0],
        "sex": "male" if number % 3 else "female",
        "employer": f"天宁第{number % 8 + 1}机械有限公司",
        "occupation": OCCUPATIONS[number % len(OCCUPATIONS)],
        "granted_on": FOUNDED.date() - 4 * _YEAR + timedelta(days=number % 3_600),
        "state": "in_force",
        **versioned(FOUNDED + timedelta(minutes=number)),
    }
