"""`jiangti keys`: begin a new generation of the keys that seal personal data, seal older values with it, and say how far that is.

Works as the owner role: a frozen dossier is closed to changes by anybody else.
"""

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from cli.commands import Commands, add_command
from kernel import audit
from kernel.database import Database, WriteSession
from kernel.ids import new_id
from kernel.keyring import Crypto, add_generation, read_keyring
from kernel.postgres import database_urls, find_server
from kernel.resealing import (
    BATCH,
    count_sealed,
    count_sealed_apart,
    list_sealed_apart,
    list_sealed_columns,
    reseal,
    reseal_apart,
)
from kernel.sealing import open_sealer
from kernel.settings import Settings
from migrations.models import metadata
from migrations.runner import run_blocking
from tenants.model import Tenant

_TENANTS_A_PAGE = 1000
_NAMES = {Crypto.AES: "AES-256-GCM", Crypto.SM: "SM4-GCM"}


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = add_command(
        commands, "keys", "new keys for personal data, old values sealed again, and how far that is", run
    )
    acts = parser.add_subparsers(dest="act", metavar="act", required=True)
    acts.add_parser("rotate", help="begin a new generation; new values are sealed with it at once")
    again = acts.add_parser("reseal", help="seal older values again; may be broken off and begun again")
    again.add_argument("--operator", required=True, help="who does it; kept in the audit trails")
    acts.add_parser("status", help="values by algorithm and generation; exit code 1 while older ones are left")


def run(settings: Settings, arguments: Namespace) -> int:
    """Do it."""
    if arguments.act == "rotate":
        return rotate(settings)
    return run_blocking(_run(settings, arguments))


def rotate(settings: Settings) -> int:
    """Append a generation to the keyring file."""
    number = add_generation(settings.keyring_file, settings.secret_key(), at=datetime.now(UTC))
    print(f"generation {number} seals from now on; keep a copy of {settings.keyring_file} apart from the backups")
    return 0


async def _run(settings: Settings, arguments: Namespace) -> int:
    urls = database_urls(settings, find_server(settings))
    database = Database(urls.owner, pool_size=1, sealer=open_sealer(settings), hide_parameters=True)
    try:
        if arguments.act == "reseal":
            return await reseal_all(database, arguments.operator)
        newest = read_keyring(settings.keyring_file, settings.secret_key()).newest
        return await show_status(database, (settings.crypto, newest))
    finally:
        await database.close()


async def reseal_all(database: Database, operator: str, *, batch: int = BATCH) -> int:
    """Seal every older value again, union by union, then those of accounts; each batch is kept as soon as it is done."""
    columns, total, after = list_sealed_columns(metadata), 0, None
    while tenants := await _page(database, after):
        after = tenants[-1]
        for tenant_id in tenants:
            done = batch
            while done == batch:
                async with database.write(tenant_id) as session:
                    done = await reseal(session, columns, batch=batch)
                    if done:
                        _leave_entry(session, operator, done)
                total += done
    total += await _reseal_apart(database, operator, batch)
    print(f"{total} values sealed again")
    return 0


async def _reseal_apart(database: Database, operator: str, batch: int) -> int:
    """What belongs to accounts and to no union; the entries stand with the union above all."""
    columns, total, done = list_sealed_apart(metadata), 0, batch
    first = select(Tenant.id).where(Tenant.parent_id.is_(None)).order_by(Tenant.path).limit(1)
    async with database.plain() as session:
        tenant_id = (await session.scalars(first)).one_or_none()
    while tenant_id is not None and done == batch:
        async with database.write(tenant_id) as session:
            done = await reseal_apart(session, columns, batch=batch)
            if done:
                _leave_entry(session, operator, done)
        total += done
    return total


async def show_status(database: Database, current: tuple[Crypto, int]) -> int:
    """Print how many values each algorithm and generation sealed; 1 while some are not sealed as new ones are."""
    columns, after = list_sealed_columns(metadata), None
    found: Counter[tuple[Crypto, int]] = Counter()
    while tenants := await _page(database, after):
        after = tenants[-1]
        for tenant_id in tenants:
            async with database.read(tenant_id) as session:
                found += await count_sealed(session, columns)
    async with database.plain() as session:
        found += await count_sealed_apart(session, list_sealed_apart(metadata))
    for (crypto, generation), values in sorted((found + Counter({current: 0})).items()):
        print(f"generation {generation}  {_NAMES[crypto]}  {values} values")
    older = found.total() - found[current]
    print(f"new values: generation {current[1]}, {_NAMES[current[0]]}; {older} older values")
    return 1 if older else 0


def _leave_entry(session: WriteSession, operator: str, values: int) -> None:
    audit.record(
        session,
        at=datetime.now(UTC),
        account_id=None,
        actor=f"operator {operator}",
        act="keys.reseal",
        object_kind="keys",
        object_id=new_id(),
        after={"values": values},
    )


async def _page(database: Database, after: UUID | None) -> Sequence[UUID]:
    query = select(Tenant.id).order_by(Tenant.id).limit(_TENANTS_A_PAGE)
    async with database.plain() as session:
        return (await session.scalars(query if after is None else query.where(Tenant.id > after))).all()
