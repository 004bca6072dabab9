"""The floor of a recommendation: what it needs to know stands in a table beforehand, as do the results of all reckoning; the statements are the same."""

from collections.abc import Sequence
from datetime import UTC, datetime

from authz.permissions import Permission
from bench.byhand.lists import written
from bench.byhand.recommend_sql import FACTS, WRITES
from bench.byhand.session import WHO, Who, asked_with
from bench.byhand.walls import visible
from bench.house import House, connect
from bench.questions import Ask
from bench.script import FLOOR_ROLE, Raw, Script, Statement, roles
from graphql_api.ids import decode_id
from kernel.ids import new_id
from tenants.accounts.tokens import token_hash

_TABLE = f"""
DROP TABLE IF EXISTS bench_floor;
DROP SEQUENCE IF EXISTS bench_floor_number;
CREATE SEQUENCE bench_floor_number;
CREATE UNLOGGED TABLE bench_floor (
    number bigint PRIMARY KEY, claim uuid, tenant uuid, application uuid, account uuid, token text, person uuid, edition uuid
);
GRANT SELECT ON bench_floor TO {FLOOR_ROLE};
GRANT USAGE ON bench_floor_number TO {FLOOR_ROLE};
"""
_FILL = """
INSERT INTO bench_floor
SELECT wanted.number, uuidv7(), wanted.tenant, application.id, wanted.account, wanted.token, application.person_id, application.edition_id
FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) wanted (number, tenant, application, account, token)
JOIN application ON application.tenant_id = wanted.tenant AND application.id = wanted.application
"""
_NEXT = """
SELECT claim, tenant, application, account, token, person, edition FROM bench_floor
WHERE number = (SELECT nextval('bench_floor_number')) \\gset
"""
_DONE = """
SELECT count(*) FROM bench_floor JOIN application a ON a.tenant_id = tenant AND a.id = application JOIN snapshot s ON s.tenant_id = tenant
    AND s.application_id = application WHERE a.state = 'recommended' AND a.opinion IS NOT NULL
"""
_NEW = Raw("uuidv7()")
_SEALED_BYTES = 1_500
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


async def fill(house: House, asks: Sequence[Ask]) -> None:
    """What this run recommends."""
    keys = [decode_id(ask.variables["input"]["applicationId"]) for ask in asks]
    columns = (
        list(range(1, len(asks) + 1)),
        [ask.seat.tenant_id for ask in asks],
        [key[1] for key in keys if key is not None],
        [ask.seat.account_id for ask in asks],
        ["\\x" + token_hash(ask.seat.token).hex() for ask in asks],
    )
    connection = await connect(house.admin_dsn)
    try:
        await connection.execute(_TABLE)
        await connection.execute(_FILL, *columns)
    finally:
        await connection.close()


async def require_done(house: House, count: int) -> None:
    """Raises RuntimeError unless so many of them have been recommended."""
    connection = await connect(house.admin_dsn)
    try:
        done = await connection.fetchval(_DONE)
    finally:
        await connection.close()
    if done != count:
        message = f"pgbench recommended {done} cases in {count} transactions"
        raise RuntimeError(message)


def recommendation(house: House, who: Who, ask: Ask) -> Script:
    """One recommendation after the other, each of the next row."""
    as_login, as_app = roles(house)
    given = asked_with(ask.seat.token, datetime.now(UTC)) | {"given_hash": Raw(":token")}
    script = Script([_NEXT])
    script.say(as_login, (WHO.text, WHO.values(given)), as_app)
    script.say(("BEGIN", ()), ("SELECT set_config('app.tenant', $1, true)", (Raw(":tenant"),)))
    script.say(_facts(who, ask))
    script.say(_writes(who, ask))
    script.say(("COMMIT", ()))
    script.say(("RESET ROLE", ()))
    return script


def _facts(who: Who, ask: Ask) -> Statement:
    values = (Raw(":tenant"), Raw(":application"), Raw(":claim"), Raw(":account"), Raw(":application"), _HASH, who.now)
    text = written(FACTS, people=visible(Permission.PERSON_READ, who.actor))
    return text, (*values, ask.variables["input"].get("rank"))


def _writes(who: Who, ask: Ask) -> Statement:
    opinion, now, case = ask.variables["input"]["opinion"], datetime.now(UTC), Raw(":application")
    told = '{"tenant":"01a1f9c8-7799-7da6-b48f-ad5f4cae3c77","changes":[["application","01a1f9c8","recommend","2026"]]}'
    event = '{"event":"application_moved","application_id":"01a1f9c8","case_id":"01a1f9c8","act":"recommend"}'
    values = [Raw(":tenant"), case, Raw(":account"), now, opinion, None, "recommended", Raw(":edition"), _NEW]
    values += ["at_recommending_unit", who.actor.name, _NEW, 33_554_436, _NEW, '{"state":"at_recommending_unit"}']
    values += ['{"state":"recommended","reasoned":true,"document_no":null}', str(new_id()), _NEW, 1, _HASH]
    values += [bytes(_SEALED_BYTES), '["person.name"]', _NEW, event, case, _NEW, event, "{}", Raw(":claim"), _NEW, _NEW]
    return written(WRITES, cases=visible(Permission.CASE_LIST, who.actor)), [*values, Raw(":person"), told]
