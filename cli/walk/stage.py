"""Where the walk happens: its people, its clock, and the line printed for each step and each refusal."""

from collections.abc import Callable
from datetime import date
from typing import Any

from cli.demo import country
from cli.walk.client import Json, Line, Person, RefusedError

Print = Callable[[str], None]


class UnexpectedError(Exception):
    """The server did what it should have refused, or refused for another reason."""


class Stage:
    """The demo's people by login, and a tally of steps and refusals."""

    def __init__(self, line: Line, say: Print) -> None:
        self._line = line
        self._say = say
        self._names = {union.code: union.name for union in country.unions()}
        self._seats = {(seat.tenant, seat.login): seat for seat in country.seats()}
        self.today = date.min
        self.steps = 0
        self.refusals = 0

    def person(self, login: str, tenant: str | None = None) -> Person:
        """Somebody of the demo; `tenant` where the login has several seats."""
        seat = next(seat for seat in self._seats.values() if seat.login == login and tenant in {None, seat.tenant})
        return Person(self._line, seat.tenant, self._names[seat.tenant], seat.login, seat.name)

    def move_to(self, day: date) -> None:
        """Nine in the morning of that day, for the whole demo; everybody signs in again."""
        keeper = ("acftu", "acftu.sysadmin")
        token = self._line.sign_in(*keeper, country.password())
        answer = self._line.http.post(
            "/demo/clock", json={"date": day.isoformat()}, headers={"authorization": f"Bearer {token}"}
        )
        answer.raise_for_status()
        self._line.tokens.clear()
        self.today = day
        self._say(f"\n—— {day} ——")

    def heading(self, text: str) -> None:
        """A new act of the story."""
        self._say(f"\n═══ {text} ═══")

    def step(self, person: Person, act: str, result: object) -> None:
        """Print what was done and what came of it."""
        self.steps += 1
        self._say(
            f"{self.steps:>3} {self.today} │ {person.tenant_name} │ {person.name}（{person.login}）│ {act} → {result}"
        )

    def note(self, person: Person, text: str) -> None:
        """Print what somebody sees."""
        self._say(f"    {self.today} │ {person.tenant_name} │ {person.name} 看到：{text}")

    def refused(self, person: Person, act: str, code: str, attempt: Callable[[], Any]) -> RefusedError:
        """Try what must be refused with this code, and print the reason; raises UnexpectedError otherwise."""
        try:
            done = attempt()
        except RefusedError as refusal:
            if refusal.code != code:
                message = f"{act}: refused with {refusal.code} instead of {code}: {refusal.message}"
                raise UnexpectedError(message) from refusal
            self.refusals += 1
            rule = f"〔{refusal.rule}〕" if refusal.rule else ""
            self._say(
                f" ✗  {self.today} │ {person.tenant_name} │ {person.name}（{person.login}）│ {act} ⇒ 拒绝 {code}：{refusal.message}{rule}"
            )
            return refusal
        message = f"{act}: not refused: {done}"
        raise UnexpectedError(message)

    def unseen(self, person: Person, what: str, found: object) -> None:
        """Print that somebody does not see what is not his; raises UnexpectedError if he does."""
        if found:
            message = f"{person.login} sees {what}: {found}"
            raise UnexpectedError(message)
        self.refusals += 1
        self._say(f" ✗  {self.today} │ {person.tenant_name} │ {person.name}（{person.login}）│ 查看{what} ⇒ 不存在")


def only(found: list[Json]) -> Json:
    """The one thing that was expected."""
    (thing,) = found
    return thing


__all__ = ["Stage", "UnexpectedError", "only"]
