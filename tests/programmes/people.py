"""Invented craftsmen with lawful ID numbers."""

from programmes.people.rules import PersonFacts

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(serial: int, *, born: str = "19800512", region: str = "510107") -> str:
    """A lawful citizen identity number; an odd serial is a man's."""
    body = f"{region}{born}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def facts(name: str = "赵铁工", *, employer: str = "成都恒达精密机械有限公司", since: str = "2005-07") -> PersonFacts:
    """A man at a lathe."""
    return PersonFacts(
        name=name,
        employer=employer,
        occupation="数控车工",
        frontline_since=since,
        skill_grade="高级技师",
        industry="装备制造",
    )
