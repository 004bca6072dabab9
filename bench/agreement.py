"""Before anything is timed: all contestants give the same answer, and leave the same rows behind."""

import asyncio
import re
from collections.abc import Sequence

import orjson

from bench.contestants import Web
from bench.house import House, connect
from bench.questions import Ask, Question
from graphql_api.ids import decode_id

_OF_ONE_CASE = re.compile(rb'"(id|caseId|name)":"[^"]*"')
_OWN_TO_ONE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"  # keys
    r"|[0-9a-f]{64}"  # hashes
    r"|\d{4}-\d{2}-\d{2}T[0-9:.+]+"  # moments
    r'|"seq": \d+|（[^）]*）'
)
_WRITTEN = (
    "application",
    "audit_entry",
    "case_act",
    "duty_mask",
    "duty_record",
    "idempotency_key",
    "job",
    "read_entry",
    "snapshot",
)
_OF_THE_CASE = ["deeds", "titles_held", "route_so_far", "unit_opinion", "consent_on", "created_by", "sealed"]
"""What a case had before, or cannot be compared."""
_LOOKS = "SELECT count(*) FROM read_entry"
_NEWEST_LOOKS = """
SELECT asked, object_kind, object_id, rows, actor, account_id, tenant_id FROM read_entry ORDER BY id DESC LIMIT $1
"""
Trace = tuple[str, ...]
"""What an answer left behind, as text, without what is different every time."""


class DisagreementError(RuntimeError):
    """Two contestants do not do the same."""


def require_agreement(house: House, question: Question, webs: Sequence[Web]) -> str:
    """Ask each of them once, the first being the measure; says in a word how equal they are. Raises DisagreementError."""
    able = [web for web in webs if web.answers(question)]
    asks = [question.asks[place if question.writes else 0] for place in range(len(able))]
    found = [asyncio.run(_asked(house, web, question, ask)) for web, ask in zip(able, asks, strict=True)]
    words: list[str] = []
    expected, expected_trace = found[0]
    for web, (answer, trace) in zip(able[1:], found[1:], strict=True):
        alike = web.explains(_neutral(question, answer), _neutral(question, expected))
        words.append(f"{web.name}: {alike or _compare(question, expected, answer)}")
        if _tables(trace) != _tables(expected_trace) or (alike is None and trace != expected_trace):
            message = f"{able[0].name} leaves behind only\n{set(expected_trace) - set(trace)}\n{web.name} only\n{set(trace) - set(expected_trace)}"
            raise DisagreementError(message)
    return "; ".join(words) or "nobody to compare"


def _neutral(question: Question, answer: bytes) -> bytes:
    """Of what writes, each has written another case, of another person."""
    return _OF_ONE_CASE.sub(b'"":""', answer) if question.writes else answer


def _tables(trace: Trace) -> list[str]:
    return [line.split(" ", 1)[0] for line in trace]


def _compare(question: Question, expected: bytes, answer: bytes) -> str:
    expected, answer = _neutral(question, expected), _neutral(question, answer)
    if expected == answer:
        return "the same bytes"
    if orjson.loads(expected) == orjson.loads(answer):
        return "the same JSON"
    message = f"{question.name} differs:\n{expected[:3000].decode()}\n{answer[:3000].decode()}"
    raise DisagreementError(message)


async def _asked(house: House, web: Web, question: Question, ask: Ask) -> tuple[bytes, Trace]:
    connection = await connect(house.admin_dsn)
    try:
        before = await connection.fetchval(_LOOKS)
        answer = web.ask(question, ask)
        if not question.writes:
            looks = await connection.fetch(_NEWEST_LOOKS, await connection.fetchval(_LOOKS) - before)
            return answer, tuple(sorted(str(tuple(look)) for look in looks))
        written = decode_id(ask.variables["input"]["applicationId"])
        found: list[str] = []
        for table in _WRITTEN:
            rows = f"SELECT (to_jsonb(t) - $2::text[])::text FROM {table} t WHERE to_jsonb(t)::text LIKE $1"
            for (row,) in await connection.fetch(rows, f"%{written and written[1]}%", _OF_THE_CASE):
                found.append(f"{table} {_OWN_TO_ONE.sub('…', row)}")
        return answer, tuple(sorted(found))
    finally:
        await connection.close()
