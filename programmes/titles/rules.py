"""What a certificate is numbered by, and when a title may be granted or taken back.

培育期满，对完成培育任务且评价合格的，颁发证书 (总工发〔2024〕1号 第十条；常工发〔2024〕60号 第十一条);
每年集中命名，颁发荣誉证书 (武侯区实施办法 （八）（九）).
弄虚作假、违纪违法或者其他不宜继续培育的，经审核批准，收回证书、终止待遇 (总工发〔2024〕1号 第二十二条；常工发〔2024〕60号 第十六条).

The series of a certificate is the rulebook's. Numbers of a series run per year without gaps.
"""

from enum import StrEnum

_DIGITS = 4


class TitleState(StrEnum):
    """Whether a title holds."""

    IN_FORCE = "in_force"
    REVOKED = "revoked"


class CertificateState(StrEnum):
    """Whether a certificate holds."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


def yearly_series(series: str, year: int) -> str:
    """The series whose numbers are counted together: one for each year."""
    return f"{series}-{year}"


def certificate_number(yearly: str, number: int) -> str:
    """The number as it is printed: four digits at least."""
    return f"{yearly}-{number:0{_DIGITS}d}"


def is_ground_known(ground: str, grounds: tuple[str, ...]) -> bool:
    """Whether the document knows the ground; where it names none (silent), the recorded resolution decides."""
    return not grounds or ground in grounds
