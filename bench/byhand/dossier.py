"""One case in depth: a single statement, whose lists PostgreSQL already writes as JSON; the buttons are decided by the product's own gate."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from authz import guard
from authz.actor import Actor
from authz.duties import Duty, relation_of
from authz.permissions import Permission
from authz.roles import Role
from authz.subject import Subject
from bench.byhand.lists import Json, Variables, written
from bench.byhand.pool import Connection, alone
from bench.byhand.session import Who
from bench.byhand.shapes import opaque
from bench.byhand.shown import record
from bench.byhand.walls import visible
from graphql_api.ids import find_key
from kernel.sealing import Sealer
from programmes.applications.errors import OPEN_OBJECTION
from programmes.applications.rules.transitions import HELD_BY_OBJECTION, Act, permission_word, possible_acts
from programmes.catalogue.rules.rulebook import Rulebook

DOSSIER = alone("""
SELECT application.version, application.case_id, application.desk, application.state, application.upstream_state,
    application.open_objections, application.deeds, application.created_by, person.id AS person_id, person.name AS person_name,
    edition.id AS edition_id, edition.name AS edition_name, edition.year, edition.rules_sha256,
    (SELECT string_agg(row_to_json(e)::text, ',') FROM (
        SELECT force, item, title FROM evidence WHERE tenant_id = $1 AND application_id = $2 ORDER BY id LIMIT 100) e) AS evidence,
    (SELECT string_agg(row_to_json(l)::text, ',') FROM (
        SELECT translate(encode(convert_to('v1:PeerLetter:' || id, 'UTF8'), 'base64'), '+/=', '-_') AS id,
            expert_name AS "expertName", expert_unit AS "expertUnit"
        FROM peer_letter WHERE tenant_id = $1 AND application_id = $2 ORDER BY peer_letter.id LIMIT 100) l) AS letters,
    (SELECT string_agg(row_to_json(s)::text, ',') FROM (
        SELECT number, sha256 FROM snapshot WHERE tenant_id = $1 AND application_id = $2 ORDER BY number, id LIMIT 100) s) AS snapshots,
    (SELECT string_agg('{{"node":' || row_to_json(h)::text || '}}', ',') FROM (
        SELECT act, upper(to_state) AS "toState", actor,
            to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+08:00"') AS at
        FROM case_act WHERE tenant_id = $1 AND application_id = $2 AND {openly} ORDER BY id LIMIT 50) h) AS history,
    (SELECT array_agg(duty) FROM duty_record WHERE tenant_id = $1 AND object_id = $2 AND account_id = $3) AS duties,
    (SELECT array_agg(holder || ' ' || word) FROM carried_duty WHERE tenant_id = $1 AND object_id = $2) AS carried
FROM application
LEFT JOIN person ON person.tenant_id = $1 AND person.id = application.person_id AND {people}
LEFT JOIN edition ON edition.tenant_id = application.organiser_id AND edition.id = application.edition_id AND {editions}
WHERE application.tenant_id = $1 AND application.id = $2 AND {cases} AND bound.tenant IS NOT NULL
""")
_RULES = "SELECT rules FROM edition WHERE rules_sha256 = $1 LIMIT 1"
_rulebooks: dict[str, Rulebook] = {}


async def dossier(sealer: Sealer, connection: Connection, who: Who, given: Variables, request_id: str) -> Json:
    """A case with everything that belongs to it."""
    actor = who.actor
    key = find_key(given["id"], "Application")
    if key is None or Role.EXPERT in actor.roles:
        message = "only ids of cases, and only those who see a case openly, are spoken of here"
        raise NotImplementedError(message)
    statement = written(
        DOSSIER,
        openly="true",
        people=visible(Permission.PERSON_READ, actor),
        cases=visible(Permission.CASE_LIST, actor),
    )
    row = await connection.fetchrow(statement, actor.tenant.id, key, actor.account_id)
    if row is None:
        return {"application": None}
    rulebook = await rulebook_of(connection, row["rules_sha256"])
    people = [] if row["person_id"] is None else [row["person_id"]]
    await record(connection, who, request_id, "application", ("application", [key]), ("person", people))
    return {"application": _shown(actor, sealer, key, row, [stage.code for stage in rulebook.stages])}


async def rulebook_of(connection: Connection, rules_sha256: str) -> Rulebook:
    """The rules an edition was issued with; parsed once."""
    if rules_sha256 not in _rulebooks:
        _rulebooks[rules_sha256] = Rulebook.model_validate_json(await connection.fetchval(_RULES, rules_sha256))
    return _rulebooks[rules_sha256]


def relations(
    actor: Actor, sealer: Sealer, case_id: UUID, duties: Sequence[str], carried: Sequence[str]
) -> frozenset[str]:
    """How the person stands to a case by what he did here, and (as keyed hashes) in the unions it came from."""
    words = {relation_of(Duty(duty)) for duty in duties}
    if carried and actor.account_id is not None:
        own = sealer.recognise("duty", case_id.bytes + actor.account_id.bytes)
        words |= {word for holder, word in (each.split(" ", 1) for each in carried) if holder == own}
    return frozenset(words)


def _shown(actor: Actor, sealer: Sealer, key: UUID, row: Any, stages: Sequence[str]) -> Json:  # noqa: ANN401 - a record
    upstream, person, edition = row["upstream_state"], row["person_id"], row["edition_id"]
    return {
        "id": opaque("Application", key),
        "version": row["version"],
        "caseId": opaque("Case", row["case_id"]),
        "desk": row["desk"].upper(),
        "state": row["state"].upper(),
        "upstreamState": None if upstream is None else upstream.upper(),
        "openObjections": row["open_objections"],
        "person": None if person is None else {"id": opaque("Person", person), "name": row["person_name"]},
        "deeds": row["deeds"],
        "edition": None
        if edition is None
        else {"id": opaque("Edition", edition), "name": row["edition_name"], "year": row["year"]},
        "evidence": _list(row["evidence"]),
        "peerLetters": _list(row["letters"]),
        "snapshots": _list(row["snapshots"]),
        "history": {"edges": _list(row["history"])},
        "viewerActions": _buttons(actor, sealer, key, row, stages),
    }


def _list(written_by_postgres: str | None) -> orjson.Fragment:
    return orjson.Fragment(f"[{written_by_postgres or ''}]")


def _buttons(actor: Actor, sealer: Sealer, key: UUID, row: Any, stages: Sequence[str]) -> list[Json]:  # noqa: ANN401
    subject = Subject("case", key, row["state"], row["desk"], creator=row["created_by"])
    words = relations(actor, sealer, row["case_id"], row["duties"] or (), row["carried"] or ())
    stands = guard.relations_of(actor, subject, {key: words})
    found: list[Json] = []
    for act in possible_acts(row["desk"], row["state"], stages):
        permission = Permission(permission_word(act))
        if permission is not Permission.CASE_MIRROR:
            found.append(_button(actor, act, permission, subject, stands, row["open_objections"]))
    return found


def _button(
    actor: Actor, act: Act, permission: Permission, subject: Subject, stands: frozenset[str], objections: int
) -> Json:
    refusal = guard.decision_of(actor, permission, subject, stands).reason
    if refusal is None and act in HELD_BY_OBJECTION and objections:
        refusal = OPEN_OBJECTION()
    reason = None if refusal is None else {"code": refusal.code, "message": refusal.sentence("zh")}
    return {"action": act.name, "allowed": refusal is None, "reason": reason}
