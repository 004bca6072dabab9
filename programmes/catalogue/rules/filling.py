"""Filling what the document leaves open: a person names a value by its key path, typed and within its limits.

A12 of the domain reference: an edition cannot be issued until the mandatory silent values are filled by a person. Nothing here knows a number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from programmes.catalogue.rules.rulebook import Rulebook
from programmes.catalogue.rules.values import Cite, Silence

_MOST_TEXT = 200
_MOST_UNITS = 20
_CODES = ("code", "key")


@dataclass(frozen=True)
class MissingValue:
    """A mandatory value nobody has filled: its key path, its name for a person, and the article that is silent."""

    key: str
    name: str
    cite: Cite


@dataclass(frozen=True)
class BadValue:
    """Why a value cannot be filled. `problem`: unknown_key, not_open, wrong_kind, out_of_range, not_a_choice."""

    key: str
    problem: str
    expected: str


def missing_values(rulebook: Rulebook, filled: Mapping[str, Any]) -> list[MissingValue]:
    """The mandatory values that are null in the rulebook and not among the filled, in the rulebook's order; `filled` is key → value."""
    content = rulebook.model_dump(mode="json")
    return [
        MissingValue(key, _name(rulebook, silence, key), silence.cite)
        for silence in rulebook.silences
        if silence.mandatory
        for key in expand(rulebook, silence.key)
        if read_path(content, key) is None and filled.get(key) is None
    ]


def merge(rulebook: Rulebook, filled: Mapping[str, Any]) -> Rulebook:
    """The rulebook with the filled values in their places; keys are expanded ones, values as `check_value` returned them."""
    content = rulebook.model_dump(mode="json")
    for key, value in filled.items():
        owner, field = _owner(content, key)
        owner[field] = value
    return Rulebook.model_validate(content)


def check_values(rulebook: Rulebook, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[BadValue]]:
    """The values under their expanded keys, as they are stored, and what is wrong with the others; null takes a value back."""
    good: dict[str, Any] = {}
    bad: list[BadValue] = []
    for key, value in values.items():
        silence = find_silence(rulebook, key)
        if silence is None:
            bad.append(BadValue(key, "unknown_key", ""))
            continue
        stored, problem = _read(silence, key, value)
        if problem is not None:
            bad.append(problem)
        else:
            good |= dict.fromkeys(expand(rulebook, key), stored)
    if not bad:
        bad = _against_schema(rulebook, good)
    return good, bad


def find_silence(rulebook: Rulebook, key: str) -> Silence | None:
    """The declaration that opens this key: the key itself, or the pattern it falls under."""
    for silence in rulebook.silences:
        if key == silence.key or key in expand(rulebook, silence.key):
            return silence
    return None


def expand(rulebook: Rulebook, key: str) -> tuple[str, ...]:
    """The single keys that a key path with `*` stands for; a path without one stands for itself."""
    parts = key.split(".")
    if "*" not in parts:
        return (key,)
    at = parts.index("*")
    members = read_path(rulebook.model_dump(mode="json"), ".".join(parts[:at]))
    return tuple(".".join([*parts[:at], _code(member), *parts[at + 1 :]]) for member in _members(members))


def read_path(content: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - a JSON value
    """The value at a key path; raises KeyError where there is no such place."""
    owner, field = _owner(content, key)
    if field not in owner:
        raise KeyError(key)
    return owner[field]


def named_levels(value: Any) -> set[str]:  # noqa: ANN401 - a JSON value
    """The levels that a filled value names: of recommending units; of anything else none."""
    return {str(unit["level"]) for unit in _members(value)} if isinstance(value, list) else set()


def read_text(silence: Silence, text: str) -> Any:  # noqa: ANN401 - a JSON value
    """The value a person typed, as JSON: integers, true/false, and units as `level:line, level:line`; else the text itself."""
    words = text.strip()
    if silence.kind in {"integer", "percent"} and words.isascii() and words.isdigit():
        return int(words)
    if silence.kind == "boolean" and words in {"true", "false"}:
        return words == "true"
    if silence.kind == "units":
        pairs = [part.strip().partition(":") for part in words.split(",")]
        return [{"level": level.strip(), "line": line.strip() or "territorial"} for level, _, line in pairs]
    return words


def _read(silence: Silence, key: str, value: Any) -> tuple[Any, BadValue | None]:  # noqa: ANN401 - a JSON value
    if value is None:
        return None, None
    if silence.kind in {"integer", "percent"}:
        return _read_integer(silence, key, value)
    if silence.kind == "units":
        return _read_units(silence, key, value)
    if silence.kind == "boolean":
        return value, None if isinstance(value, bool) else BadValue(key, "wrong_kind", "true / false")
    return _read_words(silence, key, value)


def _read_words(silence: Silence, key: str, value: Any) -> tuple[Any, BadValue | None]:  # noqa: ANN401 - a JSON value
    if not isinstance(value, str) or not 0 < len(value) <= _MOST_TEXT or not value.isprintable():
        return None, BadValue(key, "wrong_kind", f"1–{_MOST_TEXT} 字")
    if silence.kind == "choice" and value not in silence.choices:
        return None, BadValue(key, "not_a_choice", " / ".join(silence.choices))
    return value, None


def _read_integer(silence: Silence, key: str, value: Any) -> tuple[Any, BadValue | None]:  # noqa: ANN401 - a JSON value
    expected = f"{silence.minimum if silence.minimum is not None else 0}–{silence.maximum or ''}"
    if not isinstance(value, int) or isinstance(value, bool):
        return None, BadValue(key, "wrong_kind", expected)
    too_small = value < (silence.minimum or 0)
    if too_small or (silence.maximum is not None and value > silence.maximum):
        return None, BadValue(key, "out_of_range", expected)
    return value, None


def _read_units(silence: Silence, key: str, value: Any) -> tuple[Any, BadValue | None]:  # noqa: ANN401 - a JSON value
    """Recommending units, each with the citation of the article that is silent: it is the edition that says so."""
    problem = BadValue(key, "wrong_kind", "level:line")
    if not isinstance(value, list) or not 0 < len(_members(value)) <= _MOST_UNITS:
        return None, problem
    units: list[dict[str, Any]] = []
    for unit in _members(value):
        if not isinstance(unit, dict) or set(_members(unit)) - {"cite", "name"} != {"level", "line"}:
            return None, problem
        units.append({"level": unit["level"], "line": unit["line"], "cite": silence.cite.model_dump(mode="json")})
    return units, None


def _against_schema(rulebook: Rulebook, good: Mapping[str, Any]) -> list[BadValue]:
    """The rulebook's own types have the last word (a level must be text, a line one of the two)."""
    try:
        merge(rulebook, good)
    except ValidationError as failure:
        return [
            BadValue(".".join(str(part) for part in error["loc"]), "wrong_kind", error["msg"])
            for error in failure.errors()
        ]
    return []


def _owner(content: Mapping[str, Any], key: str) -> tuple[dict[str, Any], str]:
    """The object that holds the last part of a key path, and that part's name."""
    *steps, field = key.split(".")
    place: Any = content
    for step in steps:
        place = _step(place, step, key)
    if not isinstance(place, dict):
        raise KeyError(key)
    return place, field  # pyright: ignore[reportUnknownVariableType] - JSON


def _step(place: Any, step: str, key: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(place, dict) and step in place:
        return place[step]  # pyright: ignore[reportUnknownVariableType] - JSON
    if isinstance(place, list):
        for member in _members(place):
            if _code(member) == step:
                return member
    raise KeyError(key)


def _members(place: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return list(place)


def _code(member: Mapping[str, Any]) -> str:
    """By which word a member of a list is known: its own code or key; a criterion's is `force_item`."""
    if "force" in member:
        return f"{member['force']}_{member['item']}"
    return next(str(member[word]) for word in _CODES if word in member)


def _name(rulebook: Rulebook, silence: Silence, key: str) -> str:
    """A silence's name; for one of many, with the name of the member it is about."""
    if "*" not in silence.key:
        return silence.name
    named: Iterator[str] = (
        f"{criterion.name}：{silence.name}" for criterion in rulebook.criteria if criterion.key in key.split(".")
    )
    return next(named, silence.name)
