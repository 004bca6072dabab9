"""Text as people type it: trimmed, composed (NFC), without control characters, within a length."""

import unicodedata

from kernel.errors import BAD_CHARACTER, BLANK, TOO_LONG

_LINE_CHARACTERS = frozenset("\n\t")


def clean_text(value: str, *, path: tuple[str, ...], limit: int, optional: bool = False) -> str:
    """The value fit to store; raises BLANK, TOO_LONG (limit in characters) or BAD_CHARACTER at `path`."""
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    if not text and not optional:
        raise BLANK(path=path)
    if len(text) > limit:
        raise TOO_LONG(path=path, limit=limit)
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in _LINE_CHARACTERS for character in text):
        raise BAD_CHARACTER(path=path)
    return text
