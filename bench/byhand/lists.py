"""The lists: one statement with joins each, the page cut before anything is joined to it."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from authz.permissions import Permission
from bench.byhand.pool import Connection, alone, begin_read
from bench.byhand.session import Who
from bench.byhand.shapes import opaque, yuan
from bench.byhand.shown import record
from bench.byhand.walls import EDITION, UNION, visible
from tenants import tree

Variables = Mapping[str, Any]
Json = dict[str, Any]

BOARD = alone("""
SELECT application.id, application.version, application.case_id, application.desk, application.state, application.upstream_state,
    application.open_objections, person.id, person.name, edition.id, edition.name
FROM (SELECT * FROM application WHERE tenant_id = $1 AND {cases} AND bound.tenant IS NOT NULL ORDER BY updated_at DESC, id DESC LIMIT $2) application
LEFT JOIN person ON person.tenant_id = $1 AND person.id = application.person_id AND {people}
LEFT JOIN edition ON edition.tenant_id = application.organiser_id AND edition.id = application.edition_id AND {editions}
ORDER BY application.updated_at DESC, application.id DESC
""")
REGISTER = alone("""
SELECT register_entry.id, register_entry.title_name, register_entry.person_name, register_entry.employer, register_entry.granted_on,
    register_entry.state, tenant.name
FROM (
    SELECT * FROM register_entry WHERE tenant_id = $1 AND {entries} AND title_code = $6 AND state = $7 AND granted_on <= $8 AND bound.tenant IS NOT NULL
    ORDER BY granted_on DESC, id DESC LIMIT $5
) register_entry
LEFT JOIN tenant ON tenant.id = register_entry.source_tenant_id AND {unions}
ORDER BY register_entry.granted_on DESC, register_entry.id DESC
""")
SUBTREE = """
SELECT handover.id, handover.version, handover.direction, handover.kind, handover.state, handover.outcome, handover.person_name,
    handover.snapshot_sha256, handover.snapshot_number, tenant.id, tenant.name,
    application.id, application.version, application.case_id, application.desk, application.state, application.upstream_state,
    application.open_objections, person.id, person.name
FROM (
    SELECT * FROM handover WHERE tenant_id = $1 AND {handovers} AND direction = $6 AND state = ANY ($7)
    ORDER BY updated_at DESC, id DESC LIMIT $5
) handover
LEFT JOIN tenant ON tenant.id = handover.counterpart_id AND {unions}
LEFT JOIN application ON application.tenant_id = $1 AND application.id = handover.application_id AND {cases}
LEFT JOIN person ON person.tenant_id = $1 AND person.id = application.person_id AND {people}
ORDER BY handover.updated_at DESC, handover.id DESC
"""
DRIFT = """
SELECT handover_id, field, before, after FROM drift WHERE tenant_id = $1 AND handover_id = ANY ($2) ORDER BY at DESC, id DESC
"""
TITLES = """
SELECT title.id, title.name, title.state, title.granted_on, person.id, person.name, person.employer,
    certificate.number, certificate.awarding_body, certificate.state
FROM (SELECT * FROM title WHERE tenant_id = $1 AND {titles} ORDER BY granted_on DESC, id DESC LIMIT $2) title
LEFT JOIN person ON person.tenant_id = $1 AND person.id = title.person_id AND {people}
LEFT JOIN certificate ON certificate.tenant_id = $1 AND certificate.title_id = title.id AND {papers}
ORDER BY title.granted_on DESC, title.id DESC
"""
MONEY = """
SELECT funding_record.id, funding_record.version, funding_record.rule_code, funding_record.kind, funding_record.state,
    funding_record.amount_fen, funding_record.document, funding_record.article, funding_record.question, person.id, person.name
FROM (SELECT * FROM funding_record WHERE tenant_id = $1 AND {money} ORDER BY due_on DESC, id DESC LIMIT $2) funding_record
LEFT JOIN person ON person.tenant_id = $1 AND person.id = funding_record.person_id AND {people}
ORDER BY funding_record.due_on DESC, funding_record.id DESC
"""


async def board(connection: Connection, who: Who, given: Variables, request_id: str) -> Json:
    """The newest cases of the union."""
    actor = who.actor
    statement = written(
        BOARD, cases=visible(Permission.CASE_LIST, actor), people=visible(Permission.PERSON_READ, actor)
    )
    rows = await connection.fetch(statement, actor.tenant.id, given["first"])
    await record(connection, who, request_id, "applications", ("application", [r[0] for r in rows]), _people(rows, 7))
    edges = [
        {
            "node": {
                **_case(row, 0),
                "edition": None if row[9] is None else {"id": opaque("Edition", row[9]), "name": row[10]},
            }
        }
        for row in rows
    ]
    return {"applications": {"edges": edges}}


async def register(connection: Connection, who: Who, given: Variables, request_id: str) -> Json:
    """Titles granted below, as they were announced; names of people of other unions, whose reading is no reading of a file."""
    actor, wanted = who.actor, given["filter"]
    statement = written(REGISTER, entries=visible(Permission.REGISTER_READ, actor))
    until = date.fromisoformat(wanted["grantedTo"])
    values = (*place_of(who), given["first"], wanted["titleCode"], wanted["state"], until)
    rows = await connection.fetch(statement, *values)
    await record(connection, who, request_id, "register")
    edges = [
        {
            "node": {
                "id": opaque("RegisterEntry", row[0]),
                "titleName": row[1],
                "personName": row[2],
                "employer": row[3],
                "grantedOn": row[4],
                "state": row[5],
                "grantedBy": None if row[6] is None else {"name": row[6]},
            }
        }
        for row in rows
    ]
    return {"register": {"edges": edges}}


async def subtree(connection: Connection, who: Who, given: Variables, request_id: str) -> Json:
    """What came from below, with what changed there since."""
    actor, wanted = who.actor, given["filter"]
    statement = written(
        SUBTREE,
        handovers=visible(Permission.HANDOVER_READ, actor),
        cases=visible(Permission.CASE_LIST, actor),
        people=visible(Permission.PERSON_READ, actor),
    )
    states = [state.lower() for state in wanted["state"]]
    await connection.execute(begin_read(actor.tenant.id))
    rows = await connection.fetch(statement, *place_of(who), given["first"], wanted["direction"].lower(), states)
    changes: dict[UUID, list[Json]] = {row[0]: [] for row in rows}
    for key, field, before, after in await connection.fetch(DRIFT, actor.tenant.id, list(changes)):
        changes[key].append({"field": field, "before": before, "after": after})
    cases = [row[11] for row in rows if row[11] is not None]
    await connection.execute("COMMIT")
    await record(connection, who, request_id, "handovers", ("application", cases), _people(rows, 18))
    return {"handovers": {"edges": [{"node": {**_handover(row), "drift": changes[row[0]]}} for row in rows]}}


async def wide(connection: Connection, who: Who, given: Variables, request_id: str) -> Json:
    """Titles with certificates beside the money that is due."""
    actor, people = who.actor, visible(Permission.PERSON_READ, who.actor)
    papers = visible(Permission.CERTIFICATE_READ, actor)
    titles = written(TITLES, titles=visible(Permission.TITLE_READ, actor), people=people, papers=papers)
    money = written(MONEY, money=visible(Permission.FUNDING_READ, actor), people=people)
    await connection.execute(begin_read(actor.tenant.id))
    granted = await connection.fetch(titles, actor.tenant.id, given["first"])
    due = await connection.fetch(money, actor.tenant.id, given["first"])
    keys = list(dict.fromkeys([*(row[4] for row in granted), *(row[9] for row in due)]))
    await connection.execute("COMMIT")
    await record(connection, who, request_id, "fundingRecords,titles", ("person", [key for key in keys if key]))
    return {
        "titles": {"edges": [{"node": _title(row)} for row in granted]},
        "fundingRecords": {"edges": [{"node": _money(row)} for row in due]},
    }


@lru_cache(maxsize=1024)
def written(statement: str, **conditions: str) -> str:
    """The statement with the conditions of these actors in their places."""
    return statement.format(**conditions, editions=EDITION, unions=UNION)


def place_of(who: Who) -> tuple[object, ...]:
    """The first four values of a statement that joins unions."""
    tenant = who.actor.tenant
    return (tenant.id, tree.ancestor_paths(tenant.path), *tree.subtree(tenant.path))


def _people(rows: list[Any], place: int) -> tuple[str, list[UUID]]:
    return "person", list(dict.fromkeys(row[place] for row in rows if row[place] is not None))


def _case(row: Any, at: int) -> Json:  # noqa: ANN401 - a record
    key, version, case_id, desk, state, upstream, objections, person, name = row[at : at + 9]
    return {
        "id": opaque("Application", key),
        "version": version,
        "caseId": opaque("Case", case_id),
        "desk": desk.upper(),
        "state": state.upper(),
        "upstreamState": None if upstream is None else upstream.upper(),
        "openObjections": objections,
        "person": None if person is None else {"id": opaque("Person", person), "name": name},
    }


def _handover(row: Any) -> Json:  # noqa: ANN401
    return {
        "id": opaque("Handover", row[0]),
        "version": row[1],
        "direction": row[2].upper(),
        "kind": row[3].upper(),
        "state": row[4].upper(),
        "outcome": row[5],
        "personName": row[6],
        "snapshotSha256": row[7],
        "snapshotNumber": row[8],
        "counterpart": None if row[9] is None else {"name": row[10]},
        "application": None if row[11] is None else _case(row, 11),
    }


def _title(row: Any) -> Json:  # noqa: ANN401
    key, name, state, granted_on, person, person_name, employer, number, body, paper = row
    return {
        "id": opaque("Title", key),
        "name": name,
        "state": state.upper(),
        "grantedOn": granted_on,
        "person": None
        if person is None
        else {"id": opaque("Person", person), "name": person_name, "employer": employer},
        "certificate": None if number is None else {"number": number, "awardingBody": body, "state": paper.upper()},
    }


def _money(row: Any) -> Json:  # noqa: ANN401
    key, version, rule, kind, state, fen, document, article, question, person, name = row
    if question is not None:
        message = "open questions are not spoken of here"
        raise NotImplementedError(message)
    return {
        "id": opaque("FundingRecord", key),
        "version": version,
        "ruleCode": rule,
        "kind": kind.upper(),
        "state": state.upper(),
        "question": None,
        "amount": yuan(fen),
        "rule": {"document": document, "article": article},
        "person": None if person is None else {"name": name},
    }
