"""The desired configuration of one stage on one member, made by its features: written with the names that the device has free."""

from __future__ import annotations

from msgspec import Struct

from ...changes.objects import read, read_desired
from ...changes.plans.replacing import Replacing
from ...inventory.errors import ChangeError
from ..service import Feature, Found, Site, Stage


class Built(Struct, frozen=True):
    """The desired configuration of one stage on one member, with the sentences on it."""

    text: str
    decisions: tuple[str, ...]
    replacing: Replacing


def build(stage: Stage, site: Site) -> Built:
    """What the features of a stage make on a site. Raises ChangeError, also for an object that no feature has said it makes."""
    texts: list[str] = []
    decisions: list[str] = []
    replaced: list[Replacing] = []
    for feature in stage.features:
        text, names = desired(feature, site)
        texts.append(text)
        decisions += names.decisions
        replaced.append(names.replacing)
    return Built(
        "".join(texts),
        tuple(decisions),
        Replacing(
            frozenset(key for item in replaced for key in item.editable),
            tuple(found for item in replaced for found in item.retired),
            tuple(sentence for item in replaced for sentence in item.stays),
        ),
    )


def desired(feature: Feature[Found], site: Site) -> tuple[str, Found]:
    """The desired configuration and the names in it.

    Written twice: with draft names to learn what is wanted, then with the names that the device has free.
    """
    os, host = site.platform.os, site.member.host
    wanted = read_desired(os, feature.text(site, feature.draft(site)))
    strange = sorted({item.family.name for item in wanted.objects.values()} - {*feature.families})
    if strange:
        raise ChangeError(f"{host}: {feature.name} would make {', '.join(strange)}, which it does not say it makes")
    names = feature.names(site, wanted, read(os, site.running))
    return feature.text(site, names), names
