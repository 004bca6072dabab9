"""Bringing the shipped rulebooks into a database: read, checked as a whole, inserted once; a version never changes after that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import yaml
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kernel import audit
from kernel.clock import Clock
from kernel.database import Database, WriteSession
from kernel.ids import new_id
from programmes.catalogue.errors import (
    NOT_SHIPPED,
    ORGANISER_FIXED,
    ORGANISER_LEVEL,
    RULEBOOK_CHANGED,
    RULEBOOK_INVALID,
)
from programmes.catalogue.model import Programme, RulebookVersion
from programmes.catalogue.rules.reading import canonical, fingerprint, read_rulebook
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.rules.validation import problems
from tenants.model import Level, Tenant

_SHIPPED = Path(__file__).with_name("rulebooks")


@dataclass(frozen=True)
class Loaded:
    """What became of one rulebook: `new` says whether it was inserted now."""

    id: UUID
    programme: str
    version: str
    sha256: str
    new: bool


async def load_shipped(
    database_owner: Database, organisers: Mapping[str, UUID], clock: Clock, *, by: str = "owner"
) -> list[Loaded]:
    """Insert the shipped rulebooks of the programmes that have an organiser here (programme code → tenant id); again and again, once in effect.

    All files are read and checked first; then each new rulebook is one transaction, with an entry by `by` in the organiser's trail. Raises NOT_SHIPPED,
    RULEBOOK_INVALID naming file and key, and the refusals of `load_rulebook`.
    """
    async with database_owner.plain() as session:
        levels = set((await session.execute(select(Level.code))).scalars())
    rulebooks = [read_file(file, levels) for file in shipped_files()]
    for programme in organisers:
        require_shipped(rulebooks, programme)
    loaded: list[Loaded] = []
    for rulebook in rulebooks:
        if rulebook.programme in organisers:
            async with database_owner.write(organisers[rulebook.programme]) as session:
                loaded.append(await load_rulebook(session, rulebook, session.tenant_id, clock))
                _record(session, clock, by, loaded[-1])
    return loaded


async def load_rulebook(session: AsyncSession, rulebook: Rulebook, organiser_id: UUID, clock: Clock) -> Loaded:
    """Insert one rulebook, and its programme with it; the session belongs to the database's owner.

    Raises ORGANISER_LEVEL, ORGANISER_FIXED, and RULEBOOK_CHANGED where other content stands under a loaded version.
    """
    await _require_level(session, rulebook, organiser_id)
    programme_id = await _save_programme(session, rulebook, organiser_id)
    content = canonical(rulebook)
    sha256 = fingerprint(content)
    fresh = await session.execute(
        insert(RulebookVersion)
        .values(
            id=new_id(),
            programme_id=programme_id,
            version=rulebook.version,
            content=content,
            sha256=sha256,
            effective_from=rulebook.document.effective_from,
            effective_to=rulebook.document.effective_to,
            loaded_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(RulebookVersion.id)
    )
    made = fresh.scalar_one_or_none()
    version_id = made or await _same(session, programme_id, rulebook, sha256)
    return Loaded(version_id, rulebook.programme, rulebook.version, sha256, made is not None)


def shipped_files() -> Sequence[Path]:
    """The rulebooks that come with the product, by name; older versions of a programme first."""
    return sorted(_SHIPPED.glob("*.yaml"))


def shipped_rulebooks() -> list[Rulebook]:
    """All shipped rulebooks, checked but for their levels."""
    return [read_file(file) for file in shipped_files()]


def require_shipped(rulebooks: Sequence[Rulebook], programme: str, version: str | None = None) -> Rulebook:
    """The rulebook of a programme, the newest unless a version is named; raises NOT_SHIPPED."""
    of_programme = [book for book in rulebooks if book.programme == programme]
    found = [book for book in of_programme if version in {None, book.version}]
    if not found:
        named = programme if version is None or not of_programme else f"{programme} {version}"
        known = dict.fromkeys(book.version for book in of_programme) or dict.fromkeys(
            book.programme for book in rulebooks
        )
        raise NOT_SHIPPED(programme=named, known="、".join(known))
    return found[-1]


def read_file(file: Path, known_levels: set[str] | None = None) -> Rulebook:
    """The rulebook of a YAML file; raises RULEBOOK_INVALID with all that is wrong, each with its key."""
    try:
        rulebook = read_rulebook(yaml.safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as failure:
        found = [f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in failure.errors()]
        raise RULEBOOK_INVALID(file=file.name, problems="; ".join(found)) from failure
    except (yaml.YAMLError, AttributeError) as failure:
        raise RULEBOOK_INVALID(file=file.name, problems=f"no readable YAML mapping: {failure}") from failure
    found = problems(rulebook, known_levels)
    if found:
        raise RULEBOOK_INVALID(file=file.name, problems="; ".join(found))
    return rulebook


async def _save_programme(session: AsyncSession, rulebook: Rulebook, organiser_id: UUID) -> UUID:
    """The programme's id; names follow the newest rulebook, code, level and organiser stay. Raises ORGANISER_FIXED."""
    names = {"name": rulebook.name, "title_name": rulebook.title_name}
    written = insert(Programme).values(
        id=new_id(),
        code=rulebook.programme,
        title_code=rulebook.title_code,
        level=rulebook.level,
        organiser_id=organiser_id,
        **names,
    )
    saved = written.on_conflict_do_update(index_elements=[Programme.code], set_=names)
    row = (await session.execute(saved.returning(Programme.id, Programme.organiser_id))).one()
    if row.organiser_id != organiser_id:
        raise ORGANISER_FIXED(programme=rulebook.name, organiser=await _name_of(session, organiser_id))
    return row.id


async def _require_level(session: AsyncSession, rulebook: Rulebook, organiser_id: UUID) -> None:
    level = (await session.execute(select(Tenant.level).where(Tenant.id == organiser_id))).scalar_one()
    if level != rulebook.level:
        wanted = (await session.execute(select(Level.name).where(Level.code == rulebook.level))).scalar_one()
        raise ORGANISER_LEVEL(programme=rulebook.name, wanted=wanted, organiser=await _name_of(session, organiser_id))


async def _name_of(session: AsyncSession, tenant_id: UUID) -> str:
    return (await session.execute(select(Tenant.name).where(Tenant.id == tenant_id))).scalar_one()


def _record(session: WriteSession, clock: Clock, by: str, loaded: Loaded) -> None:
    if loaded.new:
        audit.record(
            session,
            at=clock.now(),
            account_id=None,
            actor=by,
            act="rulebook:load",
            object_kind="rulebook",
            object_id=loaded.id,
            after={"programme": loaded.programme, "version": loaded.version, "sha256": loaded.sha256},
        )


async def _same(session: AsyncSession, programme_id: UUID, rulebook: Rulebook, sha256: str) -> UUID:
    """The id of the version as it is stored; its content is compared as today's schema reads it: a field learnt since is no change of the rules."""
    found = select(RulebookVersion.id, RulebookVersion.content)
    stored = (await session.execute(found.filter_by(programme_id=programme_id, version=rulebook.version))).one()
    try:
        same = fingerprint(canonical(Rulebook.model_validate(stored.content))) == sha256
    except ValidationError:
        same = False
    if not same:
        raise RULEBOOK_CHANGED(programme=rulebook.programme, version=rulebook.version)
    return stored.id
