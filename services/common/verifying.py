"""What a verification knows of a deployment when it judges it: what each device showed, and how it stands against the intent.

Plain records; the engine fills them, a service judges them (`Service.verdict`). What a device did not show is not known, and
nothing may be concluded from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from ...checks.observations.looks import Shown
from ...checks.observations.observation import Observation
from ...checks.observations.questions import Question
from .intended_state import ComparedMember

if TYPE_CHECKING:
    from ...parsers.logs.provider_log import ProviderLog


class Seeing(Struct, frozen=True):
    """All that is known of the members of one deployment, by host. ``time`` is UTC (ISO 8601).

    ``standing`` has those whose configuration was read. ``probing`` is False where nothing was to be sent.
    """

    shown: Mapping[str, Shown]
    standing: Mapping[str, ComparedMember]
    time: str
    probing: bool
    #: What the gateway of the far end says of it, where somebody gave its log.
    provider: ProviderLog | None = None

    def of(self, host: str) -> Shown:
        """What one device showed."""
        return self.shown[host]

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each device that was not reached, or not read to the end."""
        return tuple(one.why_not for one in self.shown.values() if one.why_not)

    @property
    def changing(self) -> tuple[str, ...]:
        """Who is changing which device, a sentence each."""
        return tuple(dict.fromkeys(one.changing for one in self.shown.values() if one.changing))


def unanswered(host: str, seen: Observation, questions: Iterable[Question]) -> str:
    """A sentence on the first of the questions that the device did not answer, or not in full; else ""."""
    for question in questions:
        answer = seen.answer(question)
        if answer is None:
            return f"{host} did not show {question}"
        if not answer.complete:
            return f"{answer.command}: line {answer.problems[0].line} was not understood"
    return ""
