"""The ASGI application: `uvicorn --factory graphql_api.app:create_app`."""

import dataclasses
import importlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol

import orjson
from alembic.script import ScriptDirectory
from graphql import lexicographic_sort_schema, print_schema
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from authz import enforcer
from authz.policy_rows import PolicyError
from authz.revisions import OutdatedPolicyError, require_newest
from authz.roles import Role
from graphql_api.admission.entry import Entry
from graphql_api.admission.turns import Admission, AdmissionLimits
from graphql_api.compiled.compiler import Compiler
from graphql_api.context import EntranceAuthenticator, Services
from graphql_api.documents import Documents
from graphql_api.endpoint import Endpoint, encoded, find_actor, refusal, refused_answer
from graphql_api.headers import GRAPHIQL_POLICY, Frame
from graphql_api.limits import Limits
from graphql_api.live.closing import LiveLimits
from graphql_api.live.service import Live
from graphql_api.negotiation import RequestRefused, read_body
from graphql_api.refusals import MALFORMED_REQUEST, NOT_DEMO
from graphql_api.schema import Contract, build
from graphql_api.straight import Straight
from kernel.clock import CHINA, ShiftedClock, SystemClock
from kernel.database import Database
from kernel.logging import configure_logging
from kernel.postgres import database_urls, find_server
from kernel.reach import UNREACHABLE
from kernel.sealing import open_sealer
from kernel.settings import Settings
from tenants.accounts.entrance import open_entrance
from tenants.accounts.policy import DEMO_POLICY, SignInPolicy
from tenants.errors import NOT_SIGNED_IN

Handler = Callable[[Request], Awaitable[Response]]

_STATIC = Path(__file__).parent / "static"
_HEADS = frozenset(ScriptDirectory(Path(__file__).parent.parent / "migrations").get_heads())


class SideDoor(Protocol):
    """Another way in than by password, with routes of its own."""

    def issuers(self) -> Mapping[str, str]:
        """Whom we believe, by key."""
        ...

    def routes(self) -> list[Route]:
        """What answers beside the endpoint."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


def create_app(limits: AdmissionLimits | None = None) -> Starlette:
    """The application of this process's environment; `limits` only for measurements.

    Raises PolicyError rather than start with a policy that cannot be trusted.
    """
    settings = Settings.from_env()
    configure_logging(settings, "api")
    enforcer.current()
    urls = database_urls(settings, find_server(settings))
    clock = ShiftedClock(settings.clock_file) if settings.demo else SystemClock()
    sealer = open_sealer(settings)
    policy = DEMO_POLICY if settings.demo else SignInPolicy()
    entrance = open_entrance(urls.login, cheap=settings.demo, policy=policy, sealer=sealer)
    services = Services(
        app=Database(urls.app, pool_size=settings.app_pool_size, sealer=sealer),
        entrance=entrance,
        clock=clock,
        authenticator=EntranceAuthenticator(entrance, clock),
    )
    side: SideDoor | None = None
    if settings.oidc_file is not None:
        side = importlib.import_module("graphql_api.oidc").open_side_door(settings, services)
    admission = Admission(limits or AdmissionLimits(turns=settings.turns))
    return make_app(build(settings.derive("cursor")), services, demo=settings.demo, admission=admission, side=side)


def make_app(
    contract: Contract,
    services: Services,
    *,
    demo: bool,
    live_limits: LiveLimits | None = None,
    admission: Admission | None = None,
    side: SideDoor | None = None,
    compile_after: int | None = 1,
) -> Starlette:
    """The application over given parts; `demo` opens GraphiQL, introspection to everybody, and the clock.

    A read is compiled once its shape was asked for more than `compile_after` times (None: never). `side`: the way in by identity providers
    (`graphql_api.oidc`, imported only where there are some); without it no such route answers.
    """
    if side is not None:
        services = dataclasses.replace(services, issuers=side.issuers())
    documents = Documents(contract.registry, Limits(), hide_suggestions=not demo)
    live = Live(contract, documents, services, live_limits)
    compiler = None if compile_after is None else Compiler(contract.registry, documents, after=compile_after)
    admission = admission or Admission()
    endpoint = Endpoint(
        contract.executable, contract.registry, documents, services, admission, open_schema=demo, compiler=compiler
    )
    routes = [
        WebSocketRoute("/graphql", live),
        *_side_routes(contract, services, admission, demo=demo),
        *(() if side is None else side.routes()),
        *((Mount("/static", StaticFiles(directory=_STATIC)),) if demo else ()),
    ]

    app = Starlette(
        routes=routes,
        middleware=[Middleware(Frame), Middleware(Straight, answer=endpoint)],
        exception_handlers=dict.fromkeys(UNREACHABLE, _come_again(admission)),
        lifespan=_lifespan(live, services, side),
    )
    app.state.compiler = compiler
    return app


def _lifespan(
    live: Live, services: Services, side: SideDoor | None
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Listen while the process serves, and give connections back at its end."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        async with live.running():
            yield
        await services.app.close()
        await services.entrance.close()
        if side is not None:
            await side.close()

    return lifespan


def _come_again(admission: Admission) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What answers beside the endpoint where no connection was to be had."""

    async def answer(request: Request, _failure: Exception) -> Response:
        return refused_answer(admission.refusal(), request)

    return answer


def _side_routes(contract: Contract, services: Services, admission: Admission, *, demo: bool) -> list[Route]:
    """What stands beside GraphQL; more of it in a demo."""
    routes = [
        Route("/schema.graphql", admitted(_schema_route(contract, services), admission)),
        Route("/livez", _livez),
        Route("/readyz", _readyz_route(services)),
    ]
    if demo:
        routes += [
            Route("/graphiql", _graphiql),
            Route("/", _home),
            Route("/demo/clock", _clock_route(services), methods=["POST"]),
        ]
    return routes


def admitted(handler: Handler, admission: Admission) -> Handler:
    """A handler that takes no body, in a turn of its own."""

    async def answer(request: Request) -> Response:
        try:
            async with Entry(admission, request):
                return await handler(request)
        except RequestRefused as refused:
            return refused_answer(refused, request)

    return answer


def _schema_route(contract: Contract, services: Services) -> Handler:
    sdl = print_schema(lexicographic_sort_schema(contract.executable)) + "\n"

    async def schema(request: Request) -> Response:
        if await find_actor(request, services) is None:
            return refusal(NOT_SIGNED_IN(), 401, request)
        return PlainTextResponse(sdl)

    return schema


async def _livez(_request: Request) -> Response:
    return encoded({"status": "ok"}, 200)


def _readyz_route(services: Services) -> Handler:
    async def readyz(_request: Request) -> Response:
        try:
            enforcer.current()
            is_ready = await is_migrated(services.app)
        except (SQLAlchemyError, OSError, PolicyError, OutdatedPolicyError):
            is_ready = False
        return encoded({"status": "ok" if is_ready else "unavailable"}, 200 if is_ready else 503)

    return readyz


async def is_migrated(database: Database) -> bool:
    """Whether the schema stands where this code's migrations end; raises OutdatedPolicyError where another policy than this process's is in force."""
    async with database.plain() as session:
        await require_newest(session)
        found = await session.execute(text("SELECT version_num FROM alembic_version"))
    return frozenset(str(version) for version in found.scalars()) == _HEADS


async def _home(_request: Request) -> Response:
    return RedirectResponse("/graphiql")


async def _graphiql(_request: Request) -> Response:
    return FileResponse(_STATIC / "graphiql" / "index.html", headers={"content-security-policy": GRAPHIQL_POLICY})


def _clock_route(services: Services) -> Handler:
    async def move_clock(request: Request) -> Response:
        """`{"date": "2024-05-01"}`: nine in the morning of that day, for every process of the demo."""
        actor = await find_actor(request, services)
        if actor is None:
            return refusal(NOT_SIGNED_IN(), 401, request)
        clock = services.clock
        if (
            actor.tenant.parent_id is not None
            or actor.only is not None
            or Role.SYSTEM_ADMIN not in actor.roles
            or not isinstance(clock, ShiftedClock)
        ):
            return refusal(NOT_DEMO(), 403, request)
        try:
            day = date.fromisoformat(orjson.loads(await read_body(request))["date"])
        except (ValueError, KeyError, TypeError):
            return refusal(MALFORMED_REQUEST(detail="date"), 400, request)
        except RequestRefused as refused:
            return refusal(refused.failure, refused.status, request)
        clock.set_now(datetime.combine(day, time(9), CHINA))
        return encoded({"now": clock.now().astimezone(CHINA).isoformat(timespec="seconds")}, 200)

    return move_clock
