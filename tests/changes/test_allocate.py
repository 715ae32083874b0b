"""Where a tunnel goes on a device: what the device has decides, then what the intent says; no safe place is a sentence."""

from __future__ import annotations

import re
from ipaddress import IPv4Network

import pytest

from nr_run.changes.objects import read
from nr_run.changes.selectors import network, overlap, selectors_of
from nr_run.inventory.errors import ChangeError
from nr_run.inventory.intents.intent import Dpd, End

from .configs import VPN2611, VPN3640
from .rendering import TOKEN, desired, ends, planned

NEAR, FAR = ends()
DYNAMIC = "crypto map clientmap 10 ipsec-isakmp dynamic dynmap \n"


def dynamic_at(number: int) -> str:
    """The 2611 with its dynamic entry at another number."""
    assert DYNAMIC in VPN2611
    return VPN2611.replace(DYNAMIC, DYNAMIC.replace(" 10 ", f" {number} "))


def entry(number: int, rule: str, peer: str = "192.0.2.9", name: str = "branch9") -> str:
    """The 2611 with another static entry and its access list."""
    text = f"crypto map clientmap {number} ipsec-isakmp\n set peer {peer}\n set transform-set myset\n match address {name}\n"
    head = f"ip access-list extended {name}\n" if not name.isdigit() else ""
    rules = f"{head} {rule}\n" if head else f"access-list {name} {rule}\n"
    return VPN2611.replace(DYNAMIC, text + DYNAMIC).replace("ip classless\n", f"ip classless\n{rules}")


OTHER = "permit ip 10.10.10.0 0.0.0.255 10.10.99.0 0.0.0.255"


@pytest.mark.parametrize(
    ("running", "number"),
    [
        (VPN2611, 1),
        (dynamic_at(65535), 10),
        (entry(1, OTHER), 2),
        (entry(9, OTHER), 1),
        (entry(4, OTHER), 5),
        (entry(20, OTHER).replace(DYNAMIC, DYNAMIC.replace(" 10 ", " 65535 ")), 30),
        (entry(65534, OTHER).replace(DYNAMIC, DYNAMIC.replace(" 10 ", " 65535 ")), 1),
    ],
)
def test_sequence(running: str, number: int) -> None:
    """Ten behind the last static entry, else the next gap, always below the dynamic entry."""
    names = desired(NEAR, running)[1]
    assert (names.crypto_map, names.map_sequence) == ("clientmap", number)
    assert any(f"sequence {number} of clientmap" in sentence for sentence in names.decisions)


def test_no_free_sequence() -> None:
    """A dynamic entry at 1 leaves no place: nothing is moved to make one."""
    with pytest.raises(ChangeError, match="vpn2611: crypto map clientmap has no free sequence below its dynamic entry 1"):
        desired(NEAR, dynamic_at(1))


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("permit ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255", "branch9"),
        ("permit ip 10.10.0.0 0.0.255.255 any", "branch9"),
        ("permit ip host 10.10.10.7 host 10.10.20.7", "199"),
        ("permit tcp 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255 eq 23", "199"),
        ("permit ip any any", "199"),
    ],
)
def test_overlapping_selectors(rule: str, name: str) -> None:
    """Two entries that one packet could match are refused, with both selectors and the number in the sentence."""
    with pytest.raises(ChangeError, match=r"10\.10\.10\.0/24 to 10\.10\.20\.0/24 overlaps .* of entry 4 of crypto map clientmap"):
        desired(NEAR, entry(4, rule, name=name))


@pytest.mark.parametrize(
    "running",
    [
        entry(4, "permit ip 10.10.10.0 0.0.255.254 10.10.99.0 0.0.0.255"),
        entry(4, "permit object-group SERVICES any any"),
        entry(4, OTHER).replace(f"ip access-list extended branch9\n {OTHER}\n", ""),
    ],
)
def test_selectors_that_cannot_be_read(running: str) -> None:
    """A wildcard with holes, a group of services, or a list that is not there: what the entry takes is not certain."""
    with pytest.raises(ChangeError, match="the selectors of entry 4 of crypto map clientmap cannot be parsed reliably"):
        desired(NEAR, running)


@pytest.mark.parametrize("kind", ["ipsec-manual", "ipsec-isakmp profile P", "gdoi"])
def test_entry_of_another_kind(kind: str) -> None:
    """An entry that nr-run does not read keeps its number and is not passed over in silence."""
    running = VPN2611.replace(DYNAMIC, f"crypto map clientmap 4 {kind}\n set peer 192.0.2.9\n{DYNAMIC}")
    with pytest.raises(ChangeError, match=f"crypto map clientmap 4 {kind}"):
        desired(NEAR, running)


def test_entry_without_list_takes_nothing() -> None:
    """An entry that matches no address is disabled, and overlaps with nothing."""
    running = VPN2611.replace(DYNAMIC, f"crypto map clientmap 4 ipsec-isakmp\n set peer 192.0.2.9\n{DYNAMIC}")
    assert desired(NEAR, running)[1].map_sequence == 5


def test_other_map_on_the_interface() -> None:
    """A map that the intent names is never put in place of the one that is bound."""
    end = ends(crypto_map="mymap")[0]
    with pytest.raises(ChangeError, match="Ethernet0/0 has crypto map clientmap; binding mymap would replace it"):
        desired(end, VPN2611)
    assert desired(ends(crypto_map="clientmap")[0], VPN2611)[1].crypto_map == "clientmap"


def test_map_of_a_standby_group_is_found() -> None:
    """A binding with a word behind the name is a binding: the interface has a map."""
    running = VPN2611.replace(" crypto map clientmap\n", " crypto map clientmap redundancy HA\n")
    assert desired(NEAR, running)[1].crypto_map == "clientmap"


@pytest.mark.parametrize("wanted", ["clientmap", None])
def test_map_that_is_elsewhere(wanted: str | None) -> None:
    """A map that exists and is not on this interface is not taken along; without a wish a new name is found."""
    running = VPN2611.replace(" crypto map clientmap\n", "")
    if wanted:
        with pytest.raises(ChangeError, match="clientmap exists and is not on Ethernet0/0"):
            desired(ends(crypto_map=wanted)[0], running)
    else:
        assert desired(NEAR, running)[1].crypto_map == "NR-MAP"


@pytest.mark.parametrize(
    "line",
    [
        "crypto map NR-MAP 10 ipsec-manual\n",
        "crypto map NR-MAP 5 ipsec-isakmp dynamic d\n",
        "interface Ethernet0/2\n crypto map NR-MAP\n",
    ],
)
def test_new_map_name_is_free_in_every_way(line: str) -> None:
    """A name that any entry has, or that waits on another interface, is not the name of the new map."""
    assert desired(FAR, VPN3640 + line)[1].crypto_map == "NR-MAP-2"


def test_all_map_names_of_two_kinds_apart() -> None:
    """A name that the intent gives is used when it is free."""
    far = ends()[1]
    own = far.local.model_copy(update={"cisco": far.local.cisco.model_copy(update={"crypto_map": "OWN"})})
    assert desired(type(far)(own, far.remote), VPN3640)[1].crypto_map == "OWN"


@pytest.mark.parametrize(
    ("number", "words"),
    [(4, "is taken"), (10, "is taken"), (11, "is above dynamic entry 10, which takes every peer first")],
)
def test_sequence_of_the_intent_that_cannot_be(number: int, words: str) -> None:
    """A number that is taken, or that would never be reached, is refused with the reason."""
    with pytest.raises(ChangeError, match=words):
        desired(ends(map_sequence=number)[0], entry(4, OTHER))


def test_names_of_the_intent() -> None:
    """Sequence, access list and transform set are as the intent says."""
    end = ends(map_sequence=7, access_list="MINE", transform_set="MY-SET")[0]
    text, names = desired(end, VPN2611)
    assert (names.map_sequence, names.access_list, names.transform_set) == (7, "MINE", "MY-SET")
    assert "crypto map clientmap 7 ipsec-isakmp\n" in text
    assert " match address MINE\n" in text
    assert "crypto ipsec transform-set MY-SET esp-3des esp-sha-hmac\n" in text


def test_numbered_list_of_the_intent() -> None:
    """A number as the name of a list would be shown, and taken away, in another form than it was typed."""
    with pytest.raises(ChangeError, match=r"cisco\.access_list 150 is a number"):
        desired(ends(access_list="150")[0], VPN2611)


@pytest.mark.parametrize(
    ("policies", "number"),
    [
        ("", 10),
        ("crypto isakmp policy 3\n encr 3des\n authentication pre-share\n group 2\n", 3),
        ("crypto isakmp policy 3\n encr 3des\n hash md5\n authentication pre-share\n group 2\n", 10),
        ("crypto isakmp policy 20\n authentication pre-share\n", 30),
        ("crypto isakmp policy 9\n encr 3des\n authentication pre-share\n group 2\n lifetime 3600\n", 10),
        ("crypto isakmp policy 8\n encr 3des\n authentication pre-share\n group 2\n lifetime 86400\n", 8),
    ],
)
def test_policy(policies: str, number: int) -> None:
    """An identical policy is used again; else a new one comes behind all others, and none is edited."""
    running = VPN3640.replace("ip subnet-zero\n", f"ip subnet-zero\n{policies}")
    assert desired(FAR, running)[1].policy_number == number


def test_the_last_number_is_of_a_policy_that_no_key_meets() -> None:
    """Where certificates have the last policy, the new one stands before it and says nothing of it: no such peer takes it."""
    names = desired(FAR, VPN3640 + "crypto isakmp policy 10000\n hash md5\n")[1]
    assert names.policy_number == 10
    assert "isakmp policy 10: last, so that other peers are offered what they were before" in names.decisions


@pytest.mark.parametrize(
    ("present", "wanted", "set_by_us"),
    [
        ("", Dpd(interval_seconds=10, retries=3), True),
        ("", None, False),
        ("crypto isakmp keepalive 10 3\n", Dpd(interval_seconds=10, retries=3), True),
        ("crypto isakmp keepalive 30\n", Dpd(interval_seconds=10, retries=3), False),
        ("crypto isakmp keepalive 10 3\n", None, False),
    ],
)
def test_keepalive(present: str, wanted: Dpd | None, set_by_us: bool) -> None:
    """The one keepalive of the device is set only where there is none, and never changed."""
    text, names = desired(FAR, VPN3640 + present, dpd=wanted)
    assert ("crypto isakmp keepalive" in text) is set_by_us
    assert (names.keepalive is not None) is set_by_us
    created = {item.family.name for item in planned(FAR, VPN3640 + present, dpd=wanted).created}
    assert ("isakmp-keepalive" in created) is (set_by_us and not present)


def test_the_last_number_is_of_a_policy_with_a_key() -> None:
    """The highest free number is taken then, and decision and blast radius say before which policy it is offered."""
    full = VPN2611.replace("crypto isakmp policy 3\n", "crypto isakmp policy 10000\n hash md5\n")
    names = desired(NEAR, full)[1]
    assert names.policy_number == 9999
    assert any("policy 10000 has the last one, so a peer that takes both is offered 9999 first" in why for why in names.decisions)
    radius = planned(NEAR, full).blast_radius
    assert "isakmp-policy 9999 is offered to every IKE peer of the device from now on, before isakmp-policy 10000" in radius


def test_every_policy_number_is_taken() -> None:
    """Without any free number there is no plan, and the sentence names the device."""
    every = "".join(f"crypto isakmp policy {number}\n hash md5\n authentication pre-share\n" for number in range(1, 10001))
    with pytest.raises(ChangeError, match="vpn3640: there is no free isakmp policy number"):
        desired(FAR, VPN3640 + every)


def test_two_dynamic_entries() -> None:
    """A tunnel stands below the lower of two dynamic entries: either takes every peer."""
    running = VPN2611.replace(DYNAMIC, f"crypto map clientmap 7 ipsec-isakmp dynamic other\n{DYNAMIC}")
    running = running.replace("crypto map clientmap 10 ", "crypto map clientmap 65535 ")
    assert desired(NEAR, running)[1].map_sequence < 7


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        ("permit object-group SERVICES any any", "'permit object-group SERVICES any any' of access list branch9"),
        ("permit ip 10.10.10.0 0.0.255.254 any", "'permit ip 10.10.10.0 0.0.255.254 any' of access list branch9"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(rule: str, shown: str) -> None:
    """The refusal holds the line and the name of its list, so that a person need not look for it."""
    with pytest.raises(ChangeError, match=re.escape(shown)):
        desired(NEAR, entry(4, rule))


@pytest.mark.parametrize(
    "rule", ["permit eigrp any host 10.9.9.9", "permit tcp any neq 22 10.9.9.0 0.0.0.255", "permit 132 any host 10.9.9.9"]
)
def test_lines_of_one_protocol_are_read_by_their_addresses(rule: str) -> None:
    """What can only be for other networks is no reason to refuse, whatever its protocol and ports."""
    assert desired(NEAR, entry(4, rule))[1].map_sequence


def test_subinterface_has_its_map() -> None:
    """A map on a serial subinterface, which is shown with its kind, is used and not replaced."""
    serial = VPN2611.replace("interface Ethernet0/0\n", "interface Serial0/0.1 point-to-point\n")
    assert (
        desired(End(NEAR.local.model_copy(update={"interface": "Serial0/0.1"}), NEAR.remote), serial)[1].crypto_map == "clientmap"
    )


def test_key_is_known_in_the_columns_of_15() -> None:
    """15.x leaves the room of a mask before no-xauth: it is the key of that peer all the same."""
    shown = f"crypto isakmp key {TOKEN} address 172.18.124.199         no-xauth"
    running = VPN2611.replace("crypto isakmp client", f"{shown}\ncrypto isakmp client", 1)
    change = planned(NEAR, running)
    assert "isakmp-key 172.18.124.199" in {item.title for item in change.reused}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("any", "0.0.0.0/0"),
        ("host 10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.0 0.0.0.255", "10.1.2.0/24"),
        ("10.1.2.3 0.0.0.0", "10.1.2.3/32"),
        ("10.1.2.0 0.0.1.254", None),
        ("0.0.0.0 255.255.255.0", None),  # a mask where a wildcard belongs: the last byte alone is compared
        ("10.1.2.0", None),
        ("host", None),
        ("object-group X", None),
    ],
)
def test_address_of_a_rule(words: str, expected: str | None) -> None:
    """An address as an access list writes it, or None where it is no network."""
    assert network(words) == (IPv4Network(expected) if expected else None)


def test_overlap_needs_both_sides() -> None:
    """Selectors overlap when one packet can match both; the order of asking does not matter."""
    a = (IPv4Network("10.0.0.0/24"), IPv4Network("10.1.0.0/24"))
    b = (IPv4Network("10.0.0.0/25"), IPv4Network("10.1.0.128/25"))
    c = (IPv4Network("10.0.0.0/24"), IPv4Network("10.2.0.0/24"))
    assert overlap((a,), (c, b)) == (a, b)
    assert overlap((b,), (a,)) == (b, a)
    assert overlap((a,), (c,)) is None
    assert overlap((a,), ()) is None


def test_selectors_of_an_entry() -> None:
    """Named and numbered lists are read alike, without remarks and denials."""
    text = (
        "crypto map M 1 ipsec-isakmp\n match address 101\n"
        "access-list 101 remark to the branch\naccess-list 101 deny   ip any host 10.9.9.9\n"
        "access-list 101 permit ip 10.0.0.0 0.255.255.255 host 10.1.1.1\n"
    )
    config = read("ios", text)
    (item,) = config.of("crypto-map-entry")
    assert selectors_of(config, item) == ((IPv4Network("10.0.0.0/8"), IPv4Network("10.1.1.1/32")),)


def test_numbered_lines_are_read_like_others() -> None:
    """IOS-XE 17 shows a list that was typed by number as a named one, and each of its lines with a sequence number."""
    text = (
        "crypto map M 1 ipsec-isakmp\n match address 101\n"
        "ip access-list extended 101\n 10 remark to the branch\n 20 deny   ip any host 10.9.9.9\n"
        " 30 permit ip 10.0.0.0 0.255.255.255 host 10.1.1.1\n"
    )
    config = read("ios", text)
    (item,) = config.of("crypto-map-entry")
    assert selectors_of(config, item) == ((IPv4Network("10.0.0.0/8"), IPv4Network("10.1.1.1/32")),)
    shown = planned(FAR, VPN3640).created
    (acl,) = (thing for thing in shown if thing.family.name == "access-list")
    numbered = "".join(f" {10 * n} {line}\n" for n, line in enumerate(acl.children, 1))
    (back,) = read("ios", f"{acl.header}\n{numbered}").of("access-list")
    assert back.meaning == acl.meaning
    assert back.children != acl.children


def test_entry_with_a_mask_for_a_wildcard_is_not_read() -> None:
    """What an entry takes whose list has a mask in the place of the wildcard cannot be told, so no tunnel is put beside it."""
    with pytest.raises(ChangeError, match="cannot be parsed reliably"):
        desired(NEAR, entry(4, "permit ip 0.0.0.0 255.255.255.0 0.0.0.0 255.255.255.0"))
