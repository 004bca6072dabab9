"""`jiangti demo`: everything with one command, and `jiangti demo accounts`: who can sign in where."""

import json
from argparse import Namespace
from dataclasses import replace

from cli.commands import Commands, add_command
from cli.database import report
from cli.demo import country
from cli.demo.factors import load_factors, totp_secret
from cli.demo.loading import BEGINNING, end_loading, is_half_loaded, load_country
from cli.demo.offices import open_offices
from cli.demo.past import START, load_past
from cli.serve import run_tree
from kernel.clock import FixedClock, ShiftedClock
from kernel.database import Database
from kernel.postgres import Server
from kernel.sealing import open_sealer
from kernel.settings import Settings
from migrations import runner
from tenants.accounts.codes import code_at
from tenants.accounts.passwords import Passwords

_SHOWN = ("wuhou-hengda", "wuhou", "chengdu", "sichuan", "acftu", "sgcc-changzhou", "czjkq", "changzhou")


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = add_command(
        commands, "demo", "load the demo and run everything; `demo accounts` lists who can sign in", demo
    )
    further = parser.add_subparsers(metavar="accounts|code", required=False)
    accounts = add_command(
        further, "accounts", "tenant, login, password and roles of every person of the demo", list_accounts
    )
    accounts.add_argument("--json", action="store_true", help="as JSON, for other clients")
    code = add_command(further, "code", "the second factor's code of a person, by the demo's clock", show_code)
    code.add_argument("login", help="as in `demo accounts`")


def demo(settings: Settings, _arguments: Namespace) -> int:
    """The whole process tree with the demo's data, until a signal comes."""
    playing = replace(settings, demo=True)
    return run_tree(playing, banner=lambda: page(playing), load=lambda server: load(playing, server))


def list_accounts(_settings: Settings, arguments: Namespace) -> int:
    """One line, or one JSON object, for each seat."""
    if not arguments.json:
        for seat in country.seats():
            print(f"{seat.tenant:<18} {seat.login:<28} {country.password():<20} {'、'.join(seat.roles)}")
        return 0
    names = {union.code: union.name for union in country.unions()}
    rows = [
        {
            "tenant": seat.tenant,
            "tenantName": names[seat.tenant],
            "login": seat.login,
            "name": seat.name,
            "password": country.password(),
            "totpSecret": totp_secret(seat.login),
            "roles": list(seat.roles),
        }
        for seat in country.seats()
    ]
    print(json.dumps(rows, ensure_ascii=False, indent=1))
    return 0


def show_code(settings: Settings, arguments: Namespace) -> int:
    """Six digits, or exit code 1 where the person has no second factor."""
    secret = totp_secret(arguments.login)
    if secret is None:
        print(f"{arguments.login} signs in by password alone")
        return 1
    print(code_at(secret, ShiftedClock(settings.clock_file).now()))
    return 0


def load(settings: Settings, server: Server) -> None:
    """Load the country and its past, once; what an interrupted loading left behind is taken away first."""
    owner = runner.urls(settings, server).owner
    if runner.run_blocking(_is_half_loaded(owner)):
        report("the loading of the demo was interrupted; it begins anew")
        runner.migrate(settings, owner, "base")
        runner.prepare(settings, server)
    runner.run_blocking(_load(settings, server))


async def _is_half_loaded(url: str) -> bool:
    owner = Database(url, pool_size=1)
    try:
        return await is_half_loaded(owner)
    finally:
        await owner.close()


async def _load(settings: Settings, server: Server) -> None:
    urls = runner.urls(settings, server)
    sealer = open_sealer(settings)
    clock = FixedClock(START)
    owner = Database(urls.owner, pool_size=2)
    app, courier = Database(urls.app, sealer=sealer), Database(urls.courier, sealer=sealer)
    try:
        loaded = await load_country(owner, Passwords(), clock)
        await load_factors(owner, sealer, clock)
        if loaded.new:
            await load_past(await open_offices(app, courier, owner, clock, loaded.tenants))
            ShiftedClock(settings.clock_file).set_now(BEGINNING)
            await end_loading(owner)
    finally:
        for database in (owner, app, courier):
            await database.close()


def page(settings: Settings) -> str:
    """What is printed when everything is ready."""
    address = f"http://{settings.host}:{settings.port}"
    names = {union.code: union.name for union in country.unions()}
    today = ShiftedClock(settings.clock_file).today()
    people = "\n".join(
        f"  {seat.tenant:<16} {seat.login:<24} {'、'.join(seat.roles):<20} {seat.name}（{names[seat.tenant]}）"
        for seat in country.seats()
        if seat.tenant in _SHOWN
    )
    return (
        f"\n匠梯 is ready.\n"
        f"  GraphQL   {address}/graphql\n"
        f"  GraphiQL  {address}/graphiql\n"
        f"  password  {country.password()}   (everybody in the demo; tenant, login as below)\n"
        f"  code      ./jiangti demo code LOGIN   (the second step of administrators and treasurers)\n"
        f"  today     {today}   (the demo's clock; it runs on, and `jiangti walk` moves it)\n\n"
        f"  tenant           login                    roles\n{people}\n\n"
        f"  All {len(country.seats())} seats: ./jiangti demo accounts --json\n"
        f"  A whole selection, from an enterprise union to 大国工匠: ./jiangti walk\n"
        f"  Stop with Ctrl-C.\n"
    )
