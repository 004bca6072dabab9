"""The shipped rulebooks, as tests read them: with the mandatory silences filled the way a demo edition fills them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import programmes.catalogue
from programmes.catalogue.rules.filling import merge
from programmes.catalogue.rules.reading import read_rulebook
from programmes.catalogue.rules.rulebook import Rulebook

FOLDER = Path(programmes.catalogue.__file__).parent / "rulebooks"


def shipped(name: str, filled: Mapping[str, Any] | None = None) -> Rulebook:
    """The rulebook of a file without its ending; `filled` are values by their expanded keys."""
    written = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return merge(read_rulebook(written), filled or {})
