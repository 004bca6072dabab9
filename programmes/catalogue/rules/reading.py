"""From a written rulebook (parsed YAML) to a Rulebook, and the canonical form by which a version is known.

Writers may shorten a citation to its article: `cite: 第六条`, or `cite: 第二条｜左右` with the words that name the matter; the document is then the
rulebook's own. `silent: 第八条` says that the article is silent, `public:` that it is public practice, `inference:` that it is ours.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from programmes.catalogue.rules.rulebook import Rulebook

_BAR = "｜"
_SHORT = {"cite": "document", "silent": "silent", "public": "public", "inference": "inference"}


def read_rulebook(written: Mapping[str, Any]) -> Rulebook:
    """The rulebook; raises pydantic's ValidationError, which names each place that is wrong."""
    document: Any = written.get("document")
    name = str(document.get("number") or document.get("name")) if isinstance(document, dict) else ""  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - parsed YAML
    return Rulebook.model_validate(_expand(written, name))


def canonical(rulebook: Rulebook) -> dict[str, Any]:
    """The rulebook as it is stored: plain JSON, each field present."""
    return rulebook.model_dump(mode="json")


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON, keys sorted."""
    return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _expand(written: Any, number: str) -> Any:  # noqa: ANN401 - parsed YAML
    if isinstance(written, Mapping):
        expanded: dict[str, Any] = {}
        for key, value in written.items():  # pyright: ignore[reportUnknownVariableType] - parsed YAML
            if key in _SHORT and isinstance(value, str):
                expanded["cite"] = _cite(value, number, _SHORT[key])
            else:
                expanded[str(key)] = _expand(value, number)  # pyright: ignore[reportUnknownArgumentType] - parsed YAML
        return expanded
    if isinstance(written, list):
        return [_expand(member, number) for member in written]  # pyright: ignore[reportUnknownVariableType] - parsed YAML
    return written


def _cite(short: str, number: str, basis: str) -> dict[str, str | None]:
    article, _, wording = short.partition(_BAR)
    return {"document": number, "article": article.strip(), "wording": wording.strip() or None, "basis": basis}
