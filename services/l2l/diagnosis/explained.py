"""Why a tunnel is not as it has to be: the causes that fit, by both sides where the far one has told. Pure."""

from __future__ import annotations

from msgspec import Struct

from ....checks.finding import Cause, Finding
from ....checks.signatures import one_of


class Explained(Struct, frozen=True):
    """Why a tunnel is not as it has to be, by both sides: the causes, and what is told of the provider's log."""

    causes: tuple[Cause, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def cause(self) -> Cause | None:
        """All of them in one."""
        return one_of(self.causes)
