"""The intents of all services of an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ....inventory.errors import NoIntent
from ....inventory.models.platforms import Platform
from ....services.registry import declared, find
from ....services.service import Intended


def every_intent(inventory: Path, platforms: Mapping[str, Platform]) -> dict[str, Intended]:
    """By service, in the order of the registry. Raises IntentError for whatever is wrong with one of them.

    An inventory may be about some services alone: one whose files are not there is left out, unless there are no others.
    """
    found: dict[str, Intended] = {}
    missing: NoIntent | None = None
    for name in declared().services:
        try:
            found[name] = find(name).intended(inventory, platforms)
        except NoIntent as error:
            missing = missing or error
    if missing is not None and not any(intended.names() for intended in found.values()):
        raise missing
    return found
