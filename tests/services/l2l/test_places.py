"""The number of a tunnel interface and the IKEv2 policy of IOS, found by looking at what the device runs."""

from __future__ import annotations

import pytest

from nr_run.inventory.errors import ChangeError
from nr_run.services.l2l import features
from nr_run.services.l2l.placing.places import placed

from .example import NEAR, intent, members_of

XE = "C8000V 17.12.1"
OURS = "NR-aes-256-cbc-sha384-20"
PROPOSAL = f"crypto ikev2 proposal {OURS}\n encryption aes-cbc-256\n integrity sha384\n group 20\n"
PROFILE = "crypto ikev2 profile OTHER\n match identity remote address 203.0.113.5 255.255.255.255\n"


def found(
    running: str, *, style: str = "crypto-map", cisco: dict[str, object] | None = None
) -> tuple[features.Names, tuple[str, ...]]:
    """Names and decisions on a device that runs this."""
    (member, _) = members_of(intent(style=style, near={**NEAR, "cisco": cisco or {}}), XE, XE)
    return placed(member, features.draft_names(member), running)


def policy(name: str, *proposals: str, local: str = "") -> str:
    """An IKEv2 policy, for one address or for all."""
    return "".join(
        [
            f"crypto ikev2 policy {name}\n",
            *([f" match address local {local}\n"] if local else []),
            *(f" proposal {p}\n" for p in proposals),
        ]
    )


def test_an_empty_device_gets_ours() -> None:
    """Without any IKEv2 policy, proposal or tunnel interface the first names are free, and nothing has to be told."""
    names, said = found("hostname r1\n", style="vti")
    assert (names.tunnel_number, names.ikev2_policy, names.ikev2_proposal, said) == (1, "NR-192.0.2.1", OURS, ())


def test_the_lowest_free_number_is_taken() -> None:
    """Numbers of tunnel interfaces that are there are left alone."""
    names, said = found("interface Tunnel1\n ip address 10.0.0.1 255.255.255.252\ninterface Tunnel3\n", style="vti")
    assert names.tunnel_number == 2
    assert said == ("interface Tunnel2: the lowest free number",)


def test_a_tunnel_keeps_its_number() -> None:
    """The interface that has our profile is ours; a profile whose name only begins alike is not."""
    other = "interface Tunnel1\n tunnel protection ipsec profile NR-hq-branch-2\n"
    ours = "interface Tunnel7\n tunnel protection ipsec profile NR-hq-branch\n"
    assert found(other + ours, style="vti")[0].tunnel_number == 7
    assert found(other, style="vti")[0].tunnel_number == 2
    assert found(ours, style="vti", cisco={"tunnel_interface": 7})[0].tunnel_number == 7


def test_a_policy_in_two_sections_is_one() -> None:
    """What a tunnel that is planned before this one adds to a policy stands in a section of its own, and is no second policy."""
    running = policy("EDGE", "A", local="192.0.2.1") + PROPOSAL + policy("EDGE", "B")
    assert lines_of(running) == ["crypto ikev2 policy EDGE", f" proposal {OURS}"]


@pytest.mark.parametrize(
    ("running", "cisco", "why"),
    [
        ("interface Tunnel5\n", {"tunnel_interface": 5}, "interface Tunnel5 is there and of something else"),
        (
            "interface Tunnel5\n tunnel protection ipsec profile NR-hq-branch\n",
            {"tunnel_interface": 6},
            "hq-branch is on interface Tunnel5, and the intent says 6",
        ),
        (
            "interface Tunnel5\n tunnel protection ipsec profile NR-hq-branch\n"
            "interface Tunnel6\n tunnel protection ipsec profile NR-hq-branch\n",
            {},
            "tunnel interfaces 5, 6 have the profile NR-hq-branch: keep one",
        ),
    ],
)
def test_a_number_that_is_not_free_is_refused(running: str, cisco: dict[str, object], why: str) -> None:
    """A number of something else, another number for a tunnel that is there, and two interfaces of one profile are refused."""
    with pytest.raises(ChangeError, match=why):
        found(running, style="vti", cisco=cisco)


def lines_of(running: str) -> list[str]:
    """What is rendered of the policy on a device that runs this."""
    (member, _) = members_of(intent(), XE, XE)
    lines = features.text(member, found(running)[0]).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("crypto ikev2 policy "))
    return lines[start : lines.index("!", start)]


def test_a_policy_for_the_address_is_used_and_gets_one_line() -> None:
    """Of two policies the one that names the address is used, and only our proposal is written into it."""
    running = policy("ANY", "A") + policy("EDGE", "B", "C", local="192.0.2.1")
    assert lines_of(running) == ["crypto ikev2 policy EDGE", f" proposal {OURS}"]
    assert found(running)[1] == (f"IKEv2 policy EDGE is for 192.0.2.1 already: it gets {OURS} behind what it offers",)


def test_a_policy_for_all_addresses_is_used_rather_than_a_better_match_made() -> None:
    """A policy of our own for the address would take every other tunnel from that address away from the general one."""
    assert lines_of(policy("ANY", "A") + policy("ELSEWHERE", "D", local="203.0.113.1")) == [
        "crypto ikev2 policy ANY",
        f" proposal {OURS}",
    ]


def test_a_proposal_that_says_the_same_is_used_again() -> None:
    """A second tunnel finds proposal and policy of the first one and adds nothing; one of another name does as well."""
    running = PROPOSAL + policy("NR-192.0.2.1", OURS, local="192.0.2.1")
    assert lines_of(running) == ["crypto ikev2 policy NR-192.0.2.1", " match address local 192.0.2.1", f" proposal {OURS}"]
    assert found(running)[1] == (f"IKEv2 policy NR-192.0.2.1 offers {OURS} already and is used",)
    other = PROPOSAL.replace(OURS, "CORP")
    assert found(other + policy("EDGE", "CORP", local="192.0.2.1"))[0].ikev2_proposal == "CORP"
    assert lines_of(PROPOSAL + policy("EDGE", "A", OURS, local="192.0.2.1")) == ["crypto ikev2 policy EDGE", f" proposal {OURS}"]


def test_nobody_is_left_without_the_default_policy() -> None:
    """The first policy of a device ends the default one: with profiles of others that have no policy it is not made."""
    with pytest.raises(ChangeError, match=r"IKEv2 profile OTHER has no policy but the default one, .* give it one first"):
        found(PROFILE)
    assert found(PROFILE + policy("ANY", "A"))[0].ikev2_policy == "ANY"
    assert found(PROFILE + policy("ELSEWHERE", "D", local="203.0.113.1"))[0].ikev2_policy == "NR-192.0.2.1"
    assert found(PROFILE.replace("OTHER", "NR-hq-branch"))[0].ikev2_policy == "NR-192.0.2.1"


@pytest.mark.parametrize(
    ("running", "why"),
    [
        (policy("A", "P") + policy("B", "Q"), "IKEv2 policies A and B are both for 192.0.2.1"),
        (PROPOSAL.replace("group 20", "group 14"), f"IKEv2 proposal {OURS} is there and says something else"),
        (
            "crypto ikev2 policy A\n match fvrf RED\n proposal P\n",
            "policy A is for 192.0.2.1 and says 'match fvrf RED', which is not built",
        ),
    ],
)
def test_what_is_not_certain_is_refused(running: str, why: str) -> None:
    """Two policies for one address, our name with another meaning, a policy of a VRF: nothing is guessed."""
    with pytest.raises(ChangeError, match=why):
        found(running)


ASA_POLICY = "crypto ikev2 policy {}\n encryption aes-256\n integrity sha384\n group {}\n prf sha384\n lifetime seconds 86400\n"


@pytest.mark.parametrize(
    ("running", "number", "said"),
    [
        ("hostname fw\n", 10, None),
        (ASA_POLICY.format(5, 20), 5, "IKEv2 policy 5 has these values already and is used"),
        (ASA_POLICY.format(5, 19), 10, "IKEv2 policy 10: last, so that other peers are offered what they were before"),
        (ASA_POLICY.format(65530, 19), 65531, "IKEv2 policy 65531: last, so that other peers are offered what they were before"),
    ],
)
def test_the_policy_number_of_an_asa(running: str, number: int, said: str | None) -> None:
    """A policy that says the same is used again, its lifetime written out or not; else ours stands behind all."""
    (member, _) = members_of(intent(), "ASA 9.19(1)", "ASA 9.19(1)")
    names, decisions = placed(member, features.draft_names(member), running)
    assert names.policy_number == number
    assert decisions == ((said,) if said else ())


def test_an_asa_without_a_number_behind_the_last_is_refused() -> None:
    """In front of others our policy would be offered to their peers first, so it is not put there."""
    (member, _) = members_of(intent(), "ASA 9.19(1)", "ASA 9.19(1)")
    with pytest.raises(ChangeError, match="no free IKEv2 policy number behind 65535"):
        placed(member, features.draft_names(member), ASA_POLICY.format(65535, 19))


def test_routes_and_exemption_come_along() -> None:
    """The routes name the tunnel interface that was found, and a crypto map gets its exemption from translation."""
    names, _ = found("interface Tunnel1\n", style="vti")
    assert [(str(route.prefix), route.via) for route in names.routes] == [("10.10.20.0/24", "Tunnel2")]
    running = "ip nat inside source list NAT interface G1 overload\nip access-list extended NAT\n 10 permit ip any any\n"
    names, (said,) = found(running)
    assert names.nat is not None
    assert names.nat.numbers == (1,)
    assert "in front of access list NAT" in said


def test_what_has_no_such_place_is_left_alone() -> None:
    """IKEv1 has none of this beside a crypto map, whatever policies of IKEv2 there are."""
    (member, _) = members_of(intent(version=1), "881 15.4(3)M3", "881 15.4(3)M3")
    names = features.draft_names(member)
    assert placed(member, names, policy("A", "P") + policy("B", "Q")) == (names, ())
