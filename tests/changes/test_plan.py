"""Each family is created and taken away in its own words; what is not ours, or not known, is refused with the reason."""

from __future__ import annotations

import re

import pytest

from nr_run.changes.families import IOS
from nr_run.changes.family import Family, Phase
from nr_run.changes.plans.plan import plan
from nr_run.inventory.errors import ChangeError

from . import cases
from .configs import VPN2611, VPN3640
from .device import Device
from .rendering import TOKEN, desired, ends, planned
from .whole import restore

NEAR, FAR = ends()

#: Family to (desired text, forward lines, inverse lines) on a bare 3640.
CASES: dict[str, tuple[str, list[str], list[str]]] = {
    "isakmp-policy": (
        "crypto isakmp policy 10\n encr 3des\n authentication pre-share\n",
        ["crypto isakmp policy 10", "encr 3des", "authentication pre-share", "exit"],
        ["no crypto isakmp policy 10"],
    ),
    "isakmp-key": (
        f"crypto isakmp key {TOKEN} address 192.0.2.1 no-xauth\n",
        [f"crypto isakmp key {TOKEN} address 192.0.2.1 no-xauth"],
        [f"no crypto isakmp key {TOKEN} address 192.0.2.1 no-xauth"],
    ),
    "isakmp-keepalive": ("crypto isakmp keepalive 10 3\n", ["crypto isakmp keepalive 10 3"], ["no crypto isakmp keepalive"]),
    "transform-set": (
        "crypto ipsec transform-set T esp-aes 256 esp-sha-hmac\n mode tunnel\n",
        ["crypto ipsec transform-set T esp-aes 256 esp-sha-hmac", "mode tunnel", "exit"],
        ["no crypto ipsec transform-set T"],
    ),
    "access-list": (
        "ip access-list extended A\n permit ip any any\n",
        ["ip access-list extended A", "permit ip any any", "exit"],
        ["no ip access-list extended A"],
    ),
    "crypto-map-entry": (
        "crypto map M 7 ipsec-isakmp\n set peer 192.0.2.1\n set pfs group2\n",
        ["crypto map M 7 ipsec-isakmp", "set peer 192.0.2.1", "set pfs group2", "exit"],
        ["no crypto map M 7"],
    ),
    "crypto-map-binding": (
        "crypto map M 7 ipsec-isakmp\n set peer 192.0.2.1\ninterface Ethernet0/0\n crypto map M\n",
        ["crypto map M 7 ipsec-isakmp", "set peer 192.0.2.1", "exit", "interface Ethernet0/0", "crypto map M", "exit"],
        ["interface Ethernet0/0", "no crypto map M", "exit", "no crypto map M 7"],
    ),
    **cases.IOS,
}


def test_every_family_has_a_case() -> None:
    """A family that is added to the table without a create and a remove case fails here."""
    assert set(CASES) == {family.name for family in IOS}


@pytest.mark.parametrize("family", CASES)
def test_create_and_remove(family: str) -> None:
    """The lines that create an object, and the lines that take it away again."""
    text, forward, inverse = CASES[family]
    change = plan("vpn3640", "ios", text, VPN3640 + cases.BASES.get(("ios", family), ""))
    assert family in {item.family.name for item in change.created}
    assert [line for step in change.forward for line in step.lines] == forward
    assert [line for step in change.inverse for line in step.lines] == inverse
    assert not plan("vpn3640", "ios", text, f"{VPN3640}\n{text}")
    assert not plan("vpn3640", "ios", text, f"{VPN3640}\n{text}").inverse


@pytest.mark.parametrize("family", IOS, ids=lambda family: family.name)
def test_family_explains_itself(family: Family) -> None:
    """Every family has a sentence for the plan, and its header names what tells two objects apart."""
    assert len(family.sentence) > 15
    forms = (family.header, *(family.children if family.child_is_object else ()))
    assert set(family.identity) <= {group for form in forms for group in form.groupindex}


@pytest.mark.parametrize(
    "line",
    [
        "ip route 0.0.0.0 0.0.0.0 192.0.2.1",
        "no crypto map clientmap",
        "reload",
        "crypto map M 10 ipsec-manual",
        "crypto map M 10 ipsec-isakmp profile d",
        "crypto isakmp key K hostname peer.example",
        "crypto ipsec transform-set T esp-3des ; reload",
        "access-list 100 permit ip any any",
        "crypto isakmp policy 10\n banner motd x",
        "ip access-list extended A\n deny ip any any",
        "ip access-list extended A\n permit gre any any",
        "ip sla 1\n udp-jitter 192.0.2.1 5000",
        "route-map R permit 10\n set ip default next-hop 192.0.2.1",
        "interface Ethernet0/0\n shutdown",
        "interface Ethernet0/0\n no crypto map M",
        "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1 default",
        "do reload",
    ],
)
def test_unknown_line_is_refused(line: str) -> None:
    """A desired line that no rule knows is never pushed; the sentence holds the line."""
    with pytest.raises(ChangeError, match=re.escape(repr(line.splitlines()[-1].strip()))):
        plan("vpn3640", "ios", line, VPN3640)


@pytest.mark.parametrize(
    ("there", "wanted", "both"),
    [
        ("crypto isakmp policy 10\n encr des", "crypto isakmp policy 10\n encr 3des", ("encr des", "encr 3des")),
        (
            "crypto isakmp key <key:0000dead> address 192.0.2.1",
            f"crypto isakmp key {TOKEN} address 192.0.2.1",
            ("<key:0000dead>", TOKEN),
        ),
        (
            "crypto isakmp key <key:0000dead> address 192.0.2.1 255.255.255.0",
            f"crypto isakmp key {TOKEN} address 192.0.2.1",
            ("255.255.255.0", TOKEN),
        ),
        (
            "crypto isakmp key <key:0000dead> hostname a\ncrypto isakmp keepalive 60",
            "crypto isakmp keepalive 10 3",
            ("keepalive 60", "keepalive 10 3"),
        ),
        (
            "crypto ipsec transform-set T esp-aes 256 esp-sha-hmac comp-lzs",
            "crypto ipsec transform-set T esp-3des esp-sha-hmac",
            ("comp-lzs", "esp-3des"),
        ),
        (
            "crypto ipsec transform-set T esp-3des esp-sha-hmac\n mode transport",
            "crypto ipsec transform-set T esp-3des esp-sha-hmac\n mode tunnel",
            ("mode transport", "mode tunnel"),
        ),
        (
            "ip access-list extended A\n permit ip any any\n permit ip host 1.1.1.1 any",
            "ip access-list extended A\n permit ip host 1.1.1.1 any\n permit ip any any",
            ("A exists", "wanted"),
        ),
        (
            "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\n set peer 192.0.2.2",
            "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1",
            ("set peer 192.0.2.2", "fewer lines"),
        ),
        (
            "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\ninterface Ethernet0/0\n crypto map OTHER",
            "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\ninterface Ethernet0/0\n crypto map M",
            ("crypto map OTHER", "crypto map M"),
        ),
    ],
)
def test_name_that_is_taken(there: str, wanted: str, both: tuple[str, str]) -> None:
    """An object of that name with other content is somebody else's: it is left alone, and both contents are in the sentence."""
    with pytest.raises(ChangeError, match="exists with other content and is left alone") as caught:
        plan("vpn3640", "ios", wanted, there)
    assert all(words in str(caught.value) for words in both)


@pytest.mark.parametrize("more", ["redundancy HA", "redundancy HA stateful"])
def test_a_map_of_a_standby_group(more: str) -> None:
    """Tunnels of a map that is bound with redundancy start at another address: that is the reason, and the line is in it."""
    there = f"crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\ninterface Ethernet0/0\n crypto map M {more}\n"
    wanted = "crypto map M 10 ipsec-isakmp\n set peer 192.0.2.1\ninterface Ethernet0/0\n crypto map M\n"
    with pytest.raises(ChangeError, match=rf"'crypto map M {more}' below 'interface Ethernet0/0': .*of the standby group"):
        plan("vpn3640", "ios", wanted, there)


@pytest.mark.parametrize(
    "same",
    [
        "crypto isakmp policy 10\n encryption 3des\n hash sha\n authentication pre-share\n group 2\n lifetime 86400",
        "crypto isakmp policy 10\n group 2\n encr 3des\n authentication pre-share",
    ],
)
def test_same_meaning_is_reused(same: str) -> None:
    """Hidden defaults, long words and the order of lines make no other policy."""
    wanted = "crypto isakmp policy 10\n encr 3des\n hash sha\n authentication pre-share\n group 2\n"
    change = plan("vpn3640", "ios", wanted, same)
    assert not change
    assert [item.title for item in change.reused] == ["isakmp-policy 10"]


@pytest.mark.parametrize("shown", ["key 0 {} address 192.0.2.1", "key {} address 192.0.2.1 255.255.255.255"])
def test_key_that_is_shown_otherwise(shown: str) -> None:
    """The type of a key in clear and the mask of one host may be shown or not; it is the same key."""
    wanted = f"crypto isakmp key {TOKEN} address 192.0.2.1"
    assert not plan("vpn3640", "ios", wanted, f"crypto isakmp {shown.format(TOKEN)}")


@pytest.mark.parametrize("line", ["set transform-set NOWHERE", "match address NOWHERE"])
def test_reference_to_nothing(line: str) -> None:
    """An entry that names what is neither there nor built is refused before anything is sent."""
    with pytest.raises(ChangeError, match=r"crypto-map-entry M 10 refers to .* NOWHERE, which is nowhere"):
        plan("vpn3640", "ios", f"crypto map M 10 ipsec-isakmp\n {line}\n", VPN3640)


def test_binding_of_a_map_that_is_nowhere() -> None:
    """A map without an entry is not bound."""
    with pytest.raises(ChangeError, match="refers to crypto-map-entry GHOST, which is nowhere"):
        plan("vpn3640", "ios", "interface Ethernet0/0\n crypto map GHOST\n", VPN3640)


@pytest.mark.parametrize(
    "line",
    [
        "ip access-list standard NR-hq-branch\n permit any",
        "interface Ethernet0/1\n ip access-group NR-hq-branch in",
        "crypto map other 5 ipsec-isakmp\n set peer 192.0.2.9\n match address NR-hq-branch",
        "ip nat inside source list NR-hq-branch interface Ethernet0/0 overload",
        "line vty 0 4\n access-class NR-hq-branch in",
        "route-map R permit 10\n match ip address NR-hq-branch",
    ],
)
def test_name_that_waits_for_its_list(line: str) -> None:
    """A list whose name something refers to already would be at work there the moment it is built."""
    with pytest.raises(ChangeError, match="the name NR-hq-branch is in"):
        planned(FAR, f"{VPN3640}{line}\n")


def test_name_in_a_description_is_no_reference() -> None:
    """A name in words for people holds nobody up."""
    running = VPN3640.replace("interface Ethernet0/1\n", "interface Ethernet0/1\n description to NR-hq-branch\n")
    assert planned(FAR, running)


def test_list_that_somebody_took_away_comes_back() -> None:
    """The tunnel's own entry may wait for its list: then only the list is built, and the inverse takes only that."""
    box = Device(VPN3640)
    box.type(planned(FAR, VPN3640).forward_text)
    text = box.show()
    rules = "ip access-list extended NR-hq-branch\n permit ip 10.10.20.0 0.0.0.255 10.10.10.0 0.0.0.255\n"
    assert rules in text
    change = planned(FAR, text.replace(rules, ""))
    assert [item.title for item in change.created] == ["access-list NR-hq-branch"]


def test_documented_pair() -> None:
    """The example: the 2611 uses its map, its policy and no-xauth; the 3640 gets all of it new."""
    near, far = planned(NEAR, VPN2611), planned(FAR, VPN3640)
    assert [item.title for item in near.reused] == ["isakmp-policy 3", "crypto-map-binding Ethernet0/0"]
    assert f"crypto isakmp key {TOKEN} address 172.18.124.199 no-xauth" in near.forward_text
    assert f"crypto isakmp key {TOKEN} address 172.18.124.159\n" in far.forward_text
    assert [step.lines for step in far.of(Phase.ACTIVATE)] == [
        ("crypto map NR-MAP 10 ipsec-isakmp", "match address NR-hq-branch", "exit"),
        ("interface Ethernet0/0", "crypto map NR-MAP", "exit"),
    ]
    assert far.inverse_text.splitlines()[2:4] == ["interface Ethernet0/0", " no crypto map NR-MAP"]


def built(end_of_cut: int | None = None) -> tuple[Device, str]:
    """The 3640 after the first lines of its change, and how it was."""
    change = planned(FAR, VPN3640)
    box = Device(VPN3640)
    for line in [line for step in change.forward for line in step.lines][:end_of_cut]:
        box.enter(line)
    box.cut()
    return box, VPN3640


def test_nothing_pushed_nothing_restored() -> None:
    """A device that was not touched is not touched by its undoing."""
    assert restore(planned(FAR, VPN3640), VPN3640, VPN3640) == ()


def test_altered_key_is_taken_away_as_it_stands() -> None:
    """A key that the device keeps otherwise than it was sent is removed in the device's words."""
    box, before = built()
    steps = restore(planned(FAR, VPN3640), before, box.show().replace(TOKEN, "<key:00bad000>"))
    assert ("no crypto isakmp key <key:00bad000> address 172.18.124.159",) in [step.lines for step in steps]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("crypto map NR-MAP 20 ipsec-isakmp\n set peer 192.0.2.9", "NR-MAP 20"),
        ("crypto map NR-MAP 30 ipsec-isakmp dynamic theirs", "NR-MAP 30"),
        ("crypto map M 5 ipsec-isakmp\n set peer 192.0.2.9\n set transform-set NR-hq-branch", "used by crypto-map-entry M 5"),
        ("crypto map M 5 ipsec-isakmp\n set peer 192.0.2.9\n match address NR-hq-branch", "used by crypto-map-entry M 5"),
        ("interface Ethernet0/2\n crypto map NR-MAP", "used by crypto-map-binding Ethernet0/2"),
    ],
)
def test_what_others_have_come_to_use_is_not_taken_away(line: str, words: str) -> None:
    """Somebody built on what this run brought: it stays, and the sentence says what uses it."""
    box, before = built()
    with pytest.raises(ChangeError, match=re.escape(words)):
        restore(planned(FAR, VPN3640), before, f"{box.show()}{line}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ip access-list extended NR-hq-branch\n", "ip access-list extended NR-hq-branch\n permit ip any any\n"),
        (" set peer 172.18.124.159\n", " set peer 172.18.124.159\n set peer 192.0.2.9\n"),
        ("crypto isakmp policy 10\n", "crypto isakmp policy 10\n hash md5\n"),
        ("NR-hq-branch esp-3des esp-sha-hmac", "NR-hq-branch esp-3des"),
        (" crypto map NR-MAP\n", " crypto map THEIRS\n"),
        ("crypto isakmp keepalive 10 3\n", "crypto isakmp keepalive 60 5\n"),
    ],
)  # fmt: skip
def test_what_others_have_edited_is_not_taken_away(old: str, new: str) -> None:
    """An object of ours that holds what this run did not send may be somebody else's by now: a person decides."""
    box, before = built()
    text = box.show()
    assert old in text
    with pytest.raises(ChangeError, match="which this run did not send"):
        restore(planned(FAR, VPN3640), before, text.replace(old, new))


def test_rendered_text_has_no_key() -> None:
    """Nothing but the token of the key is in anything that the plan holds."""
    text, _ = desired(NEAR, VPN2611)
    change = planned(NEAR, VPN2611)
    for shown in (text, change.forward_text, change.inverse_text):
        assert set(re.findall(r"crypto isakmp key (\S+)", shown)) == {TOKEN}
