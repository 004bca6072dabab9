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

from kernel.clock import Clock
from kernel.database import Database
from kernel.ids import new_id
from programmes.catalogue.errors import RULEBOOK_CHANGED, RULEBOOK_INVALID
from programmes.catalogue.model import Programme, RulebookVersion
from programmes.catalogue.rules.reading import canonical, fingerprint, read_rulebook
from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.rules.validation import problems
from tenants.model import Level

_SHIPPED = Path(__file__).with_name("rulebooks")


@dataclass(frozen=True)
class Loaded:
    """What became of one rulebook: `new` says whether it was inserted now."""

    programme: str
    version: str
    sha256: str
    new: bool


async def load_shipped(database_owner: Database, organisers: Mapping[str, UUID], clock: Clock) -> list[Loaded]:
    """Insert the shipped rulebooks of the programmes that have an organiser here (programme code → tenant id); again and again, once in effect.

    Raises RULEBOOK_INVALID naming file and key, and RULEBOOK_CHANGED where other content stands under a loaded version.
    """
    files = shipped_files()
    async with database_owner.plain() as session:
        levels = set((await session.execute(select(Level.code))).scalars())
        rulebooks = [read_file(file, levels) for file in files]
        return [
            await load_rulebook(session, rulebook, organisers[rulebook.programme], clock)
            for rulebook in rulebooks
            if rulebook.programme in organisers
        ]


async def load_rulebook(session: AsyncSession, rulebook: Rulebook, organiser_id: UUID, clock: Clock) -> Loaded:
    """Insert one rulebook, and its programme with it; the session belongs to the database's owner. Raises RULEBOOK_CHANGED."""
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
    new = fresh.first() is not None
    if not new:
        await _require_same(session, programme_id, rulebook, sha256)
    return Loaded(rulebook.programme, rulebook.version, sha256, new)


def shipped_files() -> Sequence[Path]:
    """The rulebooks that come with the product, by name; older versions of a programme first."""
    return sorted(_SHIPPED.glob("*.yaml"))


def shipped_rulebooks() -> list[Rulebook]:
    """All shipped rulebooks, checked but for their levels."""
    return [read_file(file) for file in shipped_files()]


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
    """The programme's id; names follow the newest rulebook, code, level and organiser stay."""
    names = {"name": rulebook.name, "title_name": rulebook.title_name}
    written = insert(Programme).values(
        id=new_id(),
        code=rulebook.programme,
        title_code=rulebook.title_code,
        level=rulebook.level,
        organiser_id=organiser_id,
        **names,
    )
    saved = written.on_conflict_do_update(index_elements=[Programme.code], set_=names).returning(Programme.id)
    return (await session.execute(saved)).scalar_one()


async def _require_same(session: AsyncSession, programme_id: UUID, rulebook: Rulebook, sha256: str) -> None:
    """Stored content is compared as today's schema reads it: a field the product has learnt since is no change of the rules."""
    found = select(RulebookVersion.content).filter_by(programme_id=programme_id, version=rulebook.version)
    stored = (await session.execute(found)).scalar_one()
    try:
        same = fingerprint(canonical(Rulebook.model_validate(stored))) == sha256
    except ValidationError:
        same = False
    if not same:
        raise RULEBOOK_CHANGED(programme=rulebook.programme, version=rulebook.version)
