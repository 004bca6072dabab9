"""One person's case in one edition, in one tenant: draft to recommendation to formal review; the one transition table."""
