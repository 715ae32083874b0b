"""What is built for a site, stage by stage, as text: the tunnels, the probes, what would lead packets, and the line that does.

Never part of it: addresses and access groups of the interfaces that are there, and settings of the whole device (dead peer
detection and NAT keepalive are given to our profiles alone, fragmentation to nobody).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ...changes.configurations import tree
from ...changes.objects import Config, read_desired
from ...changes.plans.replacing import Replacing
from ...inventory.errors import ChangeError
from ...inventory.intents.intent import IPSecProposal
from ...inventory.models.platforms import Platform
from ...inventory.systems import system_of
from ...templates.environment import fill
from ...templates.words import ESP_INTEGRITY, FILTERS
from ..common.ikev2_policies import offer_in
from ..service import Site
from .in_place import agreed_before, asked_no_more, editing, fitted, refuse_torn
from .intent import Zia
from .limits import NULL
from .names import SiteNames, allocate, draft
from .words import leading_words

_BINDING = "ip policy route-map "


def refuse_platform(site: Zia, platform: Platform) -> None:
    """Raises ChangeError for what the release of the router cannot do, or is not known to do."""
    system = system_of(platform)
    suite = platform.suites.get(2)
    if suite is None or system.ikev2_policy != "address" or "track" not in system.shows:
        raise ChangeError(f"{site.host}: this is built on IOS 15.1(1)T and later, and this is {platform}")
    ike, esp = site.ike, site.esp
    lacking = [
        *([ike.encryption_algorithm] if ike.encryption_algorithm not in suite.ike_encryption else []),
        *([ike.authentication_algorithm] if ike.authentication_algorithm not in suite.ike_integrity else []),
        *([f"group {ike.group}"] if ike.group not in suite.ike_groups else []),
        *([str(esp.authentication_algorithm)] if esp.authentication_algorithm not in {*suite.esp_integrity, None} else []),
        *([f"PFS group {esp.pfs_group}"] if esp.pfs_group not in {*suite.pfs_groups, None} else []),
    ]
    # A release with the compliance shield says by what it would allow old algorithms; it refuses NULL with them.
    null = esp.encryption_algorithm == NULL
    if platform.allows_old if null else esp.encryption_algorithm not in suite.esp_encryption:
        lacking.append(f"{esp.encryption_algorithm} for ESP")
    if lacking:
        raise ChangeError(f"{site.host} ({platform}) cannot do {', '.join(lacking)}, or is not known to")


def transforms_of(site: Zia) -> str:
    """Phase 2 as IOS writes it."""
    esp = site.esp
    if esp.encryption_algorithm == NULL:
        return f"esp-null {ESP_INTEGRITY[str(esp.authentication_algorithm)]}"
    proposal = IPSecProposal(
        name=site.name, encryption_algorithm=esp.encryption_algorithm, authentication_algorithm=esp.authentication_algorithm
    )
    return FILTERS["ios_transforms"](proposal)


def _words(site: Site[Zia], names: SiteNames) -> Mapping[str, Any]:
    wants = site.member.wants
    return {
        **leading_words(wants, names),
        "key": site.keys[wants.preshared_key_ref],
        "transforms": transforms_of(wants),
    }


def _refuse_nothing(site: Zia, running: str) -> None:
    """Nothing is asked of the router."""


def _refuse_interface(site: Zia, running: str) -> None:
    """The interface of the hosts has to be there, and free: an interface has one route map."""
    nodes = [node for node in tree.parse(running) if node.line == f"interface {site.lan_interface}"]
    if not nodes:
        raise ChangeError(f"{site.host}: interface {site.lan_interface} is not there")
    for line in nodes[0].children:
        if line.startswith(_BINDING) and line != f"{_BINDING}{draft(site).own}":
            raise ChangeError(
                f"{site.host}: {site.lan_interface} has {line!r}, and an interface has one route map: whoever made it has to "
                "remove it, or move its clauses into ours"
            )


def _refuse_profiles(site: Zia, running: str) -> None:
    """A profile of somebody else that matches an edge would take its tunnel."""
    own = [edge.own for edge in draft(site).edges]
    for node in tree.parse(running):
        if not node.line.startswith("crypto ikev2 profile ") or node.line.split()[-1] in own:
            continue
        for _, edge in site.edges:
            if any(line.startswith(f"match identity remote address {edge.address}") for line in node.children):
                raise ChangeError(f"{site.host}: {node.line!r} is for {edge.address} already: the router has a tunnel to it")


class Part(Struct, frozen=True):
    """One feature of a site: a template, the families that it makes, and what the router must not have for it."""

    name: str
    families: tuple[str, ...]
    template: str
    refuse: Callable[[Zia, str], None] = _refuse_nothing
    #: What may be edited, and what goes with it.
    replaced: Callable[[Zia, SiteNames, Config], Replacing] = editing

    def draft(self, site: Site[Zia]) -> SiteNames:
        """Names before the router is known. Raises ChangeError for a release on which this is not built."""
        refuse_platform(site.member.wants, site.platform)
        return draft(site.member.wants)

    def names(self, site: Site[Zia], wanted: Config, running: Config) -> SiteNames:  # noqa: ARG002 - all parts have the same names
        """Names on this router. Raises ChangeError where there is no safe place."""
        wants = site.member.wants
        self.refuse(wants, site.running)
        refuse_torn(wants, running)
        there = allocate(wants, offer_in(TUNNELS.text(site, draft(wants))), site.running, running)
        names = fitted(wants, there, partial(_whole, site), running, site.running)
        decisions = names.decisions if self is TUNNELS else ()  # they are told once
        return replace(names, decisions=decisions, replacing=self.replaced(wants, names, running))

    def text(self, site: Site[Zia], names: SiteNames) -> str:
        """The desired configuration, whole lines of it: another part follows in the same stage."""
        return f"{fill(self.template, **_words(site, names)).rstrip()}\n"


TUNNELS = Part(
    "zia-tunnels",
    (
        *("ikev2-proposal", "ikev2-policy", "ikev2-offer", "ikev2-keyring", "ikev2-profile"),
        *("transform-set", "ipsec-profile", "tunnel-interface", "static-route"),
    ),
    "ios/zia_tunnels.j2",
    _refuse_profiles,
    agreed_before,
)
PROBES = Part("zia-probes", ("sla-operation", "sla-schedule", "track"), "ios/zia_probes.j2")
LEADING = Part("zia-leading", ("access-list", "route-map-clause"), "ios/zia_leading.j2")
CUT_OVER = Part("zia-cut-over", ("policy-binding",), "ios/zia_cut_over.j2", _refuse_interface, asked_no_more)


def _whole(site: Site[Zia], names: SiteNames) -> Config:
    """All that a site is to have under these names."""
    return read_desired(system_of(site.platform).os, "".join(part.text(site, names) for part in PARTS))


PARTS: tuple[Part, ...] = (TUNNELS, PROBES, LEADING, CUT_OVER)
