"""Secrets of second factors belong to accounts and to no union: a rotation of the keys finds them, too, and who signed in before signs in after."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from cli.keys import reseal_all, rotate, show_status
from kernel.audit import AuditEntry
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.keyring import Crypto
from kernel.sealing import describe, open_sealer
from kernel.settings import DatabaseUrls, Settings
from tenants.accounts.entrance import Entrance, open_entrance
from tenants.accounts.model import SecondFactor
from tests.graphql_api.tenants.door import Door
from tests.sealers import SECRET
from tests.tenants.unions import World


@pytest.fixture
def settings_of_keys(tmp_path: Path) -> Settings:
    made = Settings.from_env({"JIANGTI_HOME": str(tmp_path), "JIANGTI_CRYPTO": "sm"})
    made.secret_file.write_bytes(SECRET)
    return made


@pytest.fixture
async def entrance(database_urls: DatabaseUrls, settings_of_keys: Settings) -> AsyncIterator[Entrance]:
    """With the keys of the installation, as a process of the service has them."""
    opened = open_entrance(database_urls.login, cheap=True, sealer=open_sealer(settings_of_keys))
    yield opened
    await opened.close()


async def tags(owner: Database) -> list[tuple[Crypto, int]]:
    async with owner.plain() as session:
        return [describe(secret) for secret in (await session.scalars(select(SecondFactor.secret))).all()]


async def test_a_second_factor_is_sealed_again_and_still_opens_the_door(
    door: Door,
    clock: FixedClock,
    owner: Database,
    world: World,
    database_urls: DatabaseUrls,
    settings_of_keys: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await door.token("wuhou", "admin")
    assert rotate(settings_of_keys) == 0
    keeper = Database(database_urls.owner, pool_size=1, sealer=open_sealer(settings_of_keys))
    assert await show_status(keeper, (Crypto.SM, 2)) == 1
    assert await reseal_all(keeper, "王管钥", batch=1) == 0
    assert await show_status(keeper, (Crypto.SM, 2)) == 0
    assert await reseal_all(keeper, "王管钥") == 0
    await keeper.close()
    assert await tags(owner) == [(Crypto.SM, 2)] * 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[-4:] == [
        "2 values sealed again",
        "generation 2  SM4-GCM  2 values",
        "new values: generation 2, SM4-GCM; 0 older values",
        "0 values sealed again",
    ]
    clock.move(seconds=30)
    door.entered.clear()
    assert await door.token("wuhou", "admin")
    async with owner.read(world.unions["acftu"].id) as session:
        entries = (await session.scalars(select(AuditEntry).where(AuditEntry.act == "keys.reseal"))).all()
    assert [(entry.actor, entry.after) for entry in entries] == [("operator 王管钥", {"values": 1})] * 2
