"""A country to measure on: `PYTHONPATH=. .venv/bin/python -m bench.country --tenants 2800000 --applications 10000000 --home DIR` makes one and keeps it.

From a program, with a server that runs as long as the block (a country that stands in `home` already is used as it is; made in seconds with 40 unions):

    from bench.country import country_in_use
    with country_in_use(home, tenants=40, applications=60_000) as country:
        country.settings, country.server, country.urls      # of the installation, for the product's own processes
        tokens = country.tokens()                           # sign-in tokens by (union, seat), fresh: ("changzhou", "reviewer"), ("jiangsu", "clerk") …
        country.probes                                      # keys of what is to be asked and done; see `Probes`

The measured unions are the same at every size, row by row: 常州 `changzhou` (city, 52,000 cases and persons),
天宁 `tianning` (its district: 1,500 cases to recommend), 天宁第1 `tianning-1` (enterprise: 300 to submit, 300 to endorse),
江苏 `jiangsu` (province: a register of 12,000), 全总 `acftu` (300 cases for one expert to score).
Offices have the seats clerk, chair, recommender, reviewer, secretary, panel, leader, finance, auditor, expert and sysadmin; enterprises clerk and chair.
"""

from bench.country.installation import Country, Probes, country_in_use

__all__ = ["Country", "Probes", "country_in_use"]
