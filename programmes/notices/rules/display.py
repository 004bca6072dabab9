"""对审定的人选进行公示（总工发〔2024〕1号 第八条; 常工发〔2024〕60号 第九条）: what the public sees of a person, and nothing beside it.

The sources name no fields. Shown are name, sex, employer, post or occupation and recommending unit; an ID number never is, not even hidden in another
field, since fragments can be joined (rule of 2018 on de-identifying public notices).
"""

import re
import unicodedata
from dataclasses import astuple, dataclass

_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dxX](?!\d)|(?<!\d)\d{15}(?!\d)")
_MOBILE_NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_SEPARATORS = re.compile(r"(?<=\d)[\s\-_·]+(?=[\dxX])")


@dataclass(frozen=True)
class DisplayLine:
    """One person as the public sees him."""

    name: str
    sex: str
    employer: str
    occupation: str
    recommending_unit: str


def hides_personal_number(*texts: str) -> bool:
    """Whether an ID number or a mobile number stands in one of the texts, also in full width or broken up by blanks or hyphens."""
    return any(pattern.search(_joined(text)) for text in texts for pattern in (_ID_NUMBER, _MOBILE_NUMBER))


def hides_number(line: DisplayLine) -> bool:
    """Whether a line shows more than it may."""
    return hides_personal_number(*astuple(line))


def _joined(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
