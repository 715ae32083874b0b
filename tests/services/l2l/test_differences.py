"""What two running configurations differ in; what of them is masked, encrypted or not read is no difference."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.observations.observation import Probe
from nr_run.services.l2l.diagnosis import differences as differ
from nr_run.services.l2l.diagnosis import on_the_way as way
from nr_run.services.l2l.diagnosis.case import Case
from nr_run.services.l2l.diagnosis.signatures import case_of, found
from nr_run.services.l2l.endpoint import Watched
from nr_run.services.l2l.verdicts.latent_faults import risks

from ...checks.wires import PINGS, End, healthy, watched

NEAR_LINES = """\
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group 14
crypto isakmp key <key:11111111> address 198.51.100.1
crypto ikev2 proposal P
 encryption aes-cbc-256
 integrity sha384
 group 20
crypto ikev2 policy P
 match address local 192.0.2.1
 proposal P
crypto ikev2 keyring K
 peer FAR
  address 198.51.100.1
  pre-shared-key <key:11111111>
crypto ikev2 profile PR
 match identity remote address 198.51.100.1 255.255.255.255
 identity local address 192.0.2.1
 authentication remote pre-share
 authentication local pre-share
 keyring local K
crypto ipsec transform-set T esp-gcm 256
 mode tunnel
ip access-list extended A
 permit ip 10.10.0.0 0.0.0.255 10.20.0.0 0.0.0.255
crypto map NR-MAP 10 ipsec-isakmp
 set peer 198.51.100.1
 set transform-set T
 set pfs group14
 set ikev2-profile PR
 match address A
interface GigabitEthernet1
 ip address 192.0.2.1 255.255.255.0
 crypto map NR-MAP
"""
ASA_LINES = """\
interface GigabitEthernet0/0
 nameif outside
 ip address 198.51.100.1 255.255.255.0
access-list A extended permit ip 10.20.0.0 255.255.255.0 10.10.0.0 255.255.255.0
crypto ipsec ikev2 ipsec-proposal T
 protocol esp encryption aes-gcm-256
 protocol esp integrity null
crypto map M 10 match address A
crypto map M 10 set peer 192.0.2.1
crypto map M 10 set ikev2 ipsec-proposal T
crypto map M 10 set pfs group14
crypto map M interface outside
crypto ikev2 policy 1
 encryption aes-256
 integrity sha384
 group 20
 prf sha384
crypto ikev2 enable outside
tunnel-group 192.0.2.1 type ipsec-l2l
tunnel-group 192.0.2.1 ipsec-attributes
 ikev2 remote-authentication pre-shared-key <key:11111111>
 ikev2 local-authentication pre-shared-key <key:11111111>
"""
SWAP = {"192.0.2.1": "198.51.100.1", "198.51.100.1": "192.0.2.1", "10.10.0.0": "10.20.0.0", "10.20.0.0": "10.10.0.0"}


def mirrored(text: str) -> str:
    """The same configuration at the other end."""
    for number, one in enumerate(SWAP):
        text = text.replace(one, f"@{number}@")
    for number, other in enumerate(SWAP.values()):
        text = text.replace(f"@{number}@", other)
    return text


def whole(os: str, host: str, lines: str) -> Configuration:
    """A running configuration with these lines."""
    if os == "asa":
        text = f": Saved\n:\nASA Version 9.19(1)\n!\nhostname {host}\n{lines}Cryptochecksum:00000000\n: end\n"
        return Configuration(host, "asa", "more system:running-config", text)
    text = f"version 17.9\nhostname {host}\n{lines}line vty 0 4\n login local\nend\n"
    return Configuration(host, "ios", "show running-config", text)


def down(end: End) -> Watched:
    """An end that was pinged in vain, with nothing of IKE."""
    idle = replace(end, ike=(), sas=False, encaps=5, decaps=0).seen()
    return Watched(end.endpoint, idle, idle, Probe(PINGS, 0), idle)


def case(near: str = NEAR_LINES, far: str | None = None, *, os: str = "ios", version: int = 2) -> Case:
    """Two ends with these configurations."""
    one, other = healthy("ios", version=version, far=os)
    text = far if far is not None else mirrored(NEAR_LINES) if os == "ios" else ASA_LINES
    running = {one.host: whole("ios", one.host, near), other.host: whole(os, other.host, text)}
    return case_of((down(one), down(other)), (), running)


IN_LINES = (
    "missing",
    "ike_suite",
    "key_for_peer",
    "same_key",
    "identity",
    "ike_enabled",
    "peer_address",
    "mirrored",
    "esp",
    "pfs",
)
ON_THE_WAY = ("map_bound", "interface_up", "earlier_entry", "policy_admits")
ASKED = {name: getattr(differ, name) for name in IN_LINES} | {name: getattr(way, name) for name in ON_THE_WAY}


@pytest.mark.parametrize("os", ["ios", "asa"])
@pytest.mark.parametrize("name", ASKED)
def test_equal_ends_have_no_difference(name: str, os: str) -> None:
    """Two routers, and a router with an ASA, that are configured alike: every question is answered with nothing."""
    assert ASKED[name](case(os=os)) == ()


CHANGED = {
    "same_key": ("pre-shared-key <key:11111111>", "pre-shared-key <key:22222222>"),
    "key_for_peer": ("address 192.0.2.1\n", "address 192.0.2.77\n"),
    "ike_suite": (" group 20", " group 19"),
    "identity": ("match identity remote address 192.0.2.1", "match identity remote address 192.0.2.7"),
    "peer_address": ("set peer 192.0.2.1", "set peer 192.0.2.7"),
    "mirrored": ("permit ip 10.20.0.0", "permit ip 10.77.0.0"),
    "esp": ("esp-gcm 256", "esp-gcm"),
    "pfs": ("set pfs group14", "set pfs group19"),
    "missing": (" set transform-set T\n", ""),
    "map_bound": (" crypto map NR-MAP\n", ""),
    "interface_up": (" crypto map NR-MAP\n", " crypto map NR-MAP\n shutdown\n"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_one_line_is_one_difference(name: str) -> None:
    """What one end has otherwise is told by the question about it, with where it was read, and no key in it."""
    old, new = CHANGED[name]
    other = mirrored(NEAR_LINES)
    assert old in other
    said = ASKED[name](case(far=other.replace(old, new)))
    assert said
    assert all(item.device and item.command and "<key" not in item.value for item in said)


UNREAD_KEYS = {
    "masked": ("pre-shared-key <key:11111111>", "pre-shared-key *****"),
    "type 6": ("pre-shared-key <key:11111111>", "pre-shared-key 6 <key:33333333>"),
}


@pytest.mark.parametrize("how", UNREAD_KEYS)
def test_a_key_that_is_hidden_is_no_other_key(how: str) -> None:
    """One key that is encrypted or masked, and one in clear, cannot be compared: that is not told as a difference."""
    old, new = UNREAD_KEYS[how]
    there = case(far=mirrored(NEAR_LINES).replace(old, new))
    assert differ.same_key(there) is None
    assert "ikev2-authentication" in [match.cause.id for match in found(there.ends, (), _running(there))]


def _running(there: Case) -> dict[str, Configuration]:
    return {host: end.running for host, end in there.configured.items()}


def test_a_masked_key_of_an_asa_is_not_known() -> None:
    """An ASA that shows asterisks has a key, and which one is not known."""
    there = case(far=ASA_LINES.replace("<key:11111111>", "*****"), os="asa")
    assert differ.same_key(there) is None
    assert differ.key_for_peer(there) == ()


def test_an_ikev1_key_of_type_6_is_not_known() -> None:
    """The line of an encrypted key says that there is one, and no more."""
    line = "crypto isakmp key <key:11111111> address 192.0.2.1"
    far = mirrored(NEAR_LINES).replace(line, line.replace("key <", "key 6 <"))
    assert differ.same_key(case(far=far, version=1)) is None
    assert differ.same_key(case(version=1)) == ()


def test_what_the_ends_agree_in_rules_a_cause_out() -> None:
    """No IKEv2 SA is left of a refusal, so three causes are open; configurations that agree in two of them leave the third."""
    near, far = healthy("ios")
    ends = (down(near), down(far))
    assert len(found(ends)) == 3
    hidden = case(far=mirrored(NEAR_LINES).replace("pre-shared-key <key", "pre-shared-key 6 <key"))
    assert [match.cause.id for match in found(ends, (), _running(hidden))] == ["ikev2-authentication"]


def test_one_end_that_was_not_read_leaves_all_open() -> None:
    """Of one configuration alone nothing is compared, and what it says of itself still counts."""
    near, far = healthy("ios")
    one = {near.host: whole("ios", near.host, NEAR_LINES)}
    assert len(found((down(near), down(far)), (), one)) == 3
    unbound = {near.host: whole("ios", near.host, NEAR_LINES.replace(" crypto map NR-MAP\n", ""))}
    assert [match.cause.id for match in found((down(near), down(far)), (), unbound)] == ["map-not-bound"]


def test_an_entry_with_a_lower_number_takes_the_traffic() -> None:
    """One for the same networks and another peer, or a dynamic one, in front of the tunnel's."""
    before = "crypto map NR-MAP 5 ipsec-isakmp\n set peer 203.0.113.9\n set transform-set T\n match address A\n"
    (said,) = way.earlier_entry(case(NEAR_LINES + before)) or ()
    assert said.value == "5 before 10, to 203.0.113.9"
    (said,) = way.earlier_entry(case(NEAR_LINES + "crypto map NR-MAP 5 ipsec-isakmp dynamic CLIENTS\n")) or ()
    assert "dynamic" in said.field


def test_an_entry_that_takes_a_part_is_a_risk_of_a_tunnel_that_works() -> None:
    """One before it, to another peer, whose list permits a host of the far network: its packets go there, whatever the pings do.

    What the list denies first, an entry behind, one to the same peer, and one without a peer, which IOS disables, take nothing.
    """
    entry = "crypto map NR-MAP {} ipsec-isakmp\n set peer {}\n set transform-set T\n match address B\n"
    held, other = "ip access-list extended B\n", entry.format(5, "203.0.113.9")
    host = " permit ip any host 10.20.0.77\n"
    (risk,) = risks(case(NEAR_LINES + held + host + other))
    assert (risk.cause.id, risk.evidence[0].value) == ("map-order", "entry 5 to 203.0.113.9, before 10, by access list B")
    assert "takes packets of the tunnel to another peer" in risk.sentence
    excluded = " deny ip 10.10.0.0 0.0.0.255 10.20.0.0 0.0.0.255\n permit ip any any\n"
    for rules, beside in (
        (excluded, other),
        (" permit ip any host 10.30.0.77\n", other),
        (host, entry.format(15, "203.0.113.9")),
        (host, entry.format(5, "198.51.100.1")),
        (host, other.replace(" set peer 203.0.113.9\n", "")),
    ):
        assert risks(case(NEAR_LINES + held + rules + beside)) == ()


def test_a_policy_that_both_have_is_no_cause() -> None:
    """With an IKE proposal in common, what is left of a try, beside an end that is up, is not told as a policy that lacks."""
    one, other = healthy("ios", version=1)
    tried = replace(one, ike=("MM_NO_STATE",), sas=False, encaps=5, decaps=0).seen()
    ends = (Watched(one.endpoint, tried, tried, Probe(PINGS, 0), tried), watched(other))
    running = {one.host: whole("ios", one.host, NEAR_LINES), other.host: whole("ios", other.host, mirrored(NEAR_LINES))}
    assert "ike-policy" in [match.cause.id for match in found(ends, (tried,), {})]
    assert "ike-policy" not in [match.cause.id for match in found(ends, (tried,), running)]


POLICIES = {
    "no logins": ("vpn-simultaneous-logins 0", "policy_admits"),
    "another protocol": ("vpn-tunnel-protocol ikev1", "policy_admits"),
    "a filter": ("vpn-filter value F", "policy_filters"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_that_is_inherited_counts(name: str) -> None:
    """What the tunnel's own policy does not say comes from DfltGrpPolicy; what it says itself does not."""
    line, question = POLICIES[name]
    default = f"group-policy DfltGrpPolicy attributes\n {line}\n"
    asked = getattr(way, question)
    assert asked(case(far=ASA_LINES + default, os="asa"))
    own = "group-policy P internal\ngroup-policy P attributes\n vpn-simultaneous-logins 3\n vpn-tunnel-protocol ikev2\n"
    own += " vpn-filter none\ntunnel-group 192.0.2.1 general-attributes\n default-group-policy P\n"
    assert asked(case(far=ASA_LINES + own + default, os="asa")) == ()


@pytest.mark.parametrize(("protocol", "line"), [("ike", "deny udp any any eq isakmp"), ("esp", "deny esp any any")])
def test_a_list_outside_that_denies_the_peer(protocol: str, line: str) -> None:
    """An access list of the outside interface that denies IKE or ESP is told with its line; one that permits is not."""
    bound = " crypto map NR-MAP\n ip access-group IN in\n"
    for rule, wanted in ((line, 1), ("permit ip any any", 0)):
        lines = NEAR_LINES.replace(" crypto map NR-MAP\n", bound)
        said = way.lists(protocol)(case(lines + f"ip access-list extended IN\n {rule}\n permit ip any any\n"))
        assert said is not None
        assert [item.value for item in said] == [line] * wanted


def test_certificates_are_a_cause_of_their_own() -> None:
    """Both ends that authenticate by certificates agree in that, and clocks or validity may be what is wrong."""
    by_certificate = NEAR_LINES.replace("authentication pre-share", "authentication rsa-sig", 1)
    said = differ.certificates(case(by_certificate, mirrored(by_certificate), version=1))
    assert said
    assert len(said) == 2
    assert differ.certificates(case(version=1)) == ()
