"""The dossier that goes up with a recommendation, frozen, hashed and sealed: the same content as the product's."""

from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from authz.duties import CREATED, DUTY_OF_RELATION, Duty, relation_of
from bench.byhand.session import Who
from kernel.ids import new_id
from kernel.sealing import Sealer
from programmes.people.rules import PersonFacts

_FACTS = tuple(field.name for field in fields(PersonFacts))
_PARTS = frozenset({CREATED, *(word for word in DUTY_OF_RELATION if word.startswith("did_"))})


@dataclass(frozen=True)
class Frozen:
    """A snapshot's columns."""

    id: UUID
    sha256: str
    sealed: bytes
    fields: str


def freeze(sealer: Sealer, who: Who, facts: Any, opinion: str, rank: int | None) -> Frozen:  # noqa: ANN401 - a record
    """What is known of the case now, with this recommendation in it."""
    content = _content(sealer, who, facts, opinion, rank)
    clear = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    key, tenant = new_id(), who.actor.tenant.id
    sealed = sealer.seal(clear, tenant_id=tenant, table="snapshot", column="sealed", row_id=key)
    names = [f"person.{name}" for name in sorted(content["person"])] + sorted(set(content) - {"person"})
    return Frozen(key, sha256(clear).hexdigest(), sealed, orjson.dumps(names).decode())


def _content(sealer: Sealer, who: Who, facts: Any, opinion: str, rank: int | None) -> dict[str, Any]:  # noqa: ANN401
    tenant = who.actor.tenant
    step = {
        "tenant_id": str(tenant.id),
        "tenant": tenant.name,
        "desk": facts["desk"],
        "opinion": opinion,
        "rank": rank,
        "at": who.now.isoformat(),
    }
    return {
        "case_id": str(facts["case_id"]),
        "edition_id": str(facts["edition_id"]),
        "applying_unit_id": str(facts["applying_unit_id"]),
        "recommending_unit_id": str(facts["recommending_unit_id"]) if facts["recommending_unit_id"] else None,
        "person": _person(sealer, tenant.id, facts),
        "deeds": facts["deeds"],
        "consent_on": facts["consent_on"].isoformat() if facts["consent_on"] else None,
        "titles_held": orjson.loads(facts["titles_held"]),
        "route": [*orjson.loads(facts["route_so_far"]), step],
        "duties": _duties(sealer, who, facts),
        "evidence": orjson.loads(facts["evidence"] or "[]"),
        "letters": orjson.loads(facts["letters"] or "[]"),
        "exception": {"reason": facts["exception_reason"], "approver": facts["exception_approver"]},
        "unit_opinion": facts["unit_opinion"],
        "opinion": opinion,
        "rank": rank,
    }


def _person(sealer: Sealer, tenant: UUID, facts: Any) -> dict[str, Any]:  # noqa: ANN401
    def opened(column: str) -> str | None:
        sealed = facts[column]
        if sealed is None:
            return None
        key = facts["person_id"]
        return sealer.open(sealed, tenant_id=tenant, table="person", column=column, row_id=key).decode()

    return {
        **{name: facts["person_name" if name == "name" else name] for name in _FACTS},
        "sex": facts["sex"],
        "birth_month": facts["birth_month"],
        "id_number": opened("id_number_sealed"),
        "phone": opened("phone_sealed"),
    }


def _duties(sealer: Sealer, who: Who, facts: Any) -> list[dict[str, str]]:  # noqa: ANN401
    """All parts taken in the case so far, here and below, this one included."""
    own = {(who.actor.account_id, relation_of(Duty.RECOMMENDED)), (facts["created_by"], CREATED)}
    for entry in facts["duties"] or ():
        duty, account = entry.split(" ", 1)
        own.add((UUID(account), relation_of(Duty(duty))))
    case_id = facts["case_id"]
    parts = {
        (sealer.recognise("duty", case_id.bytes + account.bytes), word)
        for account, word in own
        if account is not None and word in _PARTS
    }
    for entry in facts["carried"] or ():
        holder, word = entry.split(" ", 1)
        parts.add((holder, word))
    return [{"holder": holder, "part": word} for holder, word in sorted(parts)]
