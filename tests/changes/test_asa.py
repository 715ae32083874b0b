"""The families of an ASA: written flat, read as objects, created, edited and taken away in the words of each generation."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from nr_run.changes.configurations import tree
from nr_run.changes.families import ASA
from nr_run.changes.implicit_references import uses_of_peer
from nr_run.changes.objects import nodes_of, read
from nr_run.changes.plans.plan import plan, plan_removal, plan_reversal
from nr_run.changes.plans.replacing import Replacing
from nr_run.changes.plans.steps import Step
from nr_run.changes.selectors import selectors_of
from nr_run.inventory.errors import ChangeError

from . import cases
from .whole import restore

KEY = "<secret:credential:hq-branch-psk>"
RUNNING = """\
: Saved
ASA Version 9.1(7)
hostname asa91
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 172.18.124.91 255.255.255.0
object network hosts
 subnet 10.10.91.0 255.255.255.0
object-group network branches
 network-object 10.20.0.0 255.255.0.0
 network-object host 10.30.0.1
access-list other extended permit ip object hosts object-group branches
access-list outside_in extended permit icmp any any
access-group outside_in in interface outside
crypto ipsec ikev1 transform-set OTHER esp-3des esp-sha-hmac
crypto dynamic-map DYN 10 set ikev1 transform-set OTHER
crypto map outside_map 20 match address other
crypto map outside_map 20 set peer 192.0.2.7
crypto map outside_map 20 set ikev1 transform-set OTHER
crypto map outside_map 65535 ipsec-isakmp dynamic DYN
crypto map outside_map interface outside
crypto ikev1 enable outside
crypto ikev1 policy 10
 authentication pre-share
 encryption 3des
 hash sha
 group 2
 lifetime 86400
tunnel-group 192.0.2.7 type ipsec-l2l
tunnel-group 192.0.2.7 ipsec-attributes
 ikev1 pre-shared-key <key:00000007>
Cryptochecksum:d41d8cd98f00b204e9800998ecf8427e
: end
"""
TUNNEL = f"""\
crypto ikev1 policy 20
 authentication pre-share
 encryption aes-256
 hash sha
 group 5
 lifetime 86400
crypto ikev1 enable outside
crypto ipsec ikev1 transform-set NR-hq esp-aes-256 esp-sha-hmac
access-list NR-hq extended permit ip 10.10.91.0 255.255.255.0 10.10.20.0 255.255.255.0
group-policy NR-hq internal
group-policy NR-hq attributes
 vpn-tunnel-protocol ikev1
tunnel-group 172.18.124.199 type ipsec-l2l
tunnel-group 172.18.124.199 general-attributes
 default-group-policy NR-hq
tunnel-group 172.18.124.199 ipsec-attributes
 ikev1 pre-shared-key {KEY}
 isakmp keepalive threshold 10 retry 3
crypto map outside_map 30 set peer 172.18.124.199
crypto map outside_map 30 set ikev1 transform-set NR-hq
crypto map outside_map 30 set pfs group5
crypto map outside_map 30 match address NR-hq
crypto map outside_map interface outside
"""
#: Family to (desired text on a bare device, lines that create it, lines that take it away).
CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "isakmp-policy": (
        "crypto isakmp policy 10\n authentication pre-share\n encryption 3des\n",
        ["crypto isakmp policy 10", "authentication pre-share", "encryption 3des", "exit"],
        ["no crypto isakmp policy 10"],
    ),
    "ike-enable": ("crypto ikev1 enable outside\n", ["crypto ikev1 enable outside"], ["no crypto ikev1 enable outside"]),
    "transform-set": (
        "crypto ipsec transform-set T esp-3des esp-sha-hmac\n",
        ["crypto ipsec transform-set T esp-3des esp-sha-hmac"],
        ["no crypto ipsec transform-set T esp-3des esp-sha-hmac"],
    ),
    "access-list": (
        "access-list A extended permit ip host 10.0.0.1 any\n",
        ["access-list A extended permit ip host 10.0.0.1 any"],
        ["clear configure access-list A"],
    ),
    "group-policy": (
        "group-policy G internal\ngroup-policy G attributes\n vpn-tunnel-protocol ikev1\n",
        ["group-policy G internal", "group-policy G attributes", "vpn-tunnel-protocol ikev1", "exit"],
        ["clear configure group-policy G"],
    ),
    "tunnel-group": (
        f"tunnel-group 192.0.2.1 type ipsec-l2l\ntunnel-group 192.0.2.1 ipsec-attributes\n pre-shared-key {KEY}\n",
        ["tunnel-group 192.0.2.1 type ipsec-l2l", "tunnel-group 192.0.2.1 ipsec-attributes", f"pre-shared-key {KEY}", "exit"],
        ["clear configure tunnel-group 192.0.2.1"],
    ),
    "crypto-map-entry": (
        "crypto map M 7 set pfs\ncrypto map M 7 set security-association lifetime seconds 3600\n",
        ["crypto map M 7 set pfs", "crypto map M 7 set security-association lifetime seconds 3600"],
        ["clear configure crypto map M 7"],
    ),
    "crypto-map-binding": (
        "crypto map M 7 set pfs\ncrypto map M interface outside\n",
        ["crypto map M 7 set pfs", "crypto map M interface outside"],
        ["no crypto map M interface outside", "clear configure crypto map M 7"],
    ),
    "certificate-shown": (
        "ssl trust-point NEW outside\n",
        ["ssl trust-point NEW outside"],
        ["no ssl trust-point NEW outside"],
    ),
    **cases.ASA,
}


def lines(steps: tuple[Step, ...]) -> list[str]:
    """All lines of steps, in order."""
    return [line for step in steps for line in step.lines]


def test_every_family_has_a_case() -> None:
    """A family that is added to the table without a create and a remove case fails here."""
    assert set(CASES) == {family.name for family in ASA}


@pytest.mark.parametrize("family", CASES)
def test_create_and_remove(family: str) -> None:
    """The lines that create an object, and the lines that take it away again; what is there is not built twice."""
    text, forward, inverse = CASES[family]
    base = f"hostname asa91\n{cases.BASES.get(('asa', family), '')}"
    change = plan("asa91", "asa", text, base)
    assert family in {item.family.name for item in change.created}
    assert lines(change.forward) == forward
    assert lines(change.inverse) == inverse
    assert not plan("asa91", "asa", text, f"{base}{text}")


@pytest.mark.parametrize(
    "line",
    [
        "no sysopt connection permit-vpn",
        "route outside 0.0.0.0 0.0.0.0 192.0.2.1",
        "crypto map M 10 ipsec-isakmp dynamic D",
        "crypto map M 10 set reverse-route",
        "access-list A extended permit tcp any any",
        "access-list A extended deny ip any any",
        "tunnel-group P type remote-access",
        "tunnel-group P webvpn-attributes\n group-alias x",
        "group-policy G attributes\n vpn-simultaneous-logins 0",
        "clear configure all",
    ],
)
def test_unknown_line_is_refused(line: str) -> None:
    """A desired line that no rule knows is never pushed."""
    with pytest.raises(ChangeError, match="no rule knows the line"):
        plan("asa91", "asa", line, RUNNING)


def test_tunnel_on_a_box_with_others() -> None:
    """Reused is what is there, the selectors are switched on last, and the inverse takes nothing of the other tunnel's."""
    change = plan("asa91", "asa", TUNNEL, RUNNING)
    assert {item.title for item in change.reused} == {"ike-enable outside", "crypto-map-binding outside"}
    assert lines(change.forward)[-1] == "crypto map outside_map 30 match address NR-hq"
    assert lines(change.inverse) == [
        "clear configure crypto map outside_map 30",
        "clear configure tunnel-group 172.18.124.199",
        "clear configure group-policy NR-hq",
        "clear configure access-list NR-hq",
        "no crypto ipsec ikev1 transform-set NR-hq esp-aes-256 esp-sha-hmac",
        "no crypto ikev1 policy 20",
    ]
    assert "entry 20 of outside_map (peer 192.0.2.7) is on the same map; its SAs are not touched" in change.blast_radius
    told = "dynamic entry 65535 of outside_map (DYN, VPN clients) is on the same map; its SAs are not touched"
    assert told in change.blast_radius


def test_fold_and_unfold_are_inverse() -> None:
    """What is gathered below one header is written out again line by line; no line is lost or made up."""
    text = RUNNING + TUNNEL.replace("crypto ikev1 enable outside\n", "").replace("crypto map outside_map interface outside\n", "")
    config = read("asa", text)
    shown = [node.text for item in config.objects.values() for node in item.nodes] + [node.text for node in config.others]
    assert sorted(shown) == sorted(node.text for node in tree.parse(text))


def test_objects_of_other_tunnels_are_followed() -> None:
    """The selectors of an entry whose list names objects and groups are read; a group that is nowhere leaves them open."""
    config = read("asa", RUNNING)
    entry = config.get("crypto-map-entry", "outside_map", "20")
    assert entry is not None
    networks = [IPv4Network("10.20.0.0/16"), IPv4Network("10.30.0.1/32")]
    assert selectors_of(config, entry) == tuple((IPv4Network("10.10.91.0/24"), other) for other in networks)
    gone = read("asa", RUNNING.replace("object-group network branches", "object-group network others"))
    assert selectors_of(gone, entry) is None


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "set peer 172.18.124.199",
            "set peer 172.18.124.200",
            [
                "no crypto map outside_map 30 set peer 172.18.124.199",
                "crypto map outside_map 30 set peer 172.18.124.200",
            ],
        ),
        ("set pfs group5", "set pfs", ["crypto map outside_map 30 set pfs"]),
        (
            " ikev1 pre-shared-key <secret:credential:hq-branch-psk>",
            " ikev1 pre-shared-key <secret:credential:other>",
            ["tunnel-group 172.18.124.199 ipsec-attributes", "ikev1 pre-shared-key <secret:credential:other>"],
        ),
    ],
)
def test_edit_in_place(old: str, new: str, wanted: list[str]) -> None:
    """One setting is switched where it stands, and back; a peer is taken off before the next one, a key is replaced."""
    there = RUNNING + TUNNEL
    second = TUNNEL.replace(old, new)
    if "set peer" in new:
        second = second.replace("tunnel-group 172.18.124.199", "tunnel-group 172.18.124.200")
    keys = frozenset({("crypto-map-entry", ("outside_map", "30")), ("tunnel-group", ("172.18.124.199",))})
    change = plan("asa91", "asa", second, there, Replacing(editable=keys))
    assert change.edited
    assert [line for line in lines(change.forward) if line in wanted] == wanted
    group = TUNNEL[TUNNEL.index("tunnel-group") : TUNNEL.index("crypto map")] if "set peer" in new else ""
    back = plan_reversal(change, there, there.replace(TUNNEL, second) + group)
    assert [edit.after.meaning for edit in back.edited] == [edit.before.meaning for edit in change.edited]
    assert lines(restore(change, there, there)) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (" peer-id-validate nocheck", "peer-id-validate nocheck', which no rule knows"),
        (
            " ikev2 remote-authentication pre-shared-key <key:00000008>",
            "is for IKE versions 1 and 2; a change in place would drop version 2",
        ),
    ],
)
def test_lines_of_others_in_a_group_are_not_dropped(line: str, words: str) -> None:
    """A tunnel group with a line that no rule knows, or with keys of IKEv2 beside IKEv1, is not changed in place."""
    there = RUNNING + TUNNEL.replace(" isakmp keepalive", f"{line}\n isakmp keepalive")
    second = TUNNEL.replace("credential:hq-branch-psk", "credential:other")
    keys = frozenset({("crypto-map-entry", ("outside_map", "30")), ("tunnel-group", ("172.18.124.199",))})
    with pytest.raises(ChangeError, match=words):
        plan("asa91", "asa", second, there, Replacing(editable=keys))


def test_set_in_transport_mode_is_not_used() -> None:
    """The mode stands on a line of its own; a set that has it is another one than the intent wants."""
    mode = "crypto ipsec ikev1 transform-set NR-hq mode transport\n"
    with pytest.raises(
        ChangeError, match="transform-set NR-hq has the line 'crypto ipsec ikev1 transform-set NR-hq mode transport'"
    ):
        plan("asa91", "asa", TUNNEL, RUNNING + TUNNEL + mode)


def test_a_group_that_a_dynamic_entry_goes_to_is_shared() -> None:
    """An entry of a dynamic map may name peers as well, and stands on flat lines."""
    shared = RUNNING + "crypto dynamic-map DYN 10 set peer 192.0.2.9 192.0.2.7\n"
    assert uses_of_peer(read("asa", shared), "192.0.2.9") == ("crypto dynamic-map DYN 10 set peer 192.0.2.9 192.0.2.7",)


def test_removal_spares_what_others_use() -> None:
    """A transform set that a dynamic map names, and a list that filters an interface, are not taken away."""
    config = read("asa", RUNNING)
    other, filtering = config.get("transform-set", "OTHER"), config.get("access-list", "outside_in")
    assert other is not None
    assert filtering is not None
    entry = config.get("crypto-map-entry", "outside_map", "20")
    assert entry is not None
    with pytest.raises(ChangeError, match="crypto dynamic-map DYN 10 set ikev1 transform-set OTHER"):
        plan_removal("asa91", "asa", [entry, other], RUNNING)
    with pytest.raises(ChangeError, match="access-group outside_in in interface outside"):
        plan_removal("asa91", "asa", [filtering], RUNNING)


def test_lifetimes_on_one_line_mean_the_same() -> None:
    """Both lifetimes may stand on one line, and the defaults that 8.x writes out may stand or not."""
    one = "crypto map M 10 set pfs\ncrypto map M 10 set security-association lifetime seconds 28800 kilobytes 4608000\n"
    assert not plan("asa91", "asa", "crypto map M 10 set pfs\n", one)


def test_headers_are_gathered_wherever_they_stand() -> None:
    """Lines of one entry that stand apart are one object, at the place of the first."""
    text = "crypto map M 10 set pfs\nroute outside 0.0.0.0 0.0.0.0 192.0.2.1\ncrypto map M 10 match address A\n"
    assert [node.line for node in nodes_of("asa", text)] == ["crypto map M 10", "route outside 0.0.0.0 0.0.0.0 192.0.2.1"]


@pytest.mark.parametrize("first", [("encryption 3des", "group 2"), ("encryption aes", "group 14")])
def test_defaults_of_a_half_built_policy_are_nobodys(first: tuple[str, str]) -> None:
    """Cut after its header, a policy shows what the release begins with; it is taken away all the same."""
    change = plan("asa91", "asa", TUNNEL, RUNNING)
    half = "crypto ikev1 policy 20\n authentication pre-share\n hash sha\n lifetime 86400\n"
    now = RUNNING + half + "".join(f" {line}\n" for line in first)
    assert lines(restore(change, RUNNING, now)) == ["no crypto ikev1 policy 20"]
