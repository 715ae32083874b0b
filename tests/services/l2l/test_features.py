"""The text of each form of a tunnel, as a pure function of what is wanted and what it is called."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read_desired
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.models.platforms import rows
from nr_run.services.l2l import features

from .example import FAR, GCM, KEY, NEAR, PARTNER, STRONG, crypto_of, intent, members_of, platform, text_of

XE, C881, OLD_ASA, ASA = "C8000V 17.12.1", "881 15.4(3)M3", "ASA 8.2(5)", "ASA 9.19(1)"


def below(lines: list[str], header: str) -> list[str]:
    """The lines of the block that a header opens."""
    start = lines.index(header) + 1
    return [line.strip() for line in lines[start : next(n for n in range(start, len(lines)) if not lines[n].startswith(" "))]]


def test_gcm_for_ike_on_ios_names_its_prf() -> None:
    """With GCM on the IKE SA there is no integrity, and IOS asks for an explicit prf; with CBC the integrity gives it."""
    ike = {"name": "g", "encryption_algorithm": "aes-256-gcm", "authentication_algorithm": "hmac-sha384", "group": 20}
    lines = text_of(members_of(intent(ike=[ike], ipsec=[GCM]), XE, XE)[0])
    assert below(lines, "crypto ikev2 proposal NR-aes-256-gcm-sha384-20") == ["encryption aes-gcm-256", "prf sha384", "group 20"]
    assert "crypto ipsec transform-set NR-hq-branch esp-gcm 256" in lines
    cbc = text_of(members_of(intent(ike=[{**STRONG, "group": 14}], ipsec=[STRONG]), XE, XE)[0])
    assert below(cbc, "crypto ikev2 proposal NR-aes-256-cbc-sha256-14") == [
        "encryption aes-cbc-256",
        "integrity sha256",
        "group 14",
    ]


def test_gcm_for_ike_on_an_asa_has_integrity_null() -> None:
    """An ASA writes integrity null beside GCM, in the policy and in the IPsec proposal, and the prf always."""
    ike = {"name": "g", "encryption_algorithm": "aes-256-gcm", "authentication_algorithm": "hmac-sha384", "group": 20}
    lines = text_of(members_of(intent(ike=[ike], ipsec=[GCM]), ASA, ASA)[0])
    assert below(lines, "crypto ikev2 policy 1") == ["encryption aes-gcm-256", "integrity null", "group 20", "prf sha384"]
    proposal = below(lines, "crypto ipsec ikev2 ipsec-proposal NR-hq-branch")
    assert proposal == ["protocol esp encryption aes-gcm-256", "protocol esp integrity null"]


def test_one_peer_and_nobody_else() -> None:
    """Keyring and profile of IKEv2 are for one address, with its whole mask: no wildcard, no other identity."""
    lines = text_of(members_of(intent(), XE, XE)[0])
    assert below(lines, "crypto ikev2 keyring NR-hq-branch") == [
        "peer NR-hq-branch",
        "address 198.51.100.1",
        f"pre-shared-key {KEY}",
    ]
    profile = below(lines, "crypto ikev2 profile NR-hq-branch")
    assert profile[:2] == ["match identity remote address 198.51.100.1 255.255.255.255", "identity local address 192.0.2.1"]
    assert not any("0.0.0.0" in line or " any" in line for line in lines)


def test_the_default_of_ikev2_is_never_edited() -> None:
    """Proposal and policy are of our own name; of a policy that is there only our line is written."""
    (near, _) = members_of(intent(), XE, XE)
    proposal = features.draft_names(near).ikev2_proposal
    ours = below(text_of(near), "crypto ikev2 policy NR-192.0.2.1")
    assert ours == ["match address local 192.0.2.1", f"proposal {proposal}"]
    theirs = text_of(near, ikev2_policy="CORP", ikev2_policy_is_ours=False)
    assert below(theirs, "crypto ikev2 policy CORP") == [f"proposal {proposal}"]
    assert not any(line.endswith(" default") for line in theirs)


def test_tunnels_from_one_address_share_policy_and_proposal() -> None:
    """IOS picks an IKEv2 policy by the local address alone: two tunnels from it that want the same have the same lines for it."""
    (one, _), (two, _) = (members_of(intent(far={**FAR, "outside_ip": ip}), XE, XE) for ip in ("198.51.100.1", "198.51.100.2"))
    lines = [text_of(member)[: text_of(member).index("crypto ikev2 keyring NR-hq-branch")] for member in (one, two)]
    assert lines[0] == lines[1]
    assert lines[0][0].startswith("crypto ikev2 proposal ")


def test_dead_peer_detection_is_that_of_the_tunnel_alone() -> None:
    """With IKEv2 it stands in the profile, on an ASA in the tunnel group; the setting of the whole device is IKEv1's on IOS
    only."""
    box_wide = "crypto isakmp keepalive 10 3"
    assert "dpd 10 3 periodic" in below(text_of(members_of(intent(), XE, XE)[0]), "crypto ikev2 profile NR-hq-branch")
    assert box_wide not in text_of(members_of(intent(), XE, XE)[0])
    assert " isakmp keepalive threshold 10 retry 3" in text_of(members_of(intent(), ASA, ASA)[0])
    ikev1 = members_of(intent(version=1), C881, C881)[0]
    assert box_wide in text_of(ikev1)
    assert box_wide not in text_of(ikev1, keepalive=None)


@pytest.mark.parametrize(("version", "on", "word"), [(1, OLD_ASA, "IPSec"), (1, ASA, "ikev1"), (2, ASA, "ikev2")])
def test_an_asa_tunnel_states_its_own_policy(version: int, on: str, word: str) -> None:
    """The group policy of a tunnel says all that could stop it, so that nothing of DfltGrpPolicy counts."""
    lines = text_of(members_of(intent(version=version), on, on)[0])
    assert below(lines, "group-policy NR-hq-branch attributes")[-1] == f"vpn-tunnel-protocol {word}"
    assert len(below(lines, "group-policy NR-hq-branch attributes")) == 6
    assert " default-group-policy NR-hq-branch" in lines
    assert not any("DfltGrpPolicy" in line for line in lines)


@pytest.mark.parametrize("version", [1, 2])
def test_a_tunnel_interface_of_ios(version: int) -> None:
    """Addresses, sizes, source, peer and protection; the far networks are routed into it, and no crypto map is touched."""
    near, far = members_of(intent(version=version, style="vti"), C881, C881)
    lines = text_of(near, tunnel_number=7)
    assert below(lines, "interface Tunnel7") == [
        "ip address 10.255.0.1 255.255.255.252",
        "ip mtu 1400",
        "ip tcp adjust-mss 1360",
        "tunnel source GigabitEthernet0/0",
        "tunnel mode ipsec ipv4",
        "tunnel destination 198.51.100.1",
        "tunnel protection ipsec profile NR-hq-branch",
    ]
    assert "ip route 10.10.20.0 255.255.255.0 Tunnel7" in lines
    assert " ip address 10.255.0.2 255.255.255.252" in text_of(far)
    assert ("set ikev2-profile NR-hq-branch" in below(lines, "crypto ipsec profile NR-hq-branch")) == (version == 2)
    assert not any(line.startswith("crypto map") for line in lines)


@pytest.mark.parametrize("version", [1, 2])
def test_a_tunnel_interface_of_an_asa(version: int) -> None:
    """It has a nameif, its source is a nameif, and a route names the far end's address in the tunnel."""
    (near, _) = members_of(intent(version=version, style="vti", tunnel_prefix="10.255.0.0/31"), ASA, ASA)
    lines = text_of(near, tunnel_number=7)
    assert below(lines, "interface Tunnel7") == [
        "nameif NR-hq-branch",
        "ip address 10.255.0.0 255.255.255.254",
        "tunnel source interface outside",
        "tunnel destination 198.51.100.1",
        "tunnel mode ipsec ipv4",
        "tunnel protection ipsec profile NR-hq-branch",
    ]
    assert "route NR-hq-branch 10.10.20.0 255.255.255.0 10.255.0.1 1" in lines
    assert f"crypto ikev{version} enable outside" in lines


def test_sizes_of_a_tunnel_interface() -> None:
    """The intent's values are taken; without an mss it fits into the mtu."""
    both, smaller = ({"mss": 1200, "mtu": 1300}, {"mtu": 1280})
    for cisco, expected in (
        (both, ["ip mtu 1300", "ip tcp adjust-mss 1200"]),
        (smaller, ["ip mtu 1280", "ip tcp adjust-mss 1240"]),
    ):
        lines = text_of(members_of(intent(style="vti", cisco={"style": "vti", **cisco}), C881, C881)[0])
        assert below(lines, "interface Tunnel1")[1:3] == expected


def test_routes_are_left_alone_where_the_intent_says_so() -> None:
    """routes: none renders no route, in either style."""
    for style in ("vti", "crypto-map"):
        (near, _) = members_of(intent(style=style, cisco={"style": style, "routes": "none"}), C881, C881)
        assert features.tunnel_routes(near, features.draft_names(near)) == ()
        assert features.map_routes(near, IPv4Address("192.0.2.254")) == ()


@pytest.mark.parametrize(
    ("on", "line"),
    [
        (C881, "ip route 10.10.20.0 255.255.255.0 192.0.2.254 19"),
        (ASA, "route outside 10.10.20.0 255.255.255.0 192.0.2.254 19"),
    ],
)
def test_routes_beside_a_crypto_map(on: str, line: str) -> None:
    """A route of a crypto map goes to the next hop behind its interface, at the distance by which it is known again."""
    (near, _) = members_of(intent(), on, on)
    names = replace(features.draft_names(near), routes=features.map_routes(near, IPv4Address("192.0.2.254")))
    read_desired(near.platform.os, features.text(near, names))
    assert line in features.text(near, names).splitlines()


def exempted(on: str, **more: object) -> list[str]:
    """The lines of a member with its NAT exemption alone; every line of the whole is known to a family."""
    (near, _) = members_of(intent(version=1, far={**FAR, "protected_prefixes": ["10.10.20.0/24", "10.10.30.8/32"]}), on, on)
    nat = features.exemption(near, **more)  # type: ignore[arg-type]
    plain = features.text(near, features.draft_names(near))
    whole = features.text(near, replace(features.draft_names(near), nat=nat))
    read_desired(near.platform.os, whole)
    return [line for line in whole.removeprefix(plain).splitlines() if line != "!"]


def test_exemption_on_ios_stands_before_the_permits() -> None:
    """IOS: a deny for each pair of networks, under free numbers before the first permit of the list that is translated."""
    assert exempted(C881, access_list="NAT", numbers=(3, 4)) == [
        "ip access-list extended NAT",
        " 3 deny ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255",
        " 4 deny ip 10.10.10.0 0.0.0.255 host 10.10.30.8",
    ]
    with pytest.raises(ChangeError, match="access list NAT has no free numbers before its first permit"):
        exempted(C881, access_list="NAT", numbers=(3,))


def test_exemption_where_lists_have_no_numbers_is_for_a_person() -> None:
    """IOS 12.2(8)T can put nothing before a permit, so the exemption is refused in a sentence, not appended behind it."""
    with pytest.raises(ChangeError, match=r"2611 with 12\.2\(8\)T\) has access lists without numbers: .* written by a person"):
        exempted("2611 12.2(8)T", access_list="NAT", numbers=(1, 2))


def test_exemption_on_an_old_asa_joins_the_list_of_nat_0() -> None:
    """ASA up to 8.2: an interface has one nat 0, so its list is used; without one the list is ours."""
    lines = [
        "access-list {} extended permit ip 10.10.10.0 255.255.255.0 10.10.20.0 255.255.255.0",
        "access-list {} extended permit ip 10.10.10.0 255.255.255.0 host 10.10.30.8",
        "nat (inside) 0 access-list {}",
    ]
    assert exempted(OLD_ASA, access_list="NONAT") == [line.format("NONAT") for line in lines]
    assert exempted(OLD_ASA) == [line.format("NR-NONAT") for line in lines]


@pytest.mark.parametrize(("on", "flags"), [("ASA 8.3(2)", ""), ("ASA 8.4(1)", ""), (ASA, " no-proxy-arp route-lookup")])
def test_exemption_on_a_newer_asa_is_the_first_rule(on: str, flags: str) -> None:
    """ASA from 8.3: groups of networks and one twice NAT rule before all others; its flags exist from 8.4(2)."""
    made = exempted(on)
    assert made[:2] == ["object-group network NR-hq-branch-L", " network-object 10.10.10.0 255.255.255.0"]
    assert " network-object host 10.10.30.8" in made
    pair = "source static NR-hq-branch-L NR-hq-branch-L destination static NR-hq-branch-R NR-hq-branch-R"
    assert made[-1] == f"nat (inside,outside) 1 {pair}{flags}"


def test_no_exemption_where_none_is_wanted_or_needed() -> None:
    """Off in the intent, or a tunnel interface, which nothing is translated through: no line about address translation."""
    off = members_of(intent(cisco={"nat_exemption": "off"}), ASA, ASA)[0]
    vti = members_of(intent(style="vti"), ASA, ASA)[0]
    assert (features.exemption(off), features.exemption(vti)) == (None, None)


def test_the_names_of_the_intent_are_used() -> None:
    """Names that the intent gives stand in the text, in place of those made of the tunnel's name."""
    cisco = {"crypto_map": "VPN", "map_sequence": 30, "access_list": "TO-BRANCH", "transform_set": "BEST"}
    lines = text_of(members_of(intent(near={**NEAR, "cisco": cisco}), XE, XE)[0])
    assert below(lines, "crypto map VPN 30 ipsec-isakmp")[:2] == ["set peer 198.51.100.1", "set transform-set BEST"]
    assert "ip access-list extended TO-BRANCH" in lines
    vti = text_of(members_of(intent(style="vti", near={**NEAR, "cisco": {"tunnel_interface": 42}}), XE, XE)[0])
    assert "interface Tunnel42" in vti


def test_a_long_name_is_no_nameif() -> None:
    """A name that is too long for the nameif of a tunnel interface is refused before it is sent."""
    (near, _) = members_of(intent(style="vti"), ASA, ASA)
    with pytest.raises(ChangeError, match="too long for the nameif of a tunnel interface"):
        text_of(replace(near, name="x" * 46))


def test_a_form_without_a_template_is_refused() -> None:
    """A generation that has no template for a form says which, and nothing is rendered."""
    (near, _) = members_of(intent(version=1), OLD_ASA, OLD_ASA)
    with pytest.raises(ChangeError, match=r"IKEv2 and style vti cannot be written for ASA with 8\.2\(5\) yet"):
        features.text(replace(near, ike_version=2, style="vti"), features.draft_names(near))
    with pytest.raises(ChangeError, match="a tunnel with IKEv9 and style crypto-map cannot be written for"):
        features.template_of(replace(near, ike_version=9))


def test_nothing_in_common_is_no_member() -> None:
    """Where no proposal is left there is nothing to render."""
    made = intent(version=1)
    tunnel, on = made.tunnels["hq-branch"], {"hq": platform("2611 12.2(8)T"), "branch": platform(XE)}
    with pytest.raises(ChangeError, match="no proposal in common"):
        features.members(tunnel, crypto_of(made, "2611 12.2(8)T", XE), on, KEY, {})


def test_an_end_that_is_not_ours_is_the_peer_and_no_member() -> None:
    """A tunnel to a partner has one member, whose selectors and peer are the partner's."""
    (only,) = members_of(intent(far=PARTNER), XE)
    lines = text_of(only)
    assert " set peer 203.0.113.9" in lines
    assert below(lines, "ip access-list extended NR-hq-branch") == [
        f"permit ip 10.10.10.0 0.0.0.255 {net.network_address} {net.hostmask}"
        for net in map(IPv4Network, PARTNER["protected_prefixes"])
    ]


def test_both_ends_mirror_each_other() -> None:
    """Selectors, peers and tunnel addresses of the two ends are each other's, swapped."""
    for style in ("crypto-map", "vti"):
        near, far = members_of(intent(style=style), XE, XE)
        assert near.selectors == tuple((b, a) for a, b in far.selectors)
        assert (near.local, near.remote) == (far.remote, far.local)
        if near.tunnel and far.tunnel:
            assert (near.tunnel.address.ip, near.tunnel.far_address) == (far.tunnel.far_address, far.tunnel.address.ip)


def test_no_text_has_a_hole() -> None:
    """No line of any form has two blanks in a row, a blank at its end, or a None; nor is a line empty."""
    for model in ("881", "C8000V", "ASA", "3640"):
        for row in rows(model):
            for version in row.ike_versions:
                for style in ("crypto-map", "vti"):
                    if (version, style) in features.TEMPLATES[row.output]:
                        on = f"{model} {row.release}"
                        for line in text_of(members_of(intent(version=version, style=style), on, on)[0]):
                            assert line
                            assert not re.search(r"\S  |\s$|None|\{|\}", line), line
