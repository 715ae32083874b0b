"""The protocol of every service: an inventory asks for it, and a verification judges it, whoever has built it.

A service that is built as well is a `Service` (service.py). One that is only verified has no command that deploys or removes, its
deployments are of a kind of their own (watched.py), and whatever would build it asks for a `Service` and finds none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..checks.observations.looks import Shown, Stimulus
from ..checks.observations.questions import Question
from ..checks.verdict import Verdict
from ..inventory.models.platforms import Platform

if TYPE_CHECKING:
    from .common.verifying import Seeing
    from .service import Deployment, Intended, Member, Place


class Verified(Protocol):
    """A service that is verified."""

    @property
    def name(self) -> str:
        """The name by which a record finds the service again."""

    @property
    def noun(self) -> str:
        """What one instance is called in a sentence ("tunnel")."""

    @property
    def wanted(self) -> Any:
        """Type of ``Deployment.wanted``, kept as JSON: a pydantic model, or a dataclass of them (it knows no Struct)."""

    def intended(self, inventory: Path, platforms: Mapping[str, Platform]) -> Intended:
        """What the files of an inventory folder ask for. Raises IntentError."""

    def deployment(self, wanted: Any) -> Deployment:
        """The deployment of a record; the same record gives the same deployment. Raises ChangeError."""

    def references(self, deployment: Deployment) -> tuple[str, ...]:
        """References of the secrets that its texts hold."""

    def places(self, deployment: Deployment) -> tuple[Place, ...]:
        """Where its devices stand; what it knows of none is left out."""

    def survey(self, deployment: Deployment, member: Member) -> tuple[Question, ...]:
        """What a member's device is asked by a verification, beside its running configuration."""

    def stimulus(self, deployment: Deployment, member: Member, shown: Shown) -> tuple[Stimulus, ...]:
        """What a verification sends from a member's device, by what that has shown so far; nothing where nothing is needed."""

    def verdict(self, deployment: Deployment, seeing: Seeing) -> Verdict:
        """The verdict on one deployment. What was not read is unknown in it, neither up nor down."""

    def title(self, deployment: Deployment) -> str:
        """One line that says what it joins, for the head of a plan."""

    def for_people(self, deployment: Deployment) -> tuple[str, ...]:
        """What the intent says to people about it, one line each."""
