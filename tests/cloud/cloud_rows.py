"""The errors of the vendor's page for an ASA and Alibaba Cloud, planted one by one.

Source: Alibaba Cloud VPN Gateway, Encrypt and forward private traffic over an Express Connect circuit (static and BGP routing).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nr_run.checks.observations.observation import Probe
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.verdicts.verdict import through
from nr_run.services.service import Traffic

from ..services.cloud.planned import staged, text
from ..services.cloud.sites import BARE, PLATFORM, site
from .cloud_walk import Scene, built, walk
from .rows import Place, Row, Said

FAMILY = ("router bgp 65530", "address-family ipv4 unicast")
CLEAR = "route VBR 172.16.0.0 255.255.0.0 10.0.0.1"
LAN = "route private 192.168.20.0 255.255.255.0 192.168.50.216 19"
OPEN: dict[str, Any] = {"encryption_mandatory": False, "on_total_loss": "open"}
OLD = {"encryption_algorithm": "aes-128-cbc", "authentication_algorithm": "hmac-sha1"}
POLICY_10 = "crypto ikev2 policy 10\n encryption aes\n integrity sha\n group 14\n prf sha\n lifetime seconds 86400\n"
RULE = "prefix-list NR-ali-OUT seq 90 permit 192.168.10.0/24"
UNDERLAY = "network 192.168.10.0 mask 255.255.255.0"
THEIRS = (*FAMILY, "neighbor 192.0.2.1 remote-as 64500")


def _row(error: str, has: str, place: Place, sentence: str, **scene: Any) -> Row:
    return Row(error, has, place, sentence, partial(walk, Scene(**scene)))


def _never(has_not: Callable[[str], bool], words: str) -> Callable[[], Sequence[Said]]:
    """What nothing that we build holds, in any form of the intent; found where it does, it is said under another place."""

    def plant() -> list[Said]:
        forms = (site(), site(**OPEN), site(lan_prefixes=["192.168.20.0/24", "192.168.21.0/24"]))
        wrong = [line for form in forms for line in text(form).splitlines() if not has_not(line)]
        return [Said("verify", line) for line in wrong] or [Said("never built", words)]

    return plant


def _unbuilt(error: str, has: str, *patterns: str) -> Row:
    words = ", ".join(patterns)
    return Row(error, has, "never built", words, _never(lambda line: not any(p in line for p in patterns), words))


def _whole_neighbours() -> Sequence[Said]:
    """Each neighbour has its lists, timers and limit before it is spoken with."""
    lines = text(site()).splitlines()
    for far in ("169.254.10.1", "169.254.20.1"):
        mine = [line.split(f"{far} ")[1].split()[0] for line in lines if f"neighbor {far} " in line]
        if mine[-1] != "activate" or not {"timers", "prefix-list", "maximum-prefix", "ebgp-multihop"} <= set(mine):
            return [Said("verify", f"{far}: {mine}")]
    return [Said("never built", "a neighbour without lists, timers and a limit")]


def _own_policy() -> Sequence[Said]:
    lines = text(site()).splitlines()
    owned = sum(line == " default-group-policy NR-ali" for line in lines)
    return [Said("never built", "a tunnel group without a policy of its own")] if owned == 2 else [Said("verify", str(owned))]


def _others_policy() -> Sequence[Said]:
    made, _ = staged(site(), BARE.replace(": end", f"{POLICY_10}: end"))[0]
    edited = "crypto ikev2 policy 10\n" in made.text
    return [Said("verify", made.text)] if edited else [Said("never built", made.decisions[0])]


def _asked() -> Sequence[Said]:
    """Every stage has a gate that asks the firewall itself: the document looks at a console and a ping alone."""
    deployment = deployment_of(site())
    (member,) = deployment.members
    gates = (stage.gate for stage in deployment.stages)
    silent = [gate for gate in gates if isinstance(gate, Traffic) or not gate.asks(member, PLATFORM)]
    return [Said("verify", str(gate)) for gate in silent] or [Said("never built", "a stage that no command verifies")]


def _large_lost() -> Sequence[Said]:
    """Small packets pass a tunnel, and those of full size are lost."""
    made = built()
    first = through(made.deployment.wanted.first)
    return [Said("verify", made.verdict({first: (Probe(5, 5), Probe(3, 0))}).sentence)]


ROWS: tuple[Row, ...] = (
    Row("E4-15", "no command that verifies", "never built", "that no command verifies", _asked),
    Row("E4-16", "a ping of 1000 bytes as a proof", "verify", "none of 3 of full size", _large_lost),
    _row(
        *("E4-1", "the cloud's address on the firewall", "precheck", "the two addresses of the circuit are swapped"),
        before=(
            "no route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1",
            "interface GigabitEthernet0/4",
            "ip address 10.0.0.1 255.255.255.252",
        ),
    ),
    _row(
        *("E4-1", "one address for both ends of the circuit", "intent", "circuit.address and circuit.next_hop are both 10.0.0.1"),
        wanted={"circuit": {"address": "10.0.0.1"}},
    ),
    _row(
        *("E4-2", "a network that the table has not exactly", "precheck", "is not in the routing table with exactly this mask"),
        wanted={"lan_next_hop": None},
        before=(
            *("interface GigabitEthernet0/5", "ip address 192.168.50.215 255.255.255.0"),
            "route private 192.168.0.0 255.255.0.0 192.168.50.216",
        ),
    ),
    _row(
        *("E4-2", "the prefix that matters is not advertised", "gate", "receives nothing, and not 192.168.20.0/24"),
        after=(f"no {LAN}",),
        mended=(LAN,),
    ),
    _row(
        *("E4-3", "ends of the tunnels among what is told", "intent", "it would lead the tunnel into itself"),
        wanted={"lan_prefixes": ["192.168.20.0/24", "192.168.10.0/24"]},
    ),
    _row(
        *("E4-3", "somebody tells an end of a tunnel", "gate", "with the ends of the tunnels"),
        after=(RULE, *FAMILY, UNDERLAY),
        mended=(*FAMILY, f"no {UNDERLAY}", "exit", "exit", f"no {RULE}"),
    ),
    _row(
        *("E4-4", "IKE by the interface of the circuit", "precheck", "IKE that comes in by another interface is not answered"),
        wanted={"first": {"next_hop": None}},
        before=(
            "no route VPN-IP1 10.10.10.49 255.255.255.255 192.168.10.1 1",
            "route VBR 10.10.10.49 255.255.255.255 10.0.0.1",
        ),
    ),
    _row(*("E4-5", "failing open, implicitly", "intent", "open sends in clear"), drops=("on_total_loss",)),
    _row(
        *("E4-5", "failing open where encryption is mandatory", "intent", "sends in clear without a tunnel"),
        wanted={"on_total_loss": "open"},
    ),
    _row(*("E4-5", "failing open, as was asked", "intent", "goes over VBR, in clear"), wanted=OPEN),
    _row(
        *("E4-6", "the first static route beside what is left", "gate", "static routes to the cloud"),
        after=(CLEAR,),
        mended=(f"no {CLEAR}",),
    ),
    _row(
        *("E4-6", "a static route that is neither", "plan", "has the distance 5, and circuit.distance is 1"),
        before=("no route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1", f"{CLEAR} 5"),
    ),
    _row(
        *("E4-6", "a part of the cloud by the circuit", "plan", "leads to a part of the cloud"),
        before=("route VBR 172.16.10.0 255.255.255.0 10.0.0.1",),
    ),
    _row(*("E4-7", "five ways without a zone", "intent", "needs a traffic zone"), wanted={"bgp": {"maximum_paths": 5}}),
    _row(
        *("E4-7", "equal ways of a router that is there", "precheck", "which are in no traffic zone"),
        before=(*THEIRS, "maximum-paths 5"),
    ),
    _unbuilt("E4-8", "a level of an interface that is there", "security-level"),
    _row(
        *("E4-9", "AES of 128 bits with SHA-1", "intent", "hmac-sha1 needs a waiver"),
        wanted={"ike": OLD, "esp": OLD},
    ),
    _row(
        *("E4-9", "what the console has not", "intent", "is not in the console"),
        wanted={"ike": {"group": 19}},
    ),
    Row("E4-10", "IKEv2 policy 10 of other peers", "never built", "last, so that other peers", _others_policy),
    Row("E4-11", "BGP with what it has by default", "never built", "a neighbour without lists", _whole_neighbours),
    Row("E4-12", "tunnel groups with the default policy", "never built", "a tunnel group without", _own_policy),
    _unbuilt("E4-13", "a network that the plan forgot", "network 192.168.50.0", "permit 192.168.50.0"),
    _unbuilt("E4-14", "comments that an ASA takes for commands", "#", "  255.255"),
    _row(
        *("5.a", "the key as the page prints it", "intent", "a key is never written into the intent"),
        wanted={"first": {"psk": "fddsFF111****"}},
    ),
    _row(
        *("5.a", "a reserved network inside the tunnel", "intent", "is reserved by the cloud"),
        wanted={"first": {"tunnel_prefix": "169.254.6.0/30"}},
    ),
    _row(
        *("5.a", "what is told is as long as the VBR has it", "intent", "it would answer in clear"),
        wanted={"lan_prefixes": ["192.168.0.0/16"]},
    ),
    _row(*("5.a", "IKEv1", "intent", "IKEv1 takes one pair of networks"), wanted={"ike_version": 1}),
    _row(
        *("5.a", "a list where the console takes one value", "intent", "takes one value"),
        wanted={"ike": {"group": [14, 5]}},
    ),
    _unbuilt("5.b", "an identity in the profile", "local-identity", "crypto isakmp identity"),
    _row(
        *("5.b", "an identity that the cloud does not know", "precheck", "the cloud knows it by its address"),
        before=("crypto isakmp identity hostname",),
    ),
    _row(
        *("5.d", "the end of a tunnel routed into a tunnel", "gate", "10.10.10.50 is reached by NR-ali-1"),
        after=("route NR-ali-1 10.10.10.50 255.255.255.255 169.254.10.1 1",),
        mended=("no route NR-ali-1 10.10.10.50 255.255.255.255 169.254.10.1 1",),
    ),
    _row(*("5.d", "the cloud tells nothing", "gate", "which leads to none of 172.16.10.225"), fault=("bgp-untold",)),
    _row(*("5.d", "the gateways are gone", "gate", "neighbour 169.254.10.1 is Active"), fault=("down",)),
    _row(
        *("5.d", "NAT before the tunnels", "precheck", "the cloud knows the hosts by their own addresses"),
        before=("object network HOSTS", "subnet 192.168.20.0 255.255.255.0", "nat (private,any) dynamic interface"),
    ),
    _row(
        *("5.d", "a second system on the firewall", "plan", "it runs BGP as AS 64512"),
        before=("router bgp 64512",),
    ),
)
