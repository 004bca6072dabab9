"""Beginning a visit: asked in the visitor's union, recorded there, then recorded and begun in the union that is visited; each in a transaction of its own."""

from uuid import UUID

from authz.delegation import visits
from authz.delegation.visits import NewVisit, Planned
from graphql_api.context import Context
from kernel.errors import NOT_FOUND
from programmes.applications.queries import find_case_id, find_case_objects
from tenants.accounts.facts import NewSession, SignedIn
from tenants.accounts.standing_in import Ground, stand_in
from tenants.delegation.facts import Basis


async def supervise(context: Context, new: NewVisit) -> NewSession:
    """A session in the union below, with an auditor's eyes. Raises the refusals of `plan_visit`."""
    signed_in = context.require_fresh()
    async with context.read() as scope:
        planned = await visits.plan_visit(scope, signed_in, new)
    return await _begin(context, signed_in, planned, None)


async def open_case(context: Context, new: NewVisit, application_id: UUID) -> NewSession:
    """A session that sees one case of the union below; raises NOT_FOUND where that union has no such case, and the refusals of `plan_visit`."""
    signed_in = context.require_fresh()
    async with context.read() as scope:
        planned = await visits.plan_visit(scope, signed_in, new)
        case_id = await find_case_id(scope.session, application_id)
    async with context.services.app.read(new.tenant_id) as session:
        found = await find_case_objects(session, case_id or application_id)
    if found is None:
        raise NOT_FOUND(path=("input", "applicationId"))
    return await _begin(context, signed_in, planned, found)


async def _begin(
    context: Context, signed_in: SignedIn, planned: Planned, confined_to: frozenset[UUID] | None
) -> NewSession:
    async with context.write() as scope:
        visits.record_visiting(scope, planned)
    services, record = context.services, visits.visited_record(signed_in, planned, confined_to)
    ground = Ground(Basis.VISIT, planned.id, planned.new.tenant_id, record)
    return await stand_in(services.entrance, signed_in, ground, services.clock, request_id=context.request_id)
