"""What is said against a connection that was made of a sample, beside the connections that the inventory has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML

from ....inventory.errors import ChangeError, IntentError
from ....inventory.models.platforms import Platform
from ..intents.intent import CloudFile
from ..intents.intent_file import Connections, load
from ..placing.features import refuse_platform


def objections_to(text: str, inventory: Path, platforms: Mapping[str, Platform], today: date) -> tuple[str, ...]:
    """One sentence each; none where the deploy takes it. Raises IntentError where the inventory's own file is refused."""
    there = load(inventory)
    try:
        made = CloudFile.model_validate(YAML(typ="safe").load(text))
    except ValidationError as error:
        return tuple(".".join(map(str, one["loc"])) + " has a value that it cannot have" for one in error.errors())
    found = []
    for site in made.cloud:
        if site.name in there.by_name:
            found.append(f"connection {site.name} exists already: give another --name")
        try:
            refuse_platform(site, platforms[site.host])
            Connections({}, there.path).check(site, today)
        except (ChangeError, IntentError) as error:
            found.append(str(error))
    return tuple(found)
