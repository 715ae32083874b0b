"""What is built for a head-end, in two parts: what no client meets, and what takes clients.

Never part of it: trustpoints and certificates, `no ip http secure-server` (the web interface and RESTCONF need it), the default
IKEv2 proposal and policy (other peers use them), and anything else of the whole device.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config
from ...changes.plans.replacing import Replacing
from ...inventory.errors import ChangeError
from ...inventory.intents.intent import IPSecProposal
from ...inventory.models.platforms import Platform
from ...templates.environment import fill
from ...templates.words import FILTERS
from ..common.ikev2_policies import offer_in
from ..service import Site
from .in_place import fitted, stands, used_no_more
from .intent import FlexVpn
from .limits import KEY_ID
from .names import HeadEndNames, allocate, draft, refuse_unfit

#: The model on which this is built, and the first release whose lines are known.
MODEL, SINCE = "C8000V", 17


def refuse_platform(wanted: FlexVpn, platform: Platform) -> None:
    """Raises ChangeError for what the release of the router cannot do, or is not known to do."""
    suite = platform.suites.get(2)
    if platform.model != MODEL or platform.release.major < SINCE or suite is None:
        raise ChangeError(
            f"{wanted.host}: a head-end for Secure Client is built on a {MODEL} with IOS-XE 17, and this is {platform}"
        )
    ike, esp = wanted.ike, wanted.esp
    lacking = [
        *(word for word in ike.encryption if word not in suite.ike_encryption),
        *(word for word in ike.integrity if word not in suite.ike_integrity),
        *(f"group {group}" for group in ike.groups if group not in suite.ike_groups),
        *([] if esp.encryption in suite.esp_encryption else [f"{esp.encryption} for ESP"]),
        *([] if esp.integrity in {*suite.esp_integrity, None} else [f"{esp.integrity} for ESP"]),
    ]
    if lacking:
        raise ChangeError(f"{wanted.host} ({platform}) cannot do {', '.join(lacking)}, or is not known to")


def _words(site: Site[FlexVpn], names: HeadEndNames) -> Mapping[str, Any]:
    wants = site.member.wants
    esp = IPSecProposal(name=wants.name, encryption_algorithm=wants.esp.encryption, authentication_algorithm=wants.esp.integrity)
    return {
        "head_end": wants,
        "names": names,
        "keys": site.keys,
        "key_id": KEY_ID,
        "transforms": FILTERS["ios_transforms"](esp),
    }


class Part(Struct, frozen=True):
    """One part of a head-end: a template, and the families that it makes."""

    name: str
    families: tuple[str, ...]
    template: str

    def draft(self, site: Site[FlexVpn]) -> HeadEndNames:
        """Names before the router is known. Raises ChangeError for a release on which this is not built."""
        refuse_platform(site.member.wants, site.platform)
        return draft(site.member.wants)

    def names(self, site: Site[FlexVpn], wanted: Config, running: Config) -> HeadEndNames:
        """Names on this router. Raises ChangeError where there is no safe place."""
        wants = site.member.wants
        if self is GROUND:
            refuse_unfit(wants, site.running, running)
        offer = offer_in(GROUND.text(site, draft(wants)))
        names = allocate(wants, offer, site.running, running)
        if self is GROUND:
            return fitted(wants, names, running, site.outputs, wanted)
        # What is said of pool and lists is said once; what the profile names is let go of when the profile is changed.
        made = fitted(wants, names, running, site.outputs, None)
        if not stands(names, running):
            return replace(made, decisions=())
        kept = Replacing(made.replacing.editable, used_no_more(names, running))
        return replace(made, decisions=(), replacing=kept)

    def text(self, site: Site[FlexVpn], names: HeadEndNames) -> str:
        """The desired configuration."""
        return f"{fill(self.template, **_words(site, names)).rstrip()}\n"


GROUND = Part(
    "flexvpn-ground",
    (
        *("aaa-list", "user", "address-pool", "standard-list", "ikev2-authorization"),
        *("ikev2-proposal", "ikev2-policy", "ikev2-offer", "transform-set"),
    ),
    "ios/flexvpn_ground.j2",
)
CLIENTS = Part(
    "flexvpn-clients",
    ("client-profile", "ikev2-profile", "ipsec-profile", "virtual-template"),
    "ios/flexvpn_clients.j2",
)
