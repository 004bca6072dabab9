"""Keys of generated rows: shaped like uuid7, and the same for the same row at every size and in every run."""

from enum import IntEnum
from uuid import UUID

_BEGINNING = 1_600_000_000_000
"""Milliseconds: the first row's time, September 2020; keys only have to look like uuid7 and to sort by number."""


class Kind(IntEnum):
    """What a key is of; rows of two kinds never share one. A row that has only one of its sort beside another (a case of an application) keeps the number."""

    TENANT = 1
    ACCOUNT = 2
    MEMBERSHIP = 3
    PROGRAMME = 4
    RULEBOOK = 5
    EDITION = 6
    PERSON = 7
    APPLICATION = 8
    CASE = 9
    ACT = 10
    EVIDENCE = 11
    SNAPSHOT = 12
    HANDOVER = 13
    CORRELATION = 14
    REGISTER = 15
    TITLE = 16
    CERTIFICATE = 17
    FUNDING = 18
    NOTICE = 19
    ITEM = 20
    ANNOUNCEMENT = 21
    PLAN = 22
    ASSESSMENT = 23
    CONSENT = 24
    LETTER = 25
    ASSIGNMENT = 26
    EXPERT = 27
    DUTY = 28


PROBE = 500_000_000
"""From this number on stand the rows of the probe unions; the rest of the country counts from 0 and never gets here."""


def key(kind: Kind, number: int) -> UUID:
    """The key of the `number`-th row of a kind."""
    return UUID(int=_BEGINNING + number << 80 | 7 << 76 | kind << 64 | 0b10 << 62 | number)


KEY_FUNCTION = f"""
CREATE FUNCTION pg_temp.key(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT encode(int8send(({_BEGINNING} + number) << 16 | 28672 | kind) || int8send(-9223372036854775808 | number), 'hex')::uuid
$$
"""
"""The same in PostgreSQL, for one connection."""
