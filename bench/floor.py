"""The floor: pgbench with the statements of `bench.byhand`, prepared, in the same transactions, and nothing around them.

pgbench has one role for each connection, so it takes the two roles in turn, in the round trips that there are anyway.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from authz.permissions import Permission
from bench.byhand import lists, viewer
from bench.byhand.dossier import DOSSIER
from bench.byhand.lists import place_of, written
from bench.byhand.pool import Pool, begin_read
from bench.byhand.session import WHO, Who, asked_with, find_who
from bench.byhand.shown import Shown, entries
from bench.byhand.walls import visible
from bench.floor_writes import fill, recommendation, require_done
from bench.house import House, connect, dsn
from bench.load import Outcome
from bench.questions import Ask, Question
from bench.script import Script, Statement, roles, run
from graphql_api.ids import find_key
from kernel.ids import new_id


@dataclass(frozen=True)
class Asked:
    """One request as statements: those of a reading transaction, and whose data they show."""

    statements: Sequence[Statement]
    asked: str = ""
    shown: Sequence[Shown] = ()
    aside: Statement | None = None
    """What the login role is asked besides."""


@dataclass
class Floor:
    """pgbench as a contestant; a process for each point."""

    house: House
    name: str = "pgbench"
    pid: int | None = None

    def answers(self, question: Question) -> bool:
        return question.writes or question.name in _STATEMENTS

    def run(self, question: Question, asks: Sequence[Ask], connections: int, seconds: float) -> Outcome:
        who = asyncio.run(_who(self.house, asks[0]))
        if question.writes:
            asyncio.run(fill(self.house, asks))
            times = max(1, len(asks) // connections)
            outcome = run(self.house, recommendation(self.house, who, asks[0]), connections, "-t", str(times))
            asyncio.run(require_done(self.house, len(outcome.latencies)))
            return outcome
        made = asyncio.run(_STATEMENTS[question.name](self.house, who, asks[0]))
        script = Script()
        _write(script, self.house, who, asks[0], made)
        return run(self.house, script, connections, "-T", str(max(1, round(seconds))))


def _write(script: Script, house: House, who: Who, ask: Ask, made: Asked) -> None:
    tenant, (as_login, as_app) = who.actor.tenant.id, roles(house)
    session = (WHO.text, WHO.values(asked_with(ask.seat.token, datetime.now(UTC))))
    aside = () if made.aside is None else (made.aside,)
    script.say(as_login, session, *aside, as_app)
    if len(made.statements) == 1:
        script.say(made.statements[0])  # it binds itself
    else:
        script.say(*((part, ()) for part in begin_read(tenant).split("; ")))
        for statement in made.statements:
            script.say(statement)
        script.say(("COMMIT", ()))
    record, values = entries(who, str(new_id()), made.asked, *made.shown)
    if record is not None:
        for place in range(6, len(values), 4):
            record = record.replace(f"${place + 1}::uuid,", "uuidv7(),")
        script.say((record, values))


async def _who(house: House, ask: Ask) -> Who:
    pool = await Pool.open(dsn(house.urls.login), 1)
    try:
        who = await find_who(pool, ask.seat.token)
    finally:
        await pool.close()
    assert who is not None
    return who


async def _keys(house: House, who: Who, statement: str, *values: object) -> list[Any]:
    """What a statement finds, to name it in another or to know what it shows."""
    connection = await connect(dsn(house.urls.app))
    try:
        await connection.execute(begin_read(who.actor.tenant.id))
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


async def _board(_house: House, who: Who, ask: Ask) -> Asked:
    actor = who.actor
    text = written(
        lists.BOARD, cases=visible(Permission.CASE_LIST, actor), people=visible(Permission.PERSON_READ, actor)
    )
    many = [UUID(int=0)] * ask.variables["first"]
    return Asked(
        [(text, (actor.tenant.id, ask.variables["first"]))],
        "applications",
        (("application", many), ("person", many)),
    )


async def _dossier(house: House, who: Who, ask: Ask) -> Asked:
    actor, key = who.actor, find_key(ask.variables["id"], "Application")
    assert key is not None
    conditions = {
        "people": visible(Permission.PERSON_READ, actor),
        "cases": visible(Permission.CASE_LIST, actor),
        "openly": "true",
    }
    statement, values = written(DOSSIER, **conditions), (actor.tenant.id, key, actor.account_id)
    row = (await _keys(house, who, statement, *values))[0]
    return Asked([(statement, values)], "application", (("application", [key]), ("person", [row["person_id"]])))


async def _register(_house: House, who: Who, ask: Ask) -> Asked:
    wanted = ask.variables["filter"]
    text = written(lists.REGISTER, entries=visible(Permission.REGISTER_READ, who.actor))
    values = (*place_of(who), ask.variables["first"], wanted["titleCode"], wanted["state"], wanted["grantedTo"])
    return Asked([(text, values)])


async def _subtree(house: House, who: Who, ask: Ask) -> Asked:
    actor, wanted = who.actor, ask.variables["filter"]
    text = written(
        lists.SUBTREE,
        handovers=visible(Permission.HANDOVER_READ, actor),
        cases=visible(Permission.CASE_LIST, actor),
        people=visible(Permission.PERSON_READ, actor),
    )
    values = (
        *place_of(who),
        ask.variables["first"],
        wanted["direction"].lower(),
        [state.lower() for state in wanted["state"]],
    )
    keys = [row[0] for row in await _keys(house, who, text, *values)]
    shown = (("application", keys), ("person", keys))
    return Asked([(text, values), (lists.DRIFT, (actor.tenant.id, keys))], "handovers", shown)


async def _wide(_house: House, who: Who, ask: Ask) -> Asked:
    actor, people, first = who.actor, visible(Permission.PERSON_READ, who.actor), ask.variables["first"]
    papers = visible(Permission.CERTIFICATE_READ, actor)
    titles = written(lists.TITLES, titles=visible(Permission.TITLE_READ, actor), people=people, papers=papers)
    money = written(lists.MONEY, money=visible(Permission.FUNDING_READ, actor), people=people)
    values = (actor.tenant.id, first)
    shown = (("person", [UUID(int=0)] * first),)
    return Asked([(titles, values), (money, values)], "fundingRecords,titles", shown)


async def _viewer(_house: House, who: Who, _ask: Ask) -> Asked:
    return Asked([(viewer.OWN_UNION, place_of(who))], aside=(viewer.PLACES, (who.actor.account_id, who.today)))


_STATEMENTS: dict[str, Callable[[House, Who, Ask], Any]] = {
    "board": _board,
    "dossier": _dossier,
    "register": _register,
    "subtree": _subtree,
    "wide": _wide,
    "viewer": _viewer,
}
