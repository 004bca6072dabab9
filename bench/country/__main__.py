"""`python -m bench.country --tenants N --applications M --home DIR`: make a country and keep it; prints what was loaded, how fast."""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from bench.country.installation import country_in_use
from bench.country.volumes import FULL_APPLICATIONS, FULL_TENANTS


def main(arguments: Sequence[str] | None = None) -> None:
    """Load; where the home holds a country already, only say so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=FULL_TENANTS)
    parser.add_argument("--applications", type=int, default=FULL_APPLICATIONS)
    parser.add_argument("--home", type=Path, required=True)
    given = parser.parse_args(arguments)
    begun = time.perf_counter()
    print(f"{time.strftime('%H:%M:%S')} begin", flush=True)
    with country_in_use(given.home.absolute(), tenants=given.tenants, applications=given.applications) as country:
        minutes = (time.perf_counter() - begun) / 60
        print(
            f"{time.strftime('%H:%M:%S')} {country.tenants:,} unions, {country.applications:,} applications in {minutes:.1f} min"
        )


if __name__ == "__main__":
    main()
