"""Text as people type it: trimmed, composed (NFC), without control characters or invisible ones that deceive, within a length."""

import unicodedata

from kernel.errors import BAD_CHARACTER, BLANK, TOO_LONG

_LINE_CHARACTERS = frozenset("\n\t")
_DECEIVING = frozenset("\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They are not seen, or turn the direction of what follows: by them a name or number would read as another one than it is."""


def clean_text(value: str, *, path: tuple[str, ...], limit: int, optional: bool = False) -> str:
    """The value fit to store; raises BLANK, TOO_LONG (limit in characters) or BAD_CHARACTER at `path`."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    if not text and not optional:
        raise BLANK(path=path)
    if len(text) > limit:
        raise TOO_LONG(path=path, limit=limit)
    if any(_is_unfit(character) for character in text):
        raise BAD_CHARACTER(path=path)
    return text


def _is_unfit(character: str) -> bool:
    if character in _DECEIVING:
        return True
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in _LINE_CHARACTERS
