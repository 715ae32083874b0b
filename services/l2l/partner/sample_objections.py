"""What the validation says against an intent that was made of a provider's sample, beside what the inventory has already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML

from ....inventory.errors import IntentError, NrRunError
from ....inventory.files.present import intent_files
from ....inventory.intents.intent import Intent, IntentFile, Tunnel
from ....inventory.intents.intent_files import load_intent
from ....inventory.intents.validation import validate
from ....inventory.models.platforms import Platform


def objections_to(text: str, folder: Path, platforms: Mapping[str, Platform], today: date) -> tuple[str, ...]:
    """One sentence each; none where ``deploy`` takes it. ``folder`` is that of the intents, which may not be there yet.

    Raises IntentError where an intent of the inventory itself is refused: nothing can be said beside it.
    """
    try:
        made = IntentFile.model_validate(YAML(typ="safe").load(text))
    except ValidationError as error:
        places = (".".join(map(str, one["loc"])) for one in error.errors(include_url=False, include_input=False))
        return tuple(f"{place} is no value that an intent can have" for place in places)
    there = _there(folder)
    try:
        together = Intent.of(*there, made)
    except IntentError as error:
        return (f"{error}: give another --name",)
    return tuple(dict.fromkeys(_objections(together, made.tunnels, platforms, today)))


def _there(folder: Path) -> tuple[IntentFile, ...]:
    if not (folder.is_dir() and intent_files(folder)):
        return ()
    intent = load_intent(folder)
    return (
        IntentFile(
            schema_version=1,
            ike_proposals=tuple(intent.ike_proposals.values()),
            ike_policies=tuple(intent.ike_policies.values()),
            ipsec_proposals=tuple(intent.ipsec_proposals.values()),
            ipsec_policies=tuple(intent.ipsec_policies.values()),
            ipsec_profiles=tuple(intent.ipsec_profiles.values()),
            tunnels=tuple(intent.tunnels.values()),
        ),
    )


def _objections(together: Intent, tunnels: Sequence[Tunnel], platforms: Mapping[str, Platform], today: date) -> Iterator[str]:
    """Of each tunnel as if it were active and those of the same sample that are planned were not."""
    for tunnel in tunnels:
        others = {one.name for one in tunnels if "planned" in (one.status, tunnel.status)} - {tunnel.name}
        changed = {
            name: one.model_copy(update={"status": "active" if name == tunnel.name else "planned"})
            if name == tunnel.name or name in others
            else one
            for name, one in together.tunnels.items()
        }
        alone = Intent(
            together.ike_proposals,
            together.ike_policies,
            together.ipsec_proposals,
            together.ipsec_policies,
            together.ipsec_profiles,
            changed,
        )
        try:
            validate(alone, [changed[tunnel.name]], platforms, today)
        except NrRunError as error:
            yield from str(error).splitlines()
