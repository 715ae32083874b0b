"""When the next stage of a site may begin, and when a removal is done: by what the router shows, and never by silence."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.checks.finding import Status, proved
from nr_run.inventory.errors import NotKnown
from nr_run.services.zia import gates
from nr_run.services.zia.gates import Watched

from .planned import deployed
from .shown import AGREED, Router
from .sites import BARE, PLATFORM, site

GATES = {"tunnels": gates.tunnels, "probes": gates.probes, "leading": gates.leading, "cut-over": gates.led}
UNBOUND = deployed(site()).replace(" ip policy route-map NR-branch-zia\n", "")


def gate(name: str, router: Router) -> Watched:
    """One gate of the site of a router."""
    return GATES[name](router.wanted)


def against(name: str, router: Router) -> list[str]:
    """Sentences of what keeps a gate from holding."""
    return [item.sentence for item in gate(name, router).judge([router.seen()], removed=False) if item.status is not Status.OK]


@pytest.mark.parametrize("name", GATES)
def test_a_site_in_order_passes(name: str) -> None:
    """Both tunnels, both probes, the map and its binding: each gate holds, and says what it saw."""
    router = Router()
    found = gate(name, router).judge([router.seen()], removed=False)
    assert proved(found), [item.sentence for item in found]
    assert set(gate(name, router).asks(router.seen().member, PLATFORM)) <= set(router.seen().outputs)


#: The gate that sees it first, what is wrong, and the sentence.
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("tunnels", {"ike": {1: "READY"}}, "backup: 198.51.100.20 is not up (no IKEv2 SA)"),
    ("tunnels", {"ike": {1: "IN-NEG", 2: "READY"}}, "primary: 198.51.100.10 is not up (IN-NEG)"),
    (
        *("tunnels", {"agreed": {2: AGREED.replace("14", "2")}}),
        "backup: the IKE SA with 198.51.100.20 has aes-256-cbc hmac-sha256 group 2, and the intent aes-256-cbc",
    ),
    ("tunnels", {"agreed": {1: AGREED.replace("Hash: SHA256", "Hash: SHA96")}}, "primary: the IKE SA with 198.51.100.10 has"),
    (
        "tunnels",
        {"agreed": {1: AGREED.replace("256, PRF", "128, PRF")}},
        "primary: the IKE SA with 198.51.100.10 has aes-128-cbc",
    ),
    ("tunnels", {"sas": frozenset({1})}, "backup: Tunnel2 has no pair of SAs with 198.51.100.20"),
    ("tunnels", {"transform": "esp-null esp-sha256-hmac"}, "primary: Tunnel1 is up and encrypts nothing"),
    ("tunnels", {"transform": "esp-aes esp-sha-hmac"}, "primary: Tunnel1 has aes-128-cbc hmac-sha1, and the intent aes-256-cbc"),
    ("probes", {"tracks": {1: "Up", 2: "Down"}}, "backup: its track is down"),
    ("probes", {"tracks": {1: "Up, delayed Down (5 secs remaining)", 2: "Up"}}, "primary: its track is up, about to be down"),
    ("probes", {"codes": {1: "Timeout", 2: "OK"}}, "primary: 203.0.113.10 does not answer (Timeout)"),
    ("leading", {"hops": {1: "down", 2: "up"}}, "the route map leads to 192.168.253.6, and the primary is 192.168.253.2"),
    ("leading", {"hops": {1: "undefined", 2: "down"}}, "the route map leads to no next hop"),
    ("leading", {"end": ""}, "with both tunnels lost it sends by the routing table, and the intent says closed"),
    ("cut-over", {"running": UNBOUND}, "Vlan1 has not the route map NR-branch-zia"),
]


@pytest.mark.parametrize(("name", "wrong", "words"), WRONG)
def test_what_is_wrong_keeps_its_gate_shut(name: str, wrong: dict[str, Any], words: str) -> None:
    """Each thing alone is enough, is told, and shuts the last gate too, after which nobody would look."""
    router = Router().but(**wrong)
    assert any(sentence.startswith(words) for sentence in against(name, router)), against(name, router)
    assert against("cut-over", router)


def test_an_open_end_is_what_an_open_site_has() -> None:
    """Null0 on a site that is to send by the routing table is as wrong as the other way round."""
    null = {"encryption_algorithm": "null"}
    wanted = site(esp=null, encryption_mandatory=False, on_total_loss="open", encryption_subscription=False)
    router = Router(wanted=wanted, transform="esp-null esp-sha256-hmac", end="")
    assert not against("cut-over", router)
    assert against("leading", router.but(end="    interface Null0\n"))


@pytest.mark.parametrize(
    "command", ["show crypto ikev2 sa", "show crypto ipsec sa", "show track", "show ip sla statistics", "show route-map"]
)
def test_what_is_not_understood_is_no_pass(command: str) -> None:
    """A line that no template knows leaves the gate open to doubt, and nothing else is concluded."""
    router = Router()
    seen = router.seen()
    odd = replace(seen, outputs={**seen.outputs, command: f"{seen.outputs[command]}  The moon is full\n"})
    found = gate("cut-over", router).judge([odd], removed=False)
    assert {item.status for item in found} == {Status.UNVERIFIED}
    assert command in found[0].sentence


@pytest.mark.parametrize("command", ["show track", "show ip sla statistics", "show route-map"])
def test_silence_is_no_pass(command: str) -> None:
    """A router that has tracks, probes and route maps shows them: where it prints nothing, nothing is known."""
    router = Router().but(more={command: ""})
    name = "leading" if command == "show route-map" else "probes"
    found = gate(name, router).judge([router.seen()], removed=False)
    assert {item.status for item in found} == {Status.UNVERIFIED}


def test_a_configuration_that_is_not_whole_decides_nothing() -> None:
    """What is absent in a text that breaks off is not gone."""
    seen = Router().seen()
    cut = replace(seen, outputs={**seen.outputs, "show running-config": BARE[:60]})
    for removed in (False, True):
        with pytest.raises(NotKnown):
            gate("tunnels", Router()).judge([cut], removed=removed)


@pytest.mark.parametrize("name", GATES)
def test_what_is_gone_is_gone(name: str) -> None:
    """On a router as it was before, each gate of a removal holds; where anything of the stage is left, none does."""
    gone, there = Router().but(running=BARE.removesuffix("end\n")), Router()
    assert proved(gate(name, gone).judge([gone.seen()], removed=True))
    assert not proved(gate(name, there).judge([there.seen()], removed=True))
