"""A person in front of a client: signs in, sends the operations of the contract, is answered or refused."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from cli.demo import country
from cli.demo.factors import totp_secret
from tenants.accounts.codes import code_at

_OPERATIONS = Path(__file__).parent.parent.parent / "frontend_contract" / "operations"
_DEFINITION = re.compile(r"^(query|mutation|subscription|fragment) (\w+)", re.MULTILINE)
_SPREAD = re.compile(r"\.\.\.(\w+)")
_PATIENCE = 60.0

Json = dict[str, Any]


class RefusedError(Exception):
    """The server said no: `errors` as the contract gives them, from the payload or from the top of the answer."""

    def __init__(self, operation: str, errors: list[Json]) -> None:
        super().__init__(f"{operation}: {errors}")
        self.errors = errors

    @property
    def code(self) -> str:
        """The code of the first reason."""
        first = self.errors[0]
        return str(first.get("code") or first.get("extensions", {}).get("code"))

    @property
    def message(self) -> str:
        """The sentence of the first reason."""
        return str(self.errors[0]["message"])

    @property
    def rule(self) -> str:
        """Document and article of the first reason, if it cites one."""
        rule: Json = self.errors[0].get("rule") or {}
        return f"{rule.get('document', '')} {rule.get('article', '')}".strip()


@cache
def definitions() -> Mapping[str, str]:
    """Every operation and fragment of the contract, by name."""
    found: dict[str, str] = {}
    for file in sorted(_OPERATIONS.glob("*.graphql")):
        text = file.read_text(encoding="utf-8")
        starts = list(_DEFINITION.finditer(text))
        for start, after in zip(starts, [*starts[1:], None], strict=True):
            found[start.group(2)] = text[start.start() : after.start() if after else None].strip()
    return found


@cache
def document(operation: str) -> str:
    """An operation with the fragments it needs."""
    needed = [operation]
    for name in needed:
        needed += [spread for spread in _SPREAD.findall(definitions()[name]) if spread not in needed]
    return "\n".join(definitions()[name] for name in needed)


@dataclass
class Line:
    """One connection to one server; forgets all tokens when the clock was moved."""

    http: httpx.Client
    tokens: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def send(self, operation: str, variables: Json, token: str | None) -> Json:
        """The `data` of the answer; raises RefusedError for errors at its top."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        body = {"query": document(operation), "variables": variables, "operationName": operation}
        answer = self.http.post("/graphql", json=body, headers=headers).json()
        if answer.get("errors"):
            raise RefusedError(operation, answer["errors"])
        return answer["data"]

    def sign_in(self, tenant: str, login: str, password: str) -> str:
        """A token, by one step or two; raises RefusedError."""
        given = {"tenant": tenant, "login": login, "password": password}
        answer = self._enter("SignIn", "signIn", given)
        required: Json | None = answer["secondFactorRequired"]
        if required is not None:
            now, secret = datetime.fromisoformat(required["serverTime"]), totp_secret(login)
            code = "" if secret is None else code_at(secret, now)
            answer = self._enter("CompleteSignIn", "completeSignIn", {"challenge": required["challenge"], "code": code})
        return str(answer["token"])

    def _enter(self, operation: str, field_name: str, given: Json) -> Json:
        answer: Json = self.send(operation, {"input": given}, None)[field_name]
        if answer["errors"]:
            raise RefusedError(operation, answer["errors"])
        return answer


@dataclass(frozen=True)
class Person:
    """Somebody of the demo at his desk."""

    line: Line
    tenant: str
    tenant_name: str
    login: str
    name: str

    def ask(self, operation: str, **variables: Any) -> Json:  # noqa: ANN401 - JSON
        """A query's data."""
        return self.line.send(operation, variables, self._token())

    def do(self, operation: str, **given: Any) -> Json:  # noqa: ANN401 - JSON
        """A mutation's payload; raises RefusedError where it has errors."""
        data = self.ask(operation, input={"idempotencyKey": uuid4().hex, **given})
        (payload,) = data.values()
        if payload["errors"]:
            raise RefusedError(operation, payload["errors"])
        return payload

    def nodes(self, operation: str, **filters: Any) -> list[Json]:  # noqa: ANN401 - JSON
        """The first fifty nodes of a list."""
        data = self.ask(operation, first=50, **({"filter": filters} if filters else {}))
        (connection,) = data.values()
        return [edge["node"] for edge in connection["edges"]]

    def wait(self, look: Callable[["Person"], Any], what: str) -> Any:  # noqa: ANN401 - what was looked for
        """What `look` finds, once it finds something: the courier may still be on his way."""
        deadline = time.monotonic() + _PATIENCE
        while not (found := look(self)):
            if time.monotonic() > deadline:
                message = f"{self.login} waits in vain for {what}"
                raise TimeoutError(message)
            time.sleep(0.1)
        return found

    def _token(self) -> str:
        key = (self.tenant, self.login)
        if key not in self.line.tokens:
            self.line.tokens[key] = self.line.sign_in(self.tenant, self.login, country.password())
        return self.line.tokens[key]
