"""Names of generated people and their ID numbers; all are invented."""

from datetime import date, timedelta

from stdnum.cn import ric

from programmes.people.service.files import sort_key

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_PAIRS = "建国秀英志强丽华海涛晓燕国栋玉兰永康雪梅文博春霞俊峰美玲庆丰桂芳宏伟静怡振华慧敏立新淑珍东升月娥少华"
GIVEN = tuple(_PAIRS[at : at + 2] for at in range(0, len(_PAIRS), 2))
OCCUPATIONS = (
    "数控车工",
    "电焊工",
    "钳工",
    "热处理工",
    "装配工",
    "继电保护员",
    "缝纫工",
    "质检员",
    "模具工",
    "维修电工",
)
_SERIALS = 999
_FIRST_BIRTHDAY = date(1962, 1, 1)
_SURNAME_KEYS = tuple(sort_key(name) for name in SURNAMES)
_GIVEN_KEYS = tuple(sort_key(name) for name in GIVEN)


def name_of(number: int) -> tuple[str, str]:
    """The name of the `number`-th person and the key it is sorted by; a thousand names come again and again, as names do."""
    surname, given = number % len(SURNAMES), number // len(SURNAMES) % len(GIVEN)
    return SURNAMES[surname] + GIVEN[given], f"{_SURNAME_KEYS[surname]} {_GIVEN_KEYS[given]}"


def id_number_of(number: int) -> str:
    """A number with a right check digit, in a district of Changzhou; a different one for each person up to 12 million."""
    born = _FIRST_BIRTHDAY + timedelta(days=number // _SERIALS)
    body = f"320402{born:%Y%m%d}{number % _SERIALS + 1:03}"
    return body + ric.calc_check_digit(body + "0")


def name_arrays() -> tuple[list[str], list[str], list[str], list[str]]:
    """Surnames and given names, and what each is sorted by, for statements that make names in PostgreSQL."""
    return list(SURNAMES), list(_SURNAME_KEYS), list(GIVEN), list(_GIVEN_KEYS)
