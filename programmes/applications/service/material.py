"""What a dossier is made of: supporting material for the five forces, and peers' letters."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz.scope import WriteScope
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.applications import repository
from programmes.applications.errors import BAD_HASH, FORCE_UNKNOWN
from programmes.applications.model import Application, Evidence, PeerLetter
from programmes.applications.rules.completeness import FORCE_NAMES
from programmes.applications.rules.transitions import Act
from programmes.applications.service.moving import admit, carry_out
from programmes.applications.service.window import past_day
from programmes.catalogue.queries import rulebook_of
from programmes.catalogue.rules.rulebook import Rulebook

_SHA256_DIGITS = 64
_ITEMS_A_FORCE = 3


@dataclass(frozen=True)
class EvidenceInput:
    """A piece of material as a clerk enters it."""

    force: str
    item: int
    title: str
    issuer: str | None = None
    issued_on: date | None = None
    file_sha256: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class LetterInput:
    """A peer's letter as a clerk enters it."""

    expert_name: str
    expert_unit: str
    expert_post: str
    profession: str
    senior_by: str
    content: str
    signed_on: date


async def add_evidence(scope: WriteScope, application_id: UUID, entry: EvidenceInput) -> Evidence:
    """Add a piece of material to one item of the five forces."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.REVISE)
    rulebook = await rulebook_of(scope.session, application.edition_id)
    if not _knows_force(rulebook, entry):
        raise FORCE_UNKNOWN(path=("input", "force"), force=entry.force, item=entry.item)
    if entry.file_sha256 is not None and not _is_sha256(entry.file_sha256):
        raise BAD_HASH(path=("input", "fileSha256"))
    now = scope.clock.now()
    evidence = Evidence(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        force=entry.force,
        item=entry.item,
        title=clean_text(entry.title, path=("input", "title"), limit=200),
        issuer=clean_text(entry.issuer or "", path=("input", "issuer"), limit=100, optional=True) or None,
        issued_on=past_day(scope, entry.issued_on, "issuedOn"),
        file_sha256=entry.file_sha256,
        note=clean_text(entry.note or "", path=("input", "note"), limit=500, optional=True) or None,
        created_at=now,
        updated_at=now,
    )
    scope.session.add(evidence)
    await carry_out(scope, application, transition, reason=evidence.title)
    return evidence


async def remove_evidence(scope: WriteScope, evidence_id: UUID, *, version: int) -> Application:
    """Take a piece of material out of a draft; `version` is the material's own. Raises NOT_FOUND, STALE_VERSION."""
    return await _remove(scope, Evidence, evidence_id, version)


async def add_letter(scope: WriteScope, application_id: UUID, entry: LetterInput) -> PeerLetter:
    """Add a peer's letter; whether the letters suffice is judged when the case is recommended."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.REVISE)
    now = scope.clock.now()
    letter = PeerLetter(
        tenant_id=scope.tenant_id,
        id=new_id(),
        application_id=application.id,
        expert_name=clean_text(entry.expert_name, path=("input", "expertName"), limit=50),
        expert_unit=clean_text(entry.expert_unit, path=("input", "expertUnit"), limit=100),
        expert_post=clean_text(entry.expert_post, path=("input", "expertPost"), limit=60),
        profession=clean_text(entry.profession, path=("input", "profession"), limit=60),
        senior_by=clean_text(entry.senior_by, path=("input", "seniorBy"), limit=200),
        content=clean_text(entry.content, path=("input", "content"), limit=2000),
        signed_on=past_day(scope, entry.signed_on, "signedOn"),
        created_at=now,
        updated_at=now,
    )
    scope.session.add(letter)
    await carry_out(scope, application, transition, reason=f"{letter.expert_name}（{letter.expert_unit}）")
    return letter


async def remove_letter(scope: WriteScope, letter_id: UUID, *, version: int) -> Application:
    """Take a peer's letter out of a draft; `version` is the letter's own. Raises NOT_FOUND, STALE_VERSION."""
    return await _remove(scope, PeerLetter, letter_id, version)


async def _remove(scope: WriteScope, kind: type[Evidence | PeerLetter], row_id: UUID, version: int) -> Application:
    """The case is locked first, as everywhere; whoever removed the row meanwhile, it is looked for again after that."""
    key = (scope.tenant_id, row_id)
    found = await scope.session.get(kind, key)
    if found is None:
        raise NOT_FOUND()
    application = await repository.lock_application(scope.session, found.application_id)
    transition = await admit(scope, application, Act.REVISE)
    row = await scope.session.get(kind, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NOT_FOUND()
    require_version(row, version)
    await scope.session.delete(row)
    return await carry_out(scope, application, transition)


def _knows_force(rulebook: Rulebook, entry: EvidenceInput) -> bool:
    """Whether material may be filed under this item; where the edition names no items, under any of the five forces."""
    if not rulebook.criteria:
        return entry.force in FORCE_NAMES and 1 <= entry.item <= _ITEMS_A_FORCE
    return any((criterion.force, criterion.item) == (entry.force, entry.item) for criterion in rulebook.criteria)


def _is_sha256(text: str) -> bool:
    return len(text) == _SHA256_DIGITS and all(character in "0123456789abcdef" for character in text)
