"""Issuing an edition: its rules are complete, locked with their hash, and its recommending units are told."""

from datetime import timedelta
from uuid import UUID

from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from kernel.schedule import remember_due
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.catalogue import events
from programmes.catalogue.errors import EDITION_INCOMPLETE, QUOTA_MISSING, SCHEDULE_MISSING
from programmes.catalogue.events import EDITION_CLOSES, EDITION_OPENS, EditionMoved
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import (
    list_extra_units,
    list_quotas,
    rulebook_version,
    values_of,
)
from programmes.catalogue.rules.filling import merge, missing_values
from programmes.catalogue.rules.reading import canonical, fingerprint
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.service.drafting import Schedule
from programmes.catalogue.service.standing import lock_for, require_document, require_next, require_schedule

_DOCUMENT_LIMIT = 60
_NO_SCHEDULE = Schedule()


async def issue_edition(
    scope: WriteScope,
    edition_id: UUID,
    *,
    version: int,
    document_no: str,
    schedule: Schedule = _NO_SCHEDULE,
) -> Edition:
    """Issue the call (S1 第五条, S0 第五条): afterwards everybody sees the edition, and its rules and hash no longer change.

    Raises EDITION_INCOMPLETE naming every missing value, DOCUMENT_EXPIRED, SCHEDULE_MISSING, BAD_SCHEDULE, QUOTA_MISSING, EDITION_STATE, STALE_VERSION.
    """
    edition = await lock_for(scope, edition_id, Permission.EDITION_ISSUE)
    require_version(edition, version)
    target = require_next(edition, "issue")
    shipped = await rulebook_version(scope.session, edition.rulebook_version_id)
    require_document(shipped, scope.clock.today())
    _require_complete(shipped, edition)
    _take_schedule(edition, schedule)
    await _require_places(scope, shipped, edition)
    edition.document_no = clean_text(document_no, path=("input", "documentNo"), limit=_DOCUMENT_LIMIT)
    rules = canonical(merge(shipped, values_of(edition.filled)))
    edition.rules, edition.rules_sha256 = rules, fingerprint(rules)
    edition.issued_at = scope.clock.now()
    edition.state = target
    touch(edition, scope.clock.now())
    await scope.session.flush()
    after = {"state": target, "document_no": edition.document_no, "rules_sha256": edition.rules_sha256}
    audit_act(scope, "edition:issue", "edition", edition.id, before={"state": "draft"}, after=after)
    await _remember_dates(scope, edition)
    await _tell_units(scope, edition)
    await events.emit(scope.session, EditionMoved(edition.id, "draft", target))
    return edition


async def _remember_dates(scope: WriteScope, edition: Edition) -> None:
    """The courier opens the edition on its first day, and closes it when its last day is over."""
    if edition.opens_on is not None and edition.closes_on is not None:
        await remember_due(scope.session, EDITION_OPENS, edition.id, on=edition.opens_on)
        await remember_due(scope.session, EDITION_CLOSES, edition.id, on=edition.closes_on + timedelta(days=1))


def _require_complete(rulebook: Rulebook, edition: Edition) -> None:
    missing = missing_values(rulebook, values_of(edition.filled))
    if missing:
        named = "、".join(f"{value.name}（{value.key}，{value.cite.article}）" for value in missing)
        raise EDITION_INCOMPLETE(missing=named, count=len(missing), rule=missing[0].cite.citation)


def _take_schedule(edition: Edition, schedule: Schedule) -> None:
    edition.opens_on = schedule.opens_on or edition.opens_on
    edition.closes_on = schedule.closes_on or edition.closes_on
    if edition.opens_on is None or edition.closes_on is None:
        raise SCHEDULE_MISSING(path=("input", "opensOn"))
    require_schedule(edition.opens_on, edition.closes_on)


async def _require_places(scope: WriteScope, rulebook: Rulebook, edition: Edition) -> None:
    if rulebook.quota.mode == "by_notice" and not await list_quotas(scope.session, edition.id):
        raise QUOTA_MISSING(rule=rulebook.quota.cite.citation)


async def _tell_units(scope: WriteScope, edition: Edition) -> None:
    """A letter to each unit that was given places or an approval."""
    for quota in await list_quotas(scope.session, edition.id):
        await events.post_grant(
            scope.session,
            to=quota.unit_id,
            edition_id=edition.id,
            kind="quota",
            places=quota.places,
            document_no=edition.document_no,
        )
    for extra in await list_extra_units(scope.session, edition.id):
        await events.post_grant(
            scope.session,
            to=extra.unit_id,
            edition_id=edition.id,
            kind="extra",
            places=extra.places,
            document_no=extra.document_no,
        )
