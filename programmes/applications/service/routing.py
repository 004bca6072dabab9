"""Which way a case goes from here: the rulebook's route applied to this tenant's place in the tree."""

from uuid import UUID

from authz.scope import ReadScope, WriteScope
from programmes.applications.errors import ROUTE_NOT_ALLOWED
from programmes.applications.model import Application
from programmes.applications.rules.transitions import Desk
from programmes.applications.service.window import require_window
from programmes.catalogue.queries import find_grant, get_edition, rulebook_of
from programmes.catalogue.rules.route import (
    Road,
    RouteRefusal,
    may_skip_recommender,
    next_desk_holder,
    refuse_recommending,
)
from programmes.catalogue.rules.rulebook import Rulebook
from tenants.queries import get_tenant, list_ancestors

_EXTRA = "extra"


async def find_road(scope: ReadScope | WriteScope, rulebook: Rulebook, edition_id: UUID, organiser_id: UUID) -> Road:
    """Who recommends a case that begins at this tenant, and who organises; raises ROUTE_NOT_ALLOWED with the article."""
    unit = scope.actor.tenant
    organiser = await get_tenant(scope.session, organiser_id)
    above = await list_ancestors(scope.session, unit)
    extra = {unit.id} if await _has_extra_grant(scope, edition_id) else set[UUID]()
    road = next_desk_holder(rulebook, unit, above, organiser, extra_units=extra)
    if isinstance(road, RouteRefusal):
        raise refusal_of(road)
    return road


async def require_recommending(scope: WriteScope, rulebook: Rulebook, edition_id: UUID, organiser_id: UUID) -> None:
    """Raises ROUTE_NOT_ALLOWED, with the article, unless this tenant may send nominees to the organiser."""
    organiser = await get_tenant(scope.session, organiser_id)
    extra = await _has_extra_grant(scope, edition_id)
    problem = refuse_recommending(rulebook, scope.actor.tenant, organiser, has_extra_grant=extra)
    if problem is not None:
        raise refusal_of(problem)


async def require_receiving(scope: WriteScope, edition_id: UUID) -> None:
    """Raises unless this tenant may take candidates of the edition in now: its organiser, or a recommending unit, while it is open."""
    edition = await get_edition(scope.session, edition_id)
    if edition.tenant_id != scope.tenant_id:
        rulebook = await rulebook_of(scope.session, edition_id)
        await require_recommending(scope, rulebook, edition_id, edition.tenant_id)
    await require_window(scope, edition_id)


async def entry_desk(scope: WriteScope, rulebook: Rulebook, edition_id: UUID, organiser_id: UUID) -> Desk:
    """The desk at which this tenant may begin a case."""
    unit = scope.actor.tenant
    road = await find_road(scope, rulebook, edition_id, organiser_id)
    if unit.level in rulebook.route.applying_levels or may_skip_recommender(rulebook):
        return Desk.APPLYING_UNIT
    return Desk.RECOMMENDING_UNIT if road.is_own_recommender(unit) else Desk.APPLYING_UNIT


async def next_holder(scope: WriteScope, application: Application) -> UUID:
    """The union that the case goes to from its present desk here."""
    rulebook = await rulebook_of(scope.session, application.edition_id)
    if application.desk == Desk.RECOMMENDING_UNIT or not rulebook.has_stage("recommend"):
        return application.organiser_id
    road = await find_road(scope, rulebook, application.edition_id, application.organiser_id)
    return road.recommending_unit.id


def refusal_of(problem: RouteRefusal) -> Exception:
    """The route's no as an answer."""
    return ROUTE_NOT_ALLOWED(
        unit=problem.unit,
        organiser=problem.organiser,
        allowed=problem.allowed,
        rule=problem.cite.citation,
    )


async def _has_extra_grant(scope: ReadScope | WriteScope, edition_id: UUID) -> bool:
    grant = await find_grant(scope.session, edition_id)
    return grant is not None and grant.kind == _EXTRA
