"""How long one may stand in for another at most. The documents are silent; these are the house's, and shorter is always possible."""

from datetime import timedelta

LONGEST_VISIT = timedelta(hours=8)
"""A working day: an inspection that goes on tomorrow is entered tomorrow, and told again."""
LONGEST_CASE_VISIT = timedelta(hours=3)
"""To look at one case."""
LONGEST_SUBSTITUTE = timedelta(days=183)
"""Half a year: a union that is short of people for longer asks again, and its superior looks again."""
LONGEST_DEPUTY = timedelta(days=92)
"""A quarter: who is away for longer gives up the part, and somebody else is seated."""
