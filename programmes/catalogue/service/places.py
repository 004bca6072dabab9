"""Places of recommending units: given by the organiser with the call, brought by the courier, used one by one, never more than there are.

S1 第五条 推荐名额分配综合考虑地区发展状况、行业技术水平、职工人数、人才培养环境等因素; 第六条 推荐单位根据申报条件、分配名额……确定推荐人选.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.catalogue import events, repository
from programmes.catalogue.errors import (
    EXTRA_UNIT_NOT_FORESEEN,
    FUTURE_DATE,
    QUOTA_BAD_PLACES,
    QUOTA_FACTORS_MISSING,
    QUOTA_FULL,
    QUOTA_NONE_GIVEN,
    QUOTA_NOT_USED_HERE,
    QUOTA_UNIT_NOT_ALLOWED,
    UNIT_NOT_FOUND,
)
from programmes.catalogue.model import Edition, ExtraUnit, Quota
from programmes.catalogue.queries import find_grant, get_edition, rulebook_of
from programmes.catalogue.rules.route import may_be_granted_places, recommending_names
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.service.standing import lock_for
from tenants.facts import TenantFacts
from tenants.queries import find_visible_tenant

_MOST_PLACES = 9999
_FACTOR_LIMIT = 200
_NAME_LIMIT = 60


@dataclass(frozen=True)
class Approval:
    """The decision by which a further unit may recommend (经研究批准, 经研究同意)."""

    document_no: str
    approved_by: str
    approved_on: date


async def set_quota(
    scope: WriteScope,
    edition_id: UUID,
    *,
    version: int,
    unit_id: UUID,
    places: int,
    factors: Mapping[str, str],
) -> Quota:
    """Give a recommending unit its places, with what they were weighed by; after the call only a leader may, and the unit is told at once.

    Raises QUOTA_NOT_USED_HERE, QUOTA_UNIT_NOT_ALLOWED, QUOTA_BAD_PLACES, QUOTA_FACTORS_MISSING, UNIT_NOT_FOUND, STALE_VERSION.
    """
    edition = await lock_for(scope, edition_id, Permission.QUOTA_SET, "quota")
    require_version(edition, version)
    rulebook = await rulebook_of(scope.session, edition.id)
    if rulebook.quota.mode != "by_notice":
        raise QUOTA_NOT_USED_HERE(rule=rulebook.quota.cite.citation)
    unit = await _require_unit(scope, unit_id)
    _require_allowed(scope, rulebook, unit)
    _require_places(places)
    weighed = _factors(rulebook, factors)
    now = scope.clock.now()
    quota = await repository.save_quota(scope.session, edition.id, unit.id, places, weighed, now)
    touch(edition, now)
    await scope.session.flush()
    audit_act(scope, "quota:set", "quota", quota.id, after={"unit": unit.code, "places": places, "factors": weighed})
    await _tell(scope, edition, unit.id, "quota", places, edition.document_no)
    return quota


async def grant_extra_unit(
    scope: WriteScope,
    edition_id: UUID,
    *,
    version: int,
    unit_id: UUID,
    approval: Approval,
    places: int | None = None,
) -> ExtraUnit:
    """Record the approval of a further recommending unit (S1 第六条, S0 第七条); where there is a quota it gets places, too.

    Raises EXTRA_UNIT_NOT_FORESEEN, QUOTA_BAD_PLACES, UNIT_NOT_FOUND, FUTURE_DATE, STALE_VERSION.
    """
    edition = await lock_for(scope, edition_id, Permission.GRANT_EXTRA, "grant")
    require_version(edition, version)
    rulebook = await rulebook_of(scope.session, edition.id)
    if not rulebook.route.extra_units.allowed:
        raise EXTRA_UNIT_NOT_FORESEEN(rule=rulebook.route.extra_units.cite.citation)
    unit = await _require_unit(scope, unit_id)
    given = _given_places(rulebook, places)
    papers = _papers(scope, approval)
    now = scope.clock.now()
    extra = await repository.save_extra_unit(scope.session, edition.id, unit.id, given, papers, now)
    touch(edition, now)
    await scope.session.flush()
    after = {"unit": unit.code, "places": given, "document_no": papers[0], "approved_by": papers[1]}
    audit_act(scope, "grant:extra", "grant", extra.id, after=after)
    await _tell(scope, edition, unit.id, "extra", given, papers[0])
    return extra


async def receive_recommending_grant(
    scope: WriteScope,
    letter_id: UUID,
    sender_id: UUID,
    body: Mapping[str, Any],
) -> None:
    """The courier brings what an edition allows this tenant. The inbox keeps a second delivery away; a repeated one would change nothing either."""
    edition = await get_edition(scope.session, UUID(body["edition_id"]))
    if edition.tenant_id != sender_id:
        raise UNIT_NOT_FOUND(path=("sender",))
    published = Subject(kind="grant", stage=edition.state, tenant_id=edition.tenant_id)
    await guard.require(scope, Permission.GRANT_RECORD, published)
    now = scope.clock.now()
    grant_id = await repository.save_grant(
        scope.session, edition.id, body["kind"], body["places"], body["document_no"], now
    )
    audit_act(scope, "grant:record", "grant", grant_id, after={**body, "letter_id": str(letter_id)})


async def use_place(scope: WriteScope, edition_id: UUID) -> None:
    """Use one of this tenant's places, in the transaction of the recommendation.

    Without a grant: allowed without limit where the programme has no quota, else QUOTA_NONE_GIVEN. Raises QUOTA_FULL. Whether this unit may
    recommend at all is the route's question, not this one's.
    """
    if await repository.take_place(scope.session, edition_id):
        return
    quota = (await rulebook_of(scope.session, edition_id)).quota
    grant = await find_grant(scope.session, edition_id)
    if grant is not None:
        raise QUOTA_FULL(used=grant.used, places=grant.places, rule=quota.cite.citation)
    if quota.mode == "by_notice":
        raise QUOTA_NONE_GIVEN(rule=quota.cite.citation)


async def release_place(scope: WriteScope, edition_id: UUID) -> None:
    """Give a used place back, in the transaction that takes the nominee back; without a grant there is nothing to give back."""
    await repository.give_place_back(scope.session, edition_id)


async def _require_unit(scope: WriteScope, unit_id: UUID) -> TenantFacts:
    """A union below the organiser, or itself; a stranger does not exist."""
    unit = await find_visible_tenant(scope.session, scope.actor.tenant, unit_id)
    if unit is None:
        raise UNIT_NOT_FOUND(path=("input", "unitId"))
    return unit


def _require_allowed(scope: WriteScope, rulebook: Rulebook, unit: TenantFacts) -> None:
    if not may_be_granted_places(rulebook, unit, scope.actor.tenant):
        raise QUOTA_UNIT_NOT_ALLOWED(
            unit=unit.name,
            allowed=recommending_names(rulebook),
            path=("input", "unitId"),
            rule=rulebook.route.cite.citation,
        )


def _require_places(places: int) -> None:
    if not 1 <= places <= _MOST_PLACES:
        raise QUOTA_BAD_PLACES(most=_MOST_PLACES, path=("input", "places"))


def _given_places(rulebook: Rulebook, places: int | None) -> int | None:
    """Places of an extra unit: none without a quota, at least one with it."""
    if rulebook.quota.mode != "by_notice":
        return None
    _require_places(places or 0)
    return places


def _factors(rulebook: Rulebook, given: Mapping[str, str]) -> dict[str, str]:
    """What was said of each factor the document names; raises QUOTA_FACTORS_MISSING naming those that were left out."""
    missing = [factor.name for factor in rulebook.quota.factors if not given.get(factor.key, "").strip()]
    if missing:
        path = ("input", "factors")
        raise QUOTA_FACTORS_MISSING(missing="、".join(missing), path=path, rule=rulebook.quota.cite.citation)
    return {
        factor.key: clean_text(given[factor.key], path=("input", "factors", factor.key), limit=_FACTOR_LIMIT)
        for factor in rulebook.quota.factors
    }


def _papers(scope: WriteScope, approval: Approval) -> tuple[str, str, date]:
    if approval.approved_on > scope.clock.today():
        raise FUTURE_DATE(path=("input", "approvedOn"))
    document = clean_text(approval.document_no, path=("input", "documentNo"), limit=_NAME_LIMIT)
    return (
        document,
        clean_text(approval.approved_by, path=("input", "approvedBy"), limit=_NAME_LIMIT),
        approval.approved_on,
    )


async def _tell(
    scope: WriteScope, edition: Edition, unit_id: UUID, kind: str, places: int | None, document_no: str | None
) -> None:
    """A draft's units are told when it is issued; later changes at once."""
    if edition.state != "draft":
        await events.post_grant(
            scope.session, to=unit_id, edition_id=edition.id, kind=kind, places=places, document_no=document_no
        )
