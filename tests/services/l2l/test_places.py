"""The number of a tunnel interface and the IKEv2 policy of IOS, found by looking at what the device runs."""

from __future__ import annotations

import pytest

from nr_run.inventory.errors import ChangeError
from nr_run.services.l2l import features
from nr_run.services.l2l.places import placed

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
    assert (names.tunnel_number, names.ikev2_policy, names.ikev2_offers, said) == (1, "NR-192.0.2.1", (OURS,), ())


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


def test_a_policy_for_the_address_is_used_and_keeps_its_proposals() -> None:
    """Of two policies the one that names the address is used; what it offers stays first, and its match is rendered again."""
    names, said = found(policy("ANY", "A") + policy("EDGE", "B", "C", local="192.0.2.1"))
    assert (names.ikev2_policy, names.ikev2_policy_is_ours, names.ikev2_offers) == ("EDGE", True, ("B", "C", OURS))
    assert said == (f"IKEv2 policy EDGE is for 192.0.2.1 already: it gets {OURS} behind what it offers",)


def test_a_policy_for_all_addresses_is_used_rather_than_a_better_match_made() -> None:
    """A policy of our own for the address would take every other tunnel from that address away from the general one."""
    names, _ = found(policy("ANY", "A") + policy("ELSEWHERE", "D", local="203.0.113.1"))
    assert (names.ikev2_policy, names.ikev2_policy_is_ours, names.ikev2_offers) == ("ANY", False, ("A", OURS))


def test_a_proposal_that_says_the_same_is_used_again() -> None:
    """A second tunnel finds proposal and policy of the first one and adds nothing; one of another name does as well."""
    names, said = found(PROPOSAL + policy("NR-192.0.2.1", OURS, local="192.0.2.1"))
    assert (names.ikev2_offers, said) == ((OURS,), (f"IKEv2 policy NR-192.0.2.1 offers {OURS} already and is used",))
    other = PROPOSAL.replace(OURS, "CORP")
    assert found(other + policy("EDGE", "CORP", local="192.0.2.1"))[0].ikev2_offers == ("CORP",)


def test_nobody_is_left_without_the_default_policy() -> None:
    """The first policy of a device ends the default one: with profiles of others that have no policy it is not made."""
    with pytest.raises(ChangeError, match=r"IKEv2 profile OTHER has no policy but the default one, .* give it one first"):
        found(PROFILE)
    assert found(PROFILE + policy("ANY", "A"))[0].ikev2_offers == ("A", OURS)
    elsewhere, _ = found(PROFILE + policy("ELSEWHERE", "D", local="203.0.113.1"))
    assert (elsewhere.ikev2_policy, elsewhere.ikev2_offers) == ("NR-192.0.2.1", (OURS,))
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


def test_what_has_no_such_place_is_left_alone() -> None:
    """An ASA numbers its IKEv2 policies, and IKEv1 has none of this."""
    for version, on in ((2, "ASA 9.19(1)"), (1, "881 15.4(3)M3")):
        (member, _) = members_of(intent(version=version), on, on)
        names = features.draft_names(member)
        assert placed(member, names, policy("A", "P") + policy("B", "Q")) == (names, ())
