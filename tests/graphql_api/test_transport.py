"""A real server on a free port, whose clients behave badly."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from graphql_api.negotiation import RequestRefused, read_body
from graphql_api.transport import HttpProtocol, http_options

PATIENCE = 30.0
HEAD = b"POST / HTTP/1.1\r\nhost: x\r\n"
WHOLE = HEAD + b"content-length: 2\r\n\r\n{}"


class Hasty(HttpProtocol):
    arrive_seconds = 0.2
    stuck_seconds = 0.2


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with as many bytes as it is asked for in the path, and says what became of the body."""
    try:
        length = len(await read_body(Request(scope, receive)))
    except RequestRefused as refused:
        length = refused.status
    body = str(length).encode() * int(scope["path"].strip("/") or 1)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def served(protocol: type[Any] = Hasty) -> AsyncGenerator[int]:
    options: dict[str, Any] = {**http_options(), "http": protocol}
    config = uvicorn.Config(echo, port=0, ws="none", lifespan="off", log_config=None, access_log=False, **options)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    async with asyncio.timeout(PATIENCE):
        while not server.started:
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running


async def said(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """All that comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(pause)
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((), id="nothing at all"),
        pytest.param((HEAD,), id="half a head"),
        pytest.param((HEAD + b"content-length: 9\r\n\r\n{",), id="half a body"),
    ],
)
async def test_what_does_not_arrive_is_waited_for_a_while(pieces: tuple[bytes, ...]) -> None:
    async with served() as port:
        assert await said(port, *pieces) == b""


async def test_the_second_request_of_a_connection_has_to_arrive_too() -> None:
    async with served() as port:
        answer = await said(port, WHOLE, HEAD, pause=0.05)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.endswith(b"2")


async def test_an_idle_connection_is_no_dawdler() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            writer.write(WHOLE)
            async with asyncio.timeout(PATIENCE):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
                assert await reader.readexactly(1) == b"2"
            await asyncio.sleep(0.3)
        writer.close()


async def test_a_head_without_end_is_refused() -> None:
    async with served(HttpProtocol) as port:
        line = b"x-long: " + b"y" * 8_000 + b"\r\n"
        answer = await said(port, HEAD, *[line] * 9, pause=0.02)
    assert answer[:12] in {b"HTTP/1.1 431", b"HTTP/1.1 400", b""}


async def test_who_does_not_take_his_answer_is_cut_off() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(WHOLE.replace(b"POST /", b"POST /30000000"))
        transport: Any = writer.transport
        transport.pause_reading()
        await asyncio.sleep(1)
        transport.resume_reading()
        taken = 0
        try:
            async with asyncio.timeout(PATIENCE):
                while piece := await reader.read(1 << 20):
                    taken += len(piece)
        except ConnectionError:
            pass
        assert taken < 30_000_000
        writer.close()
