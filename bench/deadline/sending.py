"""Sending at a fixed rate, whatever comes back: some twice, some with the line cut in the middle; and again with the same key until there is an answer."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from bench.deadline.scene import Draft, Scene

SUBMIT = "mutation S($input: ApplicationActInput!) { submitApplication(input: $input) { application { id state } errors { code } } }"
_TRIES = 8
_PATIENCE = 30.0
_CUT_EVERY, _TWICE_EVERY = 20, 10
_OK, _BUSY = 200, 503


class Outcome(StrEnum):
    """What the sender was told in the end."""

    ACCEPTED = "accepted"
    LATE = "refused: the call is closed"
    REFUSED = "refused otherwise"
    UNANSWERED = "gave up without an answer"


@dataclass
class Sent:
    """One intended act and what became of it."""

    draft: Draft
    outcome: Outcome = Outcome.UNANSWERED
    seconds: float = 0.0
    """From the moment it was to be sent to the final answer."""
    tries: int = 0
    busy: int = 0
    """Answers with 503 and Retry-After."""
    failed: int = 0
    """Broken lines and other answers that decide nothing."""
    codes: list[str] = field(default_factory=list[str])


class Lines:
    """Connections that are kept and used again; each speaks to the API by HTTP/1.1."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, token: str, body: bytes, *, cut: bool = False) -> tuple[int, float, dict[str, Any]]:
        """Status, Retry-After in seconds, and the body; `cut`: the line is broken when the request has gone out, and nothing comes back (OSError)."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(self._host, self._port)
        kept = False
        try:
            writer.write(self._head(token, len(body)) + body)
            await writer.drain()
            if cut:
                message = "cut"
                raise ConnectionAbortedError(message)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
            said = await reader.readexactly(int(fields["content-length"]))
            status, kept = int(head.split(" ", 2)[1]), fields.get("connection") != "close"
            return status, float(fields.get("retry-after", 0)), orjson.loads(said) if status == _OK else {}
        finally:
            if kept:
                self._idle.append((reader, writer))
            else:
                writer.transport.abort()

    def _head(self, token: str, length: int) -> bytes:
        return (
            f"POST /graphql HTTP/1.1\r\nhost: {self._host}\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\naccept: application/json\r\ncontent-length: {length}\r\n\r\n"
        ).encode()

    def close(self) -> None:
        """Hang up."""
        for _, writer in self._idle:
            writer.transport.abort()


async def storm(scene: Scene, host: str, port: int, rate: float) -> list[Sent]:
    """Send each draft at its moment, `rate` a second, and wait for all answers."""
    lines, begun = Lines(host, port), time.perf_counter()
    waiting: list[asyncio.Task[Sent]] = []
    try:
        for number, draft in enumerate(scene.drafts):
            moment = begun + number / rate
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            waiting.append(asyncio.create_task(_send(lines, draft, scene.tokens[draft.unit], number, moment)))
        return await asyncio.gather(*waiting)
    finally:
        lines.close()


async def _send(lines: Lines, draft: Draft, token: str, number: int, moment: float) -> Sent:
    given = {"applicationId": draft.application, "version": 1, "idempotencyKey": draft.idempotency_key}
    body = orjson.dumps({"query": SUBMIT, "variables": {"input": given}})
    sent, cut = Sent(draft), number % _CUT_EVERY == 0
    if number % _TWICE_EVERY == 1:  # two at once, one key: both answers must be the same
        both = await asyncio.gather(
            _until_answered(lines, sent, token, body), _until_answered(lines, Sent(draft), token, body)
        )
        answered = set(both) - {Outcome.UNANSWERED}
        sent.codes += ["TWO_ANSWERS"] if len(answered) > 1 else []
        sent.outcome = both[0]
    else:
        sent.outcome = await _until_answered(lines, sent, token, body, cut=cut)
    sent.seconds = time.perf_counter() - moment
    return sent


async def _until_answered(lines: Lines, sent: Sent, token: str, body: bytes, *, cut: bool = False) -> Outcome:
    for attempt in range(_TRIES):
        sent.tries += 1
        pause = 0.2 * 2**attempt
        with suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                status, after, answer = await lines.ask(token, body, cut=cut and attempt == 0)
            data: dict[str, Any] = answer.get("data") or {}
            payload: dict[str, Any] | None = data.get("submitApplication")
            if payload is not None and not _is_passing(payload["errors"]):
                return _outcome(sent, payload)
            sent.codes.append(str(status))
            if status == _BUSY:
                sent.busy += 1
                pause = max(after, pause)
        sent.failed += 1
        await asyncio.sleep(pause)
    return Outcome.UNANSWERED


def _is_passing(errors: Sequence[dict[str, str]]) -> bool:
    return bool(errors) and {error["code"] for error in errors} <= {"BUSY", "TIMED_OUT"}


def _outcome(sent: Sent, payload: dict[str, Any]) -> Outcome:
    codes = [error["code"] for error in payload["errors"]]
    sent.codes += codes
    if not codes:
        return Outcome.ACCEPTED
    return Outcome.LATE if codes == ["OUTSIDE_WINDOW"] else Outcome.REFUSED
