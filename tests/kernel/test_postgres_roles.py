import asyncpg
import pytest

from kernel.postgres import DatabaseRole, Server, role_name
from kernel.settings import DatabaseUrls, Settings


def plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def test_the_app_role_logs_in_with_its_timeouts(database_urls: DatabaseUrls, settings: Settings) -> None:
    connection = await asyncpg.connect(plain(database_urls.app))
    shown = [
        await connection.fetchval("select current_user::text"),
        await connection.fetchval("show statement_timeout"),
        await connection.fetchval("show lock_timeout"),
        await connection.fetchval("show idle_in_transaction_session_timeout"),
    ]
    await connection.close()
    assert shown == [role_name(settings.role_prefix, DatabaseRole.APP), "5s", "2s", "10s"]


@pytest.mark.parametrize("role", ["app", "courier", "login", "auditor"])
async def test_no_role_but_the_owner_creates_anything(database_urls: DatabaseUrls, role: str) -> None:
    connection = await asyncpg.connect(plain(getattr(database_urls, role)))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("create table mine (a int)")
    await connection.close()


async def test_chinese_text_has_trigrams_classes_and_code_point_order(database_urls: DatabaseUrls) -> None:
    connection = await asyncpg.connect(plain(database_urls.app))
    assert await connection.fetchval("select regexp_count('匠心', '\\w')") == 2
    assert await connection.fetchval("show server_encoding") == "UTF8"
    await connection.close()


async def test_a_wrong_password_is_refused(server: Server, settings: Settings) -> None:
    name = role_name(settings.role_prefix, DatabaseRole.APP)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(plain(server.url("postgres", name, "guess")))
