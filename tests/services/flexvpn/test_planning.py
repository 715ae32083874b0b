"""What is built on a router, what is refused, and that what is taken away leaves the router as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.inventory.errors import ChangeError
from nr_run.services.flexvpn.features import GROUND
from nr_run.services.flexvpn.intent import FlexVpn
from nr_run.services.flexvpn.service import deployment_of
from nr_run.services.service import Site

from ...changes.trees import same
from .head_ends import BARE, KEYS, PLATFORM, deployed, head_end, planned, removed

TWO = {"name": "partners", "pool": {"first": "192.168.118.10", "last": "192.168.118.59"}}
POLICY = "crypto ikev2 proposal OTHER\n encryption aes-cbc-256\n integrity sha256\n group 14\n"
POLICY += "crypto ikev2 policy THEIRS\n match address local 172.18.124.117\n proposal OTHER\n"


def test_taken_away_it_leaves_the_router_as_it_was() -> None:
    """All that was built goes, and nothing else."""
    there = deployed(head_end(), BARE)
    assert not same(there, BARE)
    after, stays = removed(head_end(), there)
    assert same(after, BARE)
    assert stays == ()


def test_a_second_plan_has_nothing_to_do() -> None:
    """On a router that has it, nothing is created, edited or removed."""
    there = deployed(head_end(), BARE)
    assert not planned(head_end(), there).change


def test_the_last_line_lets_clients_in() -> None:
    """The profile names its virtual template behind everything that the template needs, in a step of its own."""
    steps = planned(head_end(), BARE).change.forward
    assert steps[-1].lines[1] == "virtual-template 10"
    assert [step.family for step in steps[-4:]] == ["ikev2-profile", "ipsec-profile", "virtual-template", "ikev2-profile"]


def test_default_proposal_and_policy_are_left_alone() -> None:
    """What other IKEv2 peers rely on is never edited: proposal and policy have names of our own."""
    config = read("ios", deployed(head_end(), BARE))
    names = {item.groups["name"] for family in ("ikev2-proposal", "ikev2-policy") for item in config.of(family)}
    assert "default" not in names
    assert len(names) == 2


def test_the_policy_of_the_address_is_kept_and_gets_ours_behind() -> None:
    """A policy that is for the address already offers our proposal behind its own, and has only its own in the end."""
    running = BARE.replace("interface GigabitEthernet1\n", f"{POLICY}interface GigabitEthernet1\n")
    there = deployed(head_end(), running)
    (ours,) = re.findall(r"^crypto ikev2 policy THEIRS\n( proposal NR-\S+\n)", there, re.MULTILINE)
    # As the router shows it: one policy, what was added behind what it had.
    there = there.replace(f"crypto ikev2 policy THEIRS\n{ours}", "").replace("\n proposal OTHER\n", f"\n proposal OTHER\n{ours}")
    after, _ = removed(head_end(), there)
    assert same(after, running), after


def test_lists_that_are_there_are_used_as_they_are() -> None:
    """A list that is named and there is neither written nor taken away; one of users that is missing is refused."""
    running = BARE.replace("aaa session-id", "aaa authentication login RADIUS group radius local\naaa session-id")
    wanted = head_end(users=[], authentication_list="RADIUS")
    there = deployed(wanted, running)
    assert there.count("aaa authentication login RADIUS") == 1
    assert " aaa authentication anyconnect-eap RADIUS\n" in there
    after, _ = removed(wanted, there)
    assert same(after, running), after
    with pytest.raises(ChangeError, match="there is no 'aaa authentication login RADIUS'"):
        planned(wanted, BARE)
    with pytest.raises(ChangeError, match="there is no 'aaa authorization network GROUPS'"):
        planned(head_end(authorization_list="GROUPS"), BARE)


@pytest.mark.parametrize(
    ("old", "new", "other", "words"),
    [
        ("aaa new-model\n", "", {}, "has no 'aaa new-model'"),
        ("ip route", "ip local pool P 192.168.117.50 192.168.117.70\nip route", {}, "overlaps"),
        ("ip route", "username anna privilege 15 secret 9 <key:1>\nip route", {}, "give the VPN user another name"),
        ("ip route", "username anna secret 9 <key:1>\nip route", {}, "give the VPN user another name"),
        ("ip route", "interface Virtual-Template7 type tunnel\n no ip address\nip route", {"virtual_template": 7}, "somebody's"),
        (
            "interface GigabitEthernet1",
            "crypto ikev2 profile OLD\n match identity remote key-id *$AnyConnectClient$*\ninterface GigabitEthernet1",
            {},
            "takes Secure Clients already",
        ),
    ],
)
def test_what_is_in_the_way_is_refused(old: str, new: str, other: dict[str, Any], words: str) -> None:
    """One sentence for each thing of the router's that somebody else relies on."""
    with pytest.raises(ChangeError, match=words):
        planned(head_end(**other), BARE.replace(old, new, 1))


def test_a_number_that_anything_speaks_of_is_taken() -> None:
    """A virtual template gets the first free number, also past one that a profile names and that is not there yet."""
    running = BARE.replace("ip route", "crypto ikev2 profile P\n virtual-template 10\n match identity remote any\nip route", 1)
    running = running.replace(" match identity remote any\n", " match identity remote fqdn a.example.com\n")
    running = running.replace("ip route", "crypto ikev2 policy ALL\n match fvrf any\n proposal default\nip route")
    assert "interface Virtual-Template11 type tunnel" in deployed(head_end(), running)


def test_nothing_is_taken_of_one_that_is_not_there() -> None:
    """A removal on a router without the head-end takes nothing, be there a pool or list of that name."""
    after, _ = removed(head_end(), BARE)
    assert same(after, BARE)


@pytest.mark.parametrize(
    ("other", "lines"),
    [
        ({"reconnect_timeout": 1800}, ["crypto ikev2 profile FLEX-laptops", "reconnect timeout 1800"]),
        ({"reconnect_timeout": None}, ["crypto ikev2 profile FLEX-laptops", "no reconnect timeout 900"]),
        ({"trustpoint": "NEW-TP"}, ["crypto ikev2 profile FLEX-laptops", "pki trustpoint NEW-TP"]),
        ({"domain": "example.org"}, ["crypto ikev2 authorization policy FLEX-laptops", "def-domain example.org"]),
    ],
)
def test_settings_are_changed_where_they_stand(other: dict[str, Any], lines: list[str]) -> None:
    """A timeout, a trustpoint or a domain is one line of what is there; everything else stays, and a second plan is empty."""
    there = deployed(head_end(domain="example.com"), BARE)
    wanted = head_end(**{"domain": "example.com"} | other)
    change = planned(wanted, there).change
    assert [line.strip() for step in change.forward for line in step.lines if line != "exit"] == lines
    assert (change.created, change.removed) == ((), ())
    assert not planned(wanted, deployed(wanted, there)).change
    after, _ = removed(wanted, deployed(wanted, there))
    assert same(after, BARE)


def test_a_strange_line_is_somebodys() -> None:
    """A profile of our name with a line that nobody here knows is left alone."""
    there = deployed(head_end(), BARE).replace(" reconnect timeout 900\n", " ivrf BLUE\n reconnect timeout 900\n")
    with pytest.raises(ChangeError):
        planned(head_end(), there)


@pytest.mark.parametrize(
    "line",
    [
        "crypto vpn anyconnect profile FLEX-laptops bootflash:theirs.xml\n",
        "crypto ikev2 authorization policy FLEX-laptops\n pool X\n",
        "crypto ikev2 profile FLEX-laptops\n match identity remote fqdn a.example.com\n authentication local rsa-sig\n",
    ],
)
def test_what_has_our_name_by_chance_is_somebodys(line: str) -> None:
    """What is edited where it stands is that of a head-end that is there: without its profile nothing of that name is touched."""
    with pytest.raises(ChangeError, match="is left alone"):
        planned(head_end(client_profile={}), BARE.replace("ip route", f"{line}ip route", 1))


def test_whom_else_a_list_of_local_users_lets_in() -> None:
    """Every local user may connect, and one who has left the intent still may: both are told; a list of theirs is their own."""

    def told(wanted: FlexVpn, running: str) -> tuple[str, ...]:
        (member,) = deployment_of(wanted).members
        return GROUND.names(Site(member, PLATFORM, running, KEYS, None), read("ios", running), read("ios", running)).decisions

    left = deployed(head_end(), BARE).replace("ip route", "username joe secret 9 <key:00000002>\nip route", 1)
    (words,) = [said for said in told(head_end(), left) if "local users" in said]
    assert "may connect as well: nr, joe; one who has left" in words
    running = BARE.replace("aaa session-id", "aaa authentication login RADIUS group radius\naaa session-id")
    assert not [said for said in told(head_end(users=[], authentication_list="RADIUS"), running) if "local users" in said]
