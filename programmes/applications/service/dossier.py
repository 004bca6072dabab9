"""The dossier that goes up: everything the next desk needs and nothing else, frozen, hashed, sealed. PIPL 第二十三条: the fields it carries are listed."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import orjson

from authz import carried
from authz.scope import WriteScope
from kernel.ids import new_id
from kernel.sealing import seal
from programmes.applications import repository
from programmes.applications.model import Application, Evidence, PeerLetter, Snapshot
from programmes.people.queries import get_person
from programmes.people.service import export_person

EVIDENCE_FIELDS = ("force", "item", "title", "issuer", "issued_on", "file_sha256", "note")
LETTER_FIELDS = ("expert_name", "expert_unit", "expert_post", "profession", "senior_by", "content", "signed_on")


def canonical(content: Mapping[str, Any]) -> bytes:
    """One byte string for one content, so that equal dossiers have equal hashes on both sides."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def digest(content: bytes) -> str:
    """The SHA-256 that both sides show."""
    return sha256(content).hexdigest()


async def freeze(scope: WriteScope, application: Application) -> Snapshot:
    """A sealed copy of the case as it stands now."""
    content = await _content(scope, application)
    clear = canonical(content)
    snapshot = Snapshot(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        number=await repository.next_snapshot_number(scope.session, application.id),
        sha256=digest(clear),
        fields=[f"person.{name}" for name in sorted(content["person"])] + sorted(set(content) - {"person"}),
        made_at=scope.clock.now(),
    )
    snapshot.sealed = seal(scope.session, clear, table="snapshot", column="sealed", row_id=snapshot.id)
    scope.session.deferred.add(snapshot)
    return snapshot


async def _content(scope: WriteScope, application: Application) -> dict[str, Any]:
    person = await get_person(scope.session, application.person_id)
    evidence = await repository.list_evidence(scope.session, application.id)
    letters = await repository.list_letters(scope.session, application.id)
    step = {
        "tenant_id": str(scope.tenant_id),
        "tenant": scope.actor.tenant.name,
        "desk": application.desk,
        "opinion": application.opinion or application.unit_opinion,
        "rank": application.rank,
        "at": scope.clock.now().isoformat(),
    }
    return {
        "case_id": str(application.case_id),
        "edition_id": str(application.edition_id),
        "applying_unit_id": str(application.applying_unit_id),
        "recommending_unit_id": str(application.recommending_unit_id) if application.recommending_unit_id else None,
        "person": export_person(scope, person),
        "deeds": application.deeds,
        "consent_on": application.consent_on.isoformat() if application.consent_on else None,
        "titles_held": application.titles_held,
        "route": [*application.route_so_far, step],
        "duties": await carried.pack(scope, application.id, application.case_id, application.created_by),
        "evidence": [_plain(row, EVIDENCE_FIELDS) for row in evidence],
        "letters": [_plain(row, LETTER_FIELDS) for row in letters],
        "exception": {"reason": application.exception_reason, "approver": application.exception_approver},
        "unit_opinion": application.unit_opinion,
        "opinion": application.opinion,
        "rank": application.rank,
    }


def _plain(row: Evidence | PeerLetter, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
