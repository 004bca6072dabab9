"""The yardstick: the same answers by hand, in Starlette, asyncpg and orjson, as a good engineer writes them when nothing else counts.

It has the same duties as the product: the session by the same statement, the tenant bound, row-level security on, the gate's list predicate and masks, the
record of whose data was shown. It knows these questions and no others: no schema, no arguments beyond theirs, no limits, no errors but a 500.
"""
