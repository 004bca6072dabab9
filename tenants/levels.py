"""The rungs of the organisation: rows, not code. These are the usual ones; a new one is a new row with a rank in a gap."""

from dataclasses import dataclass

from tenants.lines import Line


@dataclass(frozen=True)
class LevelFacts:
    """A rung: `rank` grows from the top downwards; two rungs of one rank are peers (a district and a development zone)."""

    code: str
    rank: int
    line: Line
    name: str


def standard_levels() -> tuple[LevelFacts, ...]:
    """The rungs a new installation begins with."""
    return (
        LevelFacts("national", 10, Line.TERRITORIAL, "全国"),
        LevelFacts("province", 20, Line.TERRITORIAL, "省（自治区、直辖市）"),
        LevelFacts("national_industry", 20, Line.INDUSTRY, "全国产业工会"),
        LevelFacts("city", 30, Line.TERRITORIAL, "市（州）"),
        LevelFacts("district", 40, Line.TERRITORIAL, "区县（市）"),
        LevelFacts("development_zone", 40, Line.TERRITORIAL, "经济开发区"),
        LevelFacts("town", 50, Line.TERRITORIAL, "镇（街道）"),
        LevelFacts("enterprise", 60, Line.TERRITORIAL, "企业（基层）"),
    )
