"""`jiangti programme`: bringing the shipped rulebooks into an installation, and reading them on paper."""

from argparse import ArgumentTypeError, Namespace

from sqlalchemy import select

from cli.commands import Commands, add_command
from cli.owner import Owner, add_operator, as_owner
from kernel.settings import Settings
from programmes.catalogue.loader import load_shipped, require_shipped, shipped_rulebooks
from programmes.catalogue.model import Programme, RulebookVersion
from programmes.catalogue.rules.printing import print_rulebook
from tenants.model import Tenant


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    parser = add_command(commands, "programme", "load, list or print the shipped programmes", as_owner(_list))
    acts = parser.add_subparsers(dest="act", metavar="act", required=True)
    load = add_command(acts, "load", "load the rulebooks of programmes, each for its organiser", as_owner(_load))
    load.add_argument(
        "--organiser",
        required=True,
        action="append",
        type=_pair,
        metavar="PROGRAMME=UNION",
        help="which union organises a programme; again for each programme",
    )
    add_operator(load)
    add_command(acts, "list", "all shipped rulebooks, and who organises what is loaded", as_owner(_list))
    shown = add_command(acts, "print", "a rulebook as a page, every line with its article", print_page)
    shown.add_argument("code", metavar="PROGRAMME")
    shown.add_argument("--version", help="else the newest")


def print_page(_settings: Settings, given: Namespace) -> int:
    """Print a shipped rulebook; needs no database. Raises NOT_SHIPPED."""
    print(print_rulebook(require_shipped(shipped_rulebooks(), given.code, given.version)))
    return 0


async def _load(owner: Owner, given: Namespace) -> int:
    organisers = {programme: (await owner.union(code)).id for programme, code in given.organiser}
    for loaded in await load_shipped(owner.database, organisers, owner.clock, by=owner.by):
        print(f"{loaded.programme} {loaded.version}: {'loaded' if loaded.new else 'was loaded before'}")
    return 0


async def _list(owner: Owner, _given: Namespace) -> int:
    loaded = (
        select(Programme.code, RulebookVersion.version, Tenant.code.label("organiser"))
        .join(RulebookVersion, RulebookVersion.programme_id == Programme.id)
        .join(Tenant, Tenant.id == Programme.organiser_id)
    )
    async with owner.database.plain() as session:
        organisers = {(row.code, row.version): row.organiser for row in await session.execute(loaded)}
    for book in shipped_rulebooks():
        organiser = organisers.get((book.programme, book.version))
        state = f"organised by {organiser}" if organiser else "not loaded"
        print(f"{book.programme} {book.version} {book.name}《{book.title_name}》({book.level}): {state}")
    return 0


def _pair(text: str) -> tuple[str, str]:
    programme, equals, union = text.partition("=")
    if not (programme and equals and union):
        message = f"{text!r} is not PROGRAMME=UNION"
        raise ArgumentTypeError(message)
    return programme, union
