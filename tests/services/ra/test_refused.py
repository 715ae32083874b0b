"""What is refused of an intent for VPN clients, or fixed, before a router is touched."""

from __future__ import annotations

from datetime import date
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nr_run.inventory.errors import ChangeError, IntentError, NothingMatched
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.building import build
from nr_run.services.ra.blueprint import profile
from nr_run.services.ra.intent import Groups, Pool, User, load
from nr_run.services.ra.service import IntendedGroups, deployment_of
from nr_run.services.service import Site

from .groups import BARE, HOST, KEYS, PLATFORM, deployed, group, planned

EXAMPLE = Path(__file__).parents[3] / "inventory" / "remote-access.yaml"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("first: 192.168.77.10", "first: 14.1.1.100", "is not private (RFC 1918)"),
        ("last: 192.168.77.50", "last: 192.168.77.5", "before it begins"),
        (
            "first: 192.168.77.10\n      last: 192.168.77.50",
            "first: 10.10.10.100\n      last: 10.10.10.150",
            "overlaps 10.10.10.0/24",
        ),
        ("probe_address: 10.10.10.1", "probe_address: 10.10.20.1", "is in none of the protected prefixes"),
        ("credential:staff-jane", "credential:staff-group-key", "two of them have the same reference"),
        ("group_key_ref: credential:staff-group-key", "group_key: cisco123", "a secret is never written into the intent"),
        ("password_ref: credential:staff-jane", "password: cisco", "use password_ref"),
        ("domain:", "domian:", "unknown key (did you mean domain?"),
        ("- name: jane", "- name: jane doe", "has a character that it may not have"),
        ("window_seconds: 300", "window_seconds: 99999", "is not a valid value"),
        ("    waiver:\n      until: 2028-06-30\n      ticket: SEC-1043\n", "    notes:\n", "waiver: is missing"),
    ],
)
def test_intent(tmp_path: Path, old: str, new: str, words: str) -> None:
    """Each thing that is wrong is a sentence with its file, its line and its field, and no value of a secret."""
    text = EXAMPLE.read_text()
    assert old in text
    (tmp_path / EXAMPLE.name).write_text(text.replace(old, new))
    with pytest.raises(IntentError) as refused:
        load(tmp_path)
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path / EXAMPLE.name}:")
    assert "cisco123" not in str(refused.value)


def test_selection(tmp_path: Path) -> None:
    """A name that is unknown, a waiver that is over, a host that is not there, a folder without the file: each is told."""
    platforms = {HOST: PLATFORM}
    intended = IntendedGroups(Groups({"staff": group()}, EXAMPLE), platforms)
    with pytest.raises(NothingMatched, match="no group is named 'staf'"):
        intended.select(["staf"], date(2027, 1, 1), removal=False)
    with pytest.raises(IntentError, match="the waiver T ended on 2099-01-01"):
        intended.select([], date(2099, 1, 2), removal=False)
    assert intended.select([], date(2099, 1, 2), removal=True)[0][0].name == "staff"
    with pytest.raises(NothingMatched, match="no host is named 'vpn2611'"):
        IntendedGroups(intended.groups, {}).select([], date(2027, 1, 1), removal=False)
    with pytest.raises(NothingMatched, match="no group of VPN clients is active"):
        IntendedGroups(load(tmp_path), platforms).select([], date(2027, 1, 1), removal=False)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("aaa new-model\n", "", "has no 'aaa new-model', which changes every login"),
        ("username nr ", "username jane ", "user jane exists already"),
        ("username nr secret", "username jane privilege 15 secret", "user jane exists already"),
        ("line vty", "ip local pool other 192.168.77.50 192.168.77.60\nline vty", "overlaps address-pool other"),
        (
            "line vty",
            "crypto isakmp key <secret:credential:key> address 192.0.2.1\nline vty",
            "is that of isakmp-key 192.0.2.1 as well",
        ),
    ],
)
def test_router(old: str, new: str, words: str) -> None:
    """What would lock somebody out, or serve two ends at once, is refused on the router as it is."""
    assert old in BARE
    with pytest.raises(ChangeError, match=".*".join([HOST, words.replace("(", r"\(")])):
        planned("staff", BARE.replace(old, new))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("crypto map M client authentication list RADIUS\n", "asks by the list RADIUS"),
        ("crypto dynamic-map D 10\n set transform-set T\n set pfs group2\n", "no entry that clients could use"),
        ("crypto isakmp key <key:00000001> address 0.0.0.0 0.0.0.0\n", "give it a key of its own with no-xauth first"),
    ],
)
def test_map(lines: str, words: str) -> None:
    """A map that asks otherwise, a dynamic map that is for others, and a router that would be asked for a user are left alone."""
    dynamic = "crypto map M 10 ipsec-isakmp dynamic D\n" if "dynamic-map" in lines else ""
    peer = "crypto map M 5 ipsec-isakmp\n set peer 192.0.2.1\n set transform-set T\n match address A\n"
    running = BARE.replace("interface Ethernet0/0\n", f"{lines}{dynamic}{peer if 'key' in lines else ''}interface Ethernet0/0\n")
    running = running.replace("255.255.255.0\ninterface", "255.255.255.0\n crypto map M\ninterface", 1)
    with pytest.raises(ChangeError, match=words):
        planned("staff", running)


def test_one_secret_for_two() -> None:
    """The key of the group and a password that are one value are refused, whatever their references."""
    site = Site(deployment_of(group()).members[0], PLATFORM, BARE, {**KEYS, "credential:jane": KEYS["credential:key"]}, None)
    with pytest.raises(ChangeError, match="is a password as well"):
        build(deployment_of(group()).stages[1], site)


def test_release() -> None:
    """A release on which it is not built is refused by its name."""
    site = Site(deployment_of(group()).members[0], platform_for("881", "15.4(3)M3"), BARE, KEYS, None)
    with pytest.raises(ChangeError, match="VPN clients are built on IOS"):
        build(deployment_of(group()).stages[1], site)


def test_one_variable_for_the_name() -> None:
    """The group has one name, on the router and in the profile, whose key is left to be typed."""
    wanted = group("3000client")
    site = Site(deployment_of(wanted).members[0], PLATFORM, BARE, KEYS, None)
    assert "crypto isakmp client configuration group 3000client\n" in build(deployment_of(wanted).stages[1], site).text
    lines = profile(wanted).splitlines()
    assert "GroupName=3000client" in lines
    assert "GroupPwd=" in lines
    assert "enc_GroupPwd=" in lines


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"name": "sales"}, "crypto isakmp client configuration group sales"),
        ({"interface": "Ethernet0/1"}, "interface Ethernet0/1"),
        ({"pool": Pool(first=IPv4Address("10.9.0.1"), last=IPv4Address("10.9.0.9"))}, "ip local pool RA-staff 10.9.0.1 10.9.0.9"),
        ({"dns": (IPv4Address("10.10.10.5"),)}, " dns 10.10.10.5"),
        ({"wins": (IPv4Address("10.10.10.6"),)}, " wins 10.10.10.6"),
        ({"domain": "example.org"}, " domain example.org"),
        ({"group_key_ref": "credential:second-key"}, " key <secret:credential:second-key>"),
        ({"users": (User(name="joe", password_ref="credential:joe"),)}, "username joe secret <secret:credential:joe>"),
    ],
)
def test_every_field_is_rendered(other: dict[str, object], line: str) -> None:
    """A field of the intent is a line of the configuration."""
    texts = []
    for wanted in (group(), group(**other)):
        site = Site(deployment_of(wanted).members[0], PLATFORM, BARE, KEYS, None)
        texts.append(build(deployment_of(wanted).stages[1], site).text.splitlines())
    assert line not in texts[0]
    assert line in texts[1]


def test_weak_defaults_are_written_out() -> None:
    """Nothing rests on a default of the release: cipher, hash and group are named; there is no MD5, and no clear password."""
    running = deployed("staff", BARE)
    for line in (" encr 3des", " hash sha", " authentication pre-share", " group 2", " acl RA-staff"):
        assert f"{line}\n" in running
    assert "esp-3des esp-sha-hmac" in running
    assert "md5" not in running
    assert "username jane secret " in running
