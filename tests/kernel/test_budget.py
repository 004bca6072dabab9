from dataclasses import replace

import pytest

from kernel.budget import connections_given, connections_of_all, require_room
from kernel.settings import DatabaseUrls, Settings, SettingsError


def test_the_budget_adds_up_what_every_process_may_open(settings: Settings) -> None:
    given = replace(settings, api_processes=2, worker_processes=3, app_pool_size=10, courier_pool_size=8)
    assert connections_of_all(given) == 2 * (2 * 10 + 2 * 4 + 1) + 3 * 8 + 10
    assert (given.turns, replace(given, app_pool_size=1).turns) == (6, 1)


async def test_what_the_server_cannot_give_is_refused_in_one_sentence(
    settings: Settings, database_urls: DatabaseUrls
) -> None:
    assert await connections_given(database_urls.app) == 300 - 3
    await require_room(replace(settings, api_processes=2), database_urls.app)
    with pytest.raises(SettingsError) as refused:
        await require_room(replace(settings, api_processes=11), database_urls.app)
    assert str(refused.value) == (
        "11 API and 1 worker processes may open 339 connections (JIANGTI_APP_POOL=10, JIANGTI_COURIER_POOL=10, 10 for commands),"
        " but PostgreSQL gives 297: raise its max_connections, or lower processes or pools"
    )
