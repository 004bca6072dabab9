"""The suite's sealer: a fixed secret, in the algorithms that JIANGTI_CRYPTO chooses."""

from kernel.sealing import Sealer
from kernel.settings import Settings

SECRET = bytes(range(32))


def make_sealer() -> Sealer:
    """The same for all of the suite."""
    return Sealer(SECRET, crypto=Settings.from_env().crypto)
