"""Recommending a case: three round trips beside the beginning and the end, of which one is spent only where a rulebook is new to the process."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from authz.duties import CREATED, Duty
from authz.masks import BITS, mask_of_act, mask_of_duty
from authz.permissions import Permission
from bench.byhand.dossier import rulebook_of
from bench.byhand.frozen import Frozen, freeze
from bench.byhand.lists import Json, Variables, written
from bench.byhand.pool import Connection, begin_write
from bench.byhand.recommend_rules import Record, require_recommendable
from bench.byhand.recommend_sql import FACTS, USED, WRITES
from bench.byhand.session import Who
from bench.byhand.shapes import opaque
from bench.byhand.walls import visible
from graphql_api.ids import key_of
from kernel.errors import IDEMPOTENCY_MISMATCH, NOT_FOUND
from kernel.ids import new_id
from kernel.live import Change, encode
from kernel.sealing import Sealer
from programmes.catalogue.errors import QUOTA_FULL, QUOTA_NONE_GIVEN
from programmes.catalogue.rules.rulebook import Rulebook

_ACT = "case:recommend"
_TARGET = "recommended"


async def recommend(sealer: Sealer, connection: Connection, who: Who, given: Variables, request_id: str) -> Json:
    """Choose a case as a nominee; the answer is made of what was written. Refusals are raised."""
    asked, actor = given["input"], who.actor
    key, rank, claim = key_of(asked["applicationId"], "Application", "applicationId"), asked.get("rank"), new_id()
    digest = sealer.recognise("idempotency", _canonical(asked))
    statement = written(FACTS, people=visible(Permission.PERSON_READ, actor))
    used = (actor.account_id, asked["idempotencyKey"], digest, who.now, rank)
    await connection.execute(begin_write(actor.tenant.id))
    facts = await connection.fetchrow(statement, actor.tenant.id, key, claim, *used)
    if facts is None:
        raise NOT_FOUND()
    if facts["claimed"] is None:
        await _require_same(connection, who, asked["idempotencyKey"], digest)
        await connection.execute("COMMIT")
        return _answer(facts, facts["version"], facts["state"])
    rulebook = await rulebook_of(connection, facts["rules_sha256"])
    opinion = require_recommendable(sealer, who, facts, rulebook, asked)
    snapshot = freeze(sealer, who, facts, opinion, rank)
    values = _values(sealer, who, facts, opinion, rank)
    more = _more_values(who, facts, rulebook, snapshot, claim)
    wrote = await connection.fetchrow(
        written(WRITES, cases=visible(Permission.CASE_LIST, actor)), *values, request_id, *more
    )
    _require_place(facts, rulebook, wrote[1])
    await connection.execute("COMMIT")
    return _answer(facts, facts["version"] + 1, _TARGET)


def _values(sealer: Sealer, who: Who, facts: Record, opinion: str, rank: int | None) -> list[object]:
    """The first sixteen values: case, grant, history, duty and audit."""
    actor, key, before = who.actor, facts["id"], facts["state"]
    after = {"state": _TARGET, "reasoned": True, "document_no": None}
    return [
        actor.tenant.id,
        key,
        actor.account_id,
        who.now,
        opinion,
        rank,
        _TARGET,
        facts["edition_id"],
        new_id(),
        before,
        actor.name,
        new_id(),
        _mask(sealer, who, facts),
        new_id(),
        _json({"state": before}),
        _json(after),
    ]


def _more_values(who: Who, facts: Record, rulebook: Rulebook, snapshot: Frozen, claim: UUID) -> list[object]:
    """The others, after the request's number: snapshot, events, the key's result, what was looked at, the notification."""
    key, case_id, cite = facts["id"], facts["case_id"], rulebook.route.cite.citation
    moved = {
        "event": "application_moved",
        "application_id": str(key),
        "case_id": str(case_id),
        "edition_id": str(facts["edition_id"]),
        "desk": facts["desk"],
        "act": "recommend",
        "from": facts["state"],
        "to": _TARGET,
    }
    forwarded = {
        "event": "case_forwarded",
        "application_id": str(key),
        "to": str(facts["organiser_id"]),
        "snapshot_id": str(snapshot.id),
        "legal_basis": f"本人同意（{facts['consent_on']}）；{cite.document} {cite.article}",
    }
    told = encode(who.actor.tenant.id, [Change("application", key, "recommend", who.now)])
    return [
        snapshot.id,
        facts["number"],
        snapshot.sha256,
        snapshot.sealed,
        snapshot.fields,
        new_id(),
        _json(moved),
        f"case:{case_id}",
        new_id(),
        _json(forwarded),
        _json({"ids": {"application": str(key)}, "values": {}}),
        claim,
        new_id(),
        new_id(),
        facts["person_id"],
        told,
    ]


def _mask(sealer: Sealer, who: Who, facts: Record) -> int:
    """The bits of this act and this part, and of the parts that the account took in the unions below."""
    account = who.actor.account_id
    mask = mask_of_act(_ACT) | mask_of_duty(Duty.RECOMMENDED)
    if facts["created_by"] == account:
        mask |= BITS[CREATED]
    if facts["carried"] and account is not None:
        own = sealer.recognise("duty", facts["case_id"].bytes + account.bytes)
        for holder, word in (entry.split(" ", 1) for entry in facts["carried"]):
            mask |= BITS.get(word, 0) if holder == own else 0
    return mask


async def _require_same(connection: Connection, who: Who, key: str, digest: str) -> None:
    """A key that was used before was used for the same."""
    found = await connection.fetchrow(USED, who.actor.tenant.id, who.actor.account_id, key)
    if tuple(found) != ("recommendApplication", digest):
        raise IDEMPOTENCY_MISMATCH(path=("input", "idempotencyKey"))


def _require_place(facts: Record, rulebook: Rulebook, used: int | None) -> None:
    """Nothing was counted: no place is left, or none was given where there is a quota."""
    if used is None and facts["grant_kind"] is not None:
        raise QUOTA_FULL(used=0, places=0, rule=rulebook.quota.cite.citation)
    if used is None and rulebook.quota.mode == "by_notice":
        raise QUOTA_NONE_GIVEN(rule=rulebook.quota.cite.citation)


def _answer(facts: Record, version: int, state: str) -> Json:
    seen = facts["person_seen"]
    case = {
        "id": opaque("Application", facts["id"]),
        "version": version,
        "caseId": opaque("Case", facts["case_id"]),
        "desk": facts["desk"].upper(),
        "state": state.upper(),
        "upstreamState": None,
        "openObjections": facts["open_objections"],
        "person": {"id": opaque("Person", facts["person_id"]), "name": facts["person_name"]} if seen else None,
    }
    return {"recommendApplication": {"application": case, "errors": []}}


def _canonical(asked: Mapping[str, Any]) -> bytes:
    """What is asked for, as the product's keyed hash takes it."""
    request = {
        "idempotency_key": asked["idempotencyKey"],
        "application_id": asked["applicationId"],
        "version": asked["version"],
        "opinion": asked["opinion"],
        "rank": asked.get("rank"),
    }
    return orjson.dumps(request, option=orjson.OPT_SORT_KEYS)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
