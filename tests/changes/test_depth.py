"""Sub-modes within sub-modes, lines of somebody else's sections, and what a name or an order means there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nr_run.changes.configurations import tree
from nr_run.changes.implicit_references import users
from nr_run.changes.objects import read, read_desired
from nr_run.changes.plans.plan import plan, plan_removal, plan_reversal
from nr_run.changes.plans.removal import owned
from nr_run.changes.plans.replacing import Replacing
from nr_run.checks.finding import against
from nr_run.inventory.errors import ChangeError

from .whole import read_back

KEYRING = """\
crypto ikev2 keyring K
 peer A
  address 192.0.2.1
  pre-shared-key local <key:0000000a>
 peer B
  address 192.0.2.2
  pre-shared-key local <key:0000000b>
"""
SWAPPED = KEYRING.replace("0000000a", "x").replace("0000000b", "0000000a").replace("<key:x>", "<key:0000000b>")
BGP = """\
router bgp 65000
 address-family ipv4 vrf A
  neighbor 192.0.2.1 activate
 exit-address-family
 address-family ipv4 vrf B
 exit-address-family
"""
MOVED = BGP.replace("  neighbor 192.0.2.1 activate\n", "").replace("vrf B\n", "vrf B\n  neighbor 192.0.2.1 activate\n")
NAT = "ip access-list extended NAT\n permit ip 10.1.0.0 0.0.255.255 any\n"
EXEMPT = "deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"
V2_PEER = "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\n set ikev2-profile P\n"


def test_swapped_keys_are_another_keyring() -> None:
    """Two peers with each other's key: the same lines, and not the same keyring."""
    one, other = (read("ios", text).of("ikev2-keyring")[0] for text in (KEYRING, SWAPPED))
    assert sorted(tree.parse(KEYRING)[0].children) == sorted(tree.parse(SWAPPED)[0].children)
    assert one.meaning != other.meaning
    assert one.key_peers == ("192.0.2.1", "192.0.2.2")


def test_a_neighbour_in_another_address_family_is_a_difference() -> None:
    """A line that has moved into another sub-mode is seen, and told with the sub-mode that it stands in."""
    assert tree.parse(BGP) != tree.parse(MOVED)
    (node,) = tree.parse(BGP)
    assert "router bgp 65000: address-family ipv4 vrf A: neighbor 192.0.2.1 activate" in node.lines
    assert tree.normalise(tree.normalise(BGP)) == tree.normalise(BGP) == BGP


@pytest.mark.parametrize("blanks", [1, 2, 3])
def test_how_far_a_release_indents_says_nothing(blanks: int) -> None:
    """Some releases put three blanks where others put one; the depth is the same."""
    text = re.sub(r"(?m)^( +)", lambda match: match[1] * blanks, KEYRING)
    assert tree.parse(text) == tree.parse(KEYRING)
    assert tree.parse(text)[0].text + "\n" == KEYRING


def test_one_key_of_a_keyring_is_changed_in_place() -> None:
    """The change enters the peer's own sub-mode and leaves both, and nothing of the other peer is typed."""
    change = plan(
        "box", "ios", KEYRING.replace("0000000b", "0000000c"), KEYRING, Replacing(frozenset({("ikev2-keyring", ("K",))}))
    )
    assert [line for step in change.forward for line in step.lines] == [
        *["crypto ikev2 keyring K", "peer B", "pre-shared-key local <key:0000000c>", "exit", "exit"]
    ]
    assert [line for step in change.inverse for line in step.lines][2] == "pre-shared-key local <key:0000000b>"


def test_a_peer_of_a_keyring_goes_as_a_whole() -> None:
    """A peer that is not wanted any more is taken away by its opener, once, with what stands in its sub-mode."""
    wanted = "".join(KEYRING.partition(" peer B")[:1])
    change = plan("box", "ios", wanted, KEYRING, Replacing(frozenset({("ikev2-keyring", ("K",))})))
    assert [line for step in change.forward for line in step.lines] == ["crypto ikev2 keyring K", "no peer B", "exit"]


def test_a_name_as_the_second_word_is_a_reference() -> None:
    """A proposal that a policy names is in use, whatever the place of the name in the line."""
    text = (
        "crypto ikev2 proposal P\n encryption aes-cbc-256\ncrypto ikev2 policy L\n match address local 192.0.2.9\n proposal P\n"
    )
    running = read("ios", text)
    with pytest.raises(ChangeError, match="ikev2-proposal P is used by ikev2-offer L P"):
        plan_removal("box", "ios", running.of("ikev2-proposal"), text)
    assert not owned(running, [*running.of("ikev2-proposal"), *running.of("ikev2-policy")])[1]


@pytest.mark.parametrize(
    ("line", "versions"),
    [
        ("crypto isakmp key <key:00000001> address 192.0.2.7", {1}),
        (V2_PEER.strip(), {2}),
        (V2_PEER.replace(" set ikev2-profile P\n", "").strip(), {1, 2}),
        ("crypto ipsec profile I\n set ikev2-profile P\ninterface Tunnel1\n tunnel protection ipsec profile I", {2}),
        ("crypto ipsec profile I\n set transform-set T\ninterface Tunnel1\n tunnel protection ipsec profile I", {1}),
        ("interface Tunnel1\n tunnel destination 192.0.2.7", set()),
        ("interface Virtual-Template1 type tunnel\n tunnel protection ipsec profile I", {1, 2}),
    ],
)
def test_a_policy_is_used_by_peers_of_its_version(line: str, versions: set[int]) -> None:
    """What negotiates by IKEv2 does not hold a policy of IKEv1, nor the other way round; what does not say which holds both."""
    text = f"crypto isakmp policy 10\n encr 3des\ncrypto ikev2 policy L\n match address local 192.0.2.9\n{line}\n"
    running = read("ios", text)
    found = {number for number, name in ((1, "isakmp-policy"), (2, "ikev2-policy")) if users(running, running.of(name)[0])}
    assert found == versions


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("hostname box\n", "'ip access-list extended NAT' is not there"),
        (NAT.replace(" permit", " 5 permit"), "has '5 permit ip 10.1.0.0 0.0.255.255 any' already, so number 5 is not free"),
    ],
)
def test_a_line_for_a_list_that_is_not_ours_needs_a_place(there: str, words: str) -> None:
    """A line is not typed into a list that is nowhere, nor by a number that another line has."""
    with pytest.raises(ChangeError, match=re.escape(words)):
        plan("box", "ios", f"ip access-list extended NAT\n 5 {EXEMPT}\n", there)


@pytest.mark.parametrize("above", [0, 1, 30])
def test_an_exemption_comes_back_in_front(above: int) -> None:
    """Taken away where no numbers are shown, it comes back where it stood, in a list that is numbered anew for it."""
    others = "".join(f" deny ip any host 192.0.2.{number}\n" for number in range(above))
    text = NAT.replace(" permit", f"{others} {EXEMPT}\n permit")
    running = read("ios", text)
    (line,) = [item for item in running.of("nat-exemption") if "10.2.0.0" in item.header + item.children[0]]
    removal = plan_removal("box", "ios", [line], text)
    anew = "ip access-list resequence NAT 10 10"
    (step,) = removal.inverse
    assert step.lines == (anew, "ip access-list extended NAT", f"{10 * above + 1} {EXEMPT}", "exit")
    assert step.text == f"{anew}\nip access-list extended NAT\n {10 * above + 1} {EXEMPT}\nexit"


def test_an_exemption_comes_back_in_a_list_that_has_shrunk() -> None:
    """Where lines in front of it have gone since, it is put behind those that are left, and never behind a permit."""
    others = "".join(f" deny ip any host 192.0.2.{number}\n" for number in range(3))
    before = NAT.replace(" permit", f"{others} {EXEMPT}\n permit")
    (line,) = [item for item in read("ios", before).of("nat-exemption") if "10.2.0.0" in item.children[0]]
    removal = plan_removal("box", "ios", [line], before)
    (step,) = plan_reversal(removal, before, NAT.replace(" permit", " deny ip any host 192.0.2.1\n permit")).forward
    assert step.lines[2] == f"11 {EXEMPT}"


@pytest.mark.parametrize("shown", [False, True])
def test_a_list_is_numbered_anew_only_where_it_shows_no_numbers(shown: bool) -> None:
    """Numbers that a device shows are somebody's, and stay."""
    text = NAT.replace(" permit", " 10 permit") if shown else NAT
    change = plan("box", "ios", f"ip access-list extended NAT\n 1 {EXEMPT}\n", text)
    assert any("resequence" in line for step in change.forward for line in step.lines) is not shown


def test_an_exemption_behind_a_permit_is_left_alone() -> None:
    """Behind a permit its place cannot be told by a number that is certain, so it is not taken away."""
    text = f"{NAT} {EXEMPT}\n"
    (line,) = read("ios", text).of("nat-exemption")
    with pytest.raises(ChangeError, match="comes after other lines"):
        plan_removal("box", "ios", [line], text)


ASA_TUNNEL = """\
crypto ipsec profile I
 set pfs group14
tunnel-group 192.0.2.1 type ipsec-l2l
interface Tunnel1
 nameif far
 tunnel source interface outside
 tunnel destination 192.0.2.1
 tunnel protection ipsec profile I
"""


def test_what_an_asa_adds_with_an_interface_is_no_stranger() -> None:
    """A new interface brings the line of its MTU along, and takes it away again."""
    before = "hostname box\nmtu outside 1500\n"
    change = plan("asa", "asa", ASA_TUNNEL, before)
    assert against(read_back(change, before, f"{before}mtu far 1500\n{ASA_TUNNEL}", "now")) == ()
    strange = read_back(change, before, f"{before}mtu farther 1500\n{ASA_TUNNEL}", "now")
    assert "mtu farther 1500" in against(strange)[0].sentence


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("route far 10.9.0.0 255.255.0.0 10.255.0.2 1", "static-route 10.9.0.0 255.255.0.0 far 10.255.0.2"),
        ("access-group IN in interface far", "access-group IN in interface far"),
        ("nat (inside,far) source static any any", "nat (inside,far) source static any any"),
    ],
)
def test_an_interface_whose_name_stands_somewhere_stays(line: str, use: str) -> None:
    """Lines that name an interface of an ASA by its nameif go with it on the device, so it stays for their sake."""
    running = read("asa", f"{ASA_TUNNEL}{line}\n")
    assert use in users(running, running.of("tunnel-interface")[0])
    assert users(read("asa", ASA_TUNNEL), running.of("tunnel-interface")[0]) == ()


RENDERED = sorted((Path(__file__).parents[2] / "docs" / "rendered").glob("*-ikev*.md"))


@pytest.mark.parametrize("page", RENDERED, ids=lambda page: page.stem)
def test_every_form_that_a_template_writes_is_known(page: Path) -> None:
    """No line of any form is one that the table would refuse, and nothing in it refers to what it does not bring."""
    (text,) = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf8"), re.DOTALL)
    os = "asa" if page.name.startswith("asa") else "ios"
    desired = read_desired(os, text)
    assert len([item for item in desired.objects.values() if item.family.is_tunnel]) == 1
    there = {(family, identity[:1]) for family, identity in desired.objects}
    assert all((rule.family, (name,)) in there for item in desired.objects.values() for rule, name in item.named)
