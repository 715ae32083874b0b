"""Messages and warnings that one session received without asking; each warning is reported once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from msgspec import Struct, field

from ...inventory.hiding.secrets import Secrets

logger = logging.getLogger("nr_run.session")


class Heard(Struct):
    """What one session has heard of its device, with tokens instead of secrets. ``tell`` is given each warning once."""

    name: str
    secrets: Secrets
    tell: Callable[[str], None]
    messages: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def keep(self, messages: Sequence[str], warnings: Sequence[str]) -> None:
        """Keep these messages in the order of arrival."""
        for message in messages:
            self.messages.append(self.secrets.hide(message))
            logger.debug("%s: without having been asked: %s", self.name, self.messages[-1])
        for warning in warnings:
            self.warn(f"{self.name}: {self.secrets.hide(warning)}")

    def warn(self, sentence: str) -> None:
        """Report a warning, unless it was reported before."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)
            self.tell(sentence)
