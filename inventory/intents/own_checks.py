"""Checks of the user's own: a show command, and what its answer has to hold, beside the proof that a service has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StrictInt, field_validator, model_validator

from ..files.did_you_mean import hint
from ..hiding.showing import why_not_shown
from .intent_fields import Name, Record, Text
from .safe_pattern import why_not

When = Literal["deploy", "verify"]
_MOST = 2**64


class Range(Record):
    """A number from, to, or between two."""

    at_least: Annotated[StrictInt, Field(ge=0, le=_MOST)] | None = Field(default=None, description="No less than this.")
    at_most: Annotated[StrictInt, Field(ge=0, le=_MOST)] | None = Field(default=None, description="No more than this.")

    @model_validator(mode="after")
    def _says_something(self) -> Range:
        if self.at_least is None and self.at_most is None:
            raise ValueError("says neither at_least nor at_most")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"has at_least {self.at_least} above at_most {self.at_most}, which nothing is")
        return self

    def has(self, number: float) -> bool:
        """True for a number in it."""
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)

    def __str__(self) -> str:
        """For a sentence."""
        if self.at_least is not None and self.at_least == self.at_most:
            return f"exactly {self.at_least}"
        parts = [
            f"{word} {value}" for word, value in (("at least", self.at_least), ("at most", self.at_most)) if value is not None
        ]
        return " and ".join(parts)


Wanted = Range | bool | int | float | str | None


def _wanted_problem(value: object) -> str:
    """What is wrong with the wanted value of one field, as the end of a sentence; empty where nothing is."""
    if isinstance(value, Range):
        return ""
    if isinstance(value, Mapping):
        unknown = [str(key) for key in value if key not in Range.model_fields]
        if unknown:
            return f"has an unknown key {unknown[0]}{hint(unknown[0], Range.model_fields)}"
        try:
            Range.model_validate(value)
        except ValueError:
            return "is no range: {at_least: NUMBER, at_most: NUMBER}, one of them or both in this order"
        return ""
    if isinstance(value, list | tuple):
        return "is a list: a field has one value, or a range {at_least: 1}"
    return "is longer than 200 characters" if isinstance(value, str) and len(value) > 200 else ""


class OwnCheck(Record):
    """One check: what a device answers to a command has records with these values, or has this text."""

    host: Name | None = Field(default=None, description="The own end that is asked; without it each of them.")
    command: str = Field(description="A show command, written in full and without a filter.")
    holds: dict[str, Wanted] | None = Field(
        default=None,
        description="Fields of a record of the parsed answer (docs/reference/parser-fields.md) and their values, or "
        "{at_least:, at_most:} of a number; at least one record has to have all of them.",
    )
    count: Range | None = Field(default=None, description="How many records have them; {at_most: 0}: none may.")
    contains: Text | None = Field(default=None, min_length=1, description="A text that one line of the answer has to have.")
    matches: str | None = Field(default=None, description="A regular expression that is found in one line of the answer.")
    when: tuple[When, ...] = Field(default=("deploy", "verify"), min_length=1, description="Where it is part of the proof.")
    within_seconds: Annotated[StrictInt, Field(ge=0, le=120)] = Field(
        default=30, description="How long a deploy asks again until it holds, before all is rolled back."
    )

    @field_validator("command")
    @classmethod
    def _only_shows(cls, command: str) -> str:
        if problem := why_not_shown(command):
            raise ValueError(problem)
        return command

    @field_validator("holds", mode="before")
    @classmethod
    def _are_values(cls, holds: object) -> object:
        if isinstance(holds, Mapping):
            for name, value in holds.items():
                if problem := _wanted_problem(value):
                    raise ValueError(f"{name} {problem}")
        return holds

    @field_validator("matches")
    @classmethod
    def _is_bounded(cls, matches: str | None) -> str | None:
        if matches is not None and (problem := why_not(matches)):
            raise ValueError(problem)
        return matches

    @model_validator(mode="after")
    def _checks_something(self) -> OwnCheck:
        for problem in self._at_odds():
            raise ValueError(problem)
        return self

    def _at_odds(self) -> Iterator[str]:
        texts = [word for word in ("contains", "matches") if getattr(self, word) is not None]
        if not texts and not self.holds and self.count is None:
            yield "checks nothing: give holds, count, contains or matches"
        if len(texts) > 1 or (texts and self.holds is not None):
            yield "looks at records (holds) or at text (contains, or matches): give one of them, and a check more for another"
        if texts and self.count is not None:
            yield f"count counts records, and {texts[0]} looks at text: only a parsed answer is known to be whole"
        if len(set(self.when)) != len(self.when):
            yield "when names the same twice"

    @property
    def parsed(self) -> bool:
        """True if it looks at records."""
        return self.contains is None and self.matches is None

    def asked_on(self, host: str) -> bool:
        """True if this device is asked."""
        return self.host in (None, host)

    def __str__(self) -> str:
        """What has to hold, for a plan and for a finding."""
        if self.contains is not None:
            return f"{self.command}: a line with {self.contains!r}"
        if self.matches is not None:
            return f"{self.command}: a line that matches {self.matches!r}"
        fields = ", ".join(f"{name} {said(value)}" for name, value in (self.holds or {}).items())
        many = _many(self.count) if self.count else "a record"
        return f"{self.command}: {many}{f' with {fields}' if fields else ''}"

    @property
    def for_people(self) -> str:
        """One line for the plan."""
        where = f"on {self.host}" if self.host else "on each end that is ours"
        waits = f", within {self.within_seconds} seconds" if "deploy" in self.when else ""
        return f"own check {where} ({' and '.join(self.when)}{waits}): {self}"


def said(value: Any) -> str:
    """A value as it is written in an intent: ``null`` and not the word of Python."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _many(count: Range) -> str:
    """``exactly 1 record``, ``no record``, ``at least 2 records``."""
    if count.at_most == 0:
        return "no record"
    return f"{count} record{'' if (count.at_least if count.at_most is None else count.at_most) == 1 else 's'}"
