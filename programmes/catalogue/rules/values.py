"""Each value of a rulebook names the article it stands in; where the document is silent the value is null and says so.

Principle of the product: a number that no document gives is never invented here. It is null until the administrator of an edition fills it in.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from kernel.errors import Citation

Basis = Literal["document", "public", "silent", "inference"]
SilenceKind = Literal["integer", "percent", "boolean", "choice", "text", "units"]


class Value(BaseModel):
    """A part of a rulebook: never changed once read, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cite(Value):
    """Where a value stands. `wording` is a few words of the document that name the matter (原则, 左右).

    `basis`: document (the article says it), public (public practice, no authority), silent (the article is silent; the step is
    assumed and a person must confirm it), inference (ours, may be switched).
    """

    document: str = Field(min_length=1)
    article: str = Field(min_length=1)
    wording: str | None = None
    basis: Basis = "document"

    @property
    def citation(self) -> Citation:
        """As a refusal carries it."""
        return Citation(self.document, self.article)


class Silence(Value):
    """A value on which the document is silent, and which a person may fill in per edition.

    `key` is the path of the value: field names with dots, members of a list by their own code, `*` for each member
    (`notice.working_days`, `money.N-ANNUAL.payee`, `criteria.*.max_points`). `mandatory`: without it the edition cannot be issued.
    `practice` tells what others do, as a hint beside the input field, never as a default.
    """

    key: str
    name: str
    kind: SilenceKind
    mandatory: bool
    cite: Cite
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    practice: str | None = None
