"""How many rows of what: the funnel of a selection, and where its numbers come from.

- 62,000 titles at ten million cases: 50,000 of cities, 10,000 of provinces, 2,000 of the nation, the goals for 2035 (domain P18).
- 5.7 cases at an organiser for each title: 3,533 and 3,762 applicants for 593 to 657 places (成都, domain P3). Parameters of ours: three cases at a district
  for each that it recommends, and eight at enterprises for each that reaches a district, half of which are drafts that nobody sent.
- A sixteenth of the people at enterprises apply twice; each union keeps its own file of a person, and so a case that went up has three.
- History: what begins and what ends a case at each desk (2 acts at an enterprise); five pieces of evidence for each case at an organiser; two records
  of a handover for each case that went up, one on either side; one consent, snapshot and claim for each; of each title its certificate, plan,
  assessment and, of the cities', its money (S0 第十六条) and its entry in the province's register.
"""

from dataclasses import dataclass

from bench.country.probes import Counts

FULL_TENANTS, FULL_APPLICATIONS, FULL_TITLES = 2_800_000, 10_000_000, 62_000
_AT_ORGANISER = 0.0355
_PER_DISTRICT_CASE = 3


@dataclass(frozen=True)
class Volumes:
    """Rows beside those of the probes: cases at enterprises, at recommending units, at organisers; titles."""

    applying: int
    recommending: int
    organising: int
    titles: int

    @property
    def title_every(self) -> int:
        """Each so-manieth case at an organiser leads to a title."""
        return max(1, self.organising // max(1, self.titles))


def volumes(applications: int, probes: Counts) -> Volumes:
    """What is left for the rest of the country when the probes have theirs."""
    rest = applications - probes.cases
    organising = int(rest * _AT_ORGANISER)
    if organising < 1:
        message = f"the measured unions alone have {probes.cases} cases; ask for a few thousand more"
        raise ValueError(message)
    recommending = organising * _PER_DISTRICT_CASE
    titles = max(
        1, round(applications * FULL_TITLES / FULL_APPLICATIONS) - (probes.titles if rest > probes.cases else 0)
    )
    return Volumes(rest - organising - recommending, recommending, organising, min(titles, organising))
