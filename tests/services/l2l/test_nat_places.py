"""Where a tunnel's traffic is taken out of address translation, found by looking at what the device runs."""

from __future__ import annotations

import pytest

from nr_run.inventory.errors import ChangeError
from nr_run.services.l2l.features import NatExemption
from nr_run.services.l2l.placing.nat_places import nat_place

from .example import FAR, intent, members_of

C881, XE, OLD_ASA, ASA = "881 15.4(3)M3", "C8000V 17.12.1", "ASA 8.2(5)", "ASA 9.19(1)"
TWO = {**FAR, "protected_prefixes": ["10.10.20.0/24", "10.10.30.8/32"]}
OVERLOAD = "ip nat inside source list NAT interface GigabitEthernet0/0 overload\n"
BY_MAP = (
    "ip nat inside source route-map RM interface GigabitEthernet0/0 overload\nroute-map RM permit 10\n match ip address NAT\n"
)
PERMIT = " permit ip 10.10.10.0 0.0.0.255 any\n"
OURS = " deny ip 10.10.10.0 0.0.0.255 10.10.20.0 0.0.0.255\n"
HOST = " deny ip 10.10.10.0 0.0.0.255 host 10.10.30.8\n"
OTHER = " deny ip 10.10.10.0 0.0.0.255 10.77.0.0 0.0.255.255\n"
SOMEBODY = "access-list NONAT extended permit ip host 10.9.9.9 any\n"
LIST = "ip access-list extended NAT\n"


def found(on: str, running: str, **more: object) -> NatExemption | None:
    """The exemption on a device that runs this."""
    (member, _) = members_of(intent(version=1, far=TWO, **more), on, on)
    return nat_place(member, running)[0]


@pytest.mark.parametrize("rule", [OVERLOAD, BY_MAP], ids=["list", "route map"])
@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (PERMIT, (1, 11)),
        (OTHER + PERMIT, (11, 21)),
        (OTHER * 40 + PERMIT, (401, 411)),
        (OURS + PERMIT, (1, 11)),
        (OTHER + HOST + OURS + PERMIT, (21, 11)),
        (" remark users\n" + PERMIT, (1, 11)),
        (" 10 deny ip 10.10.10.0 0.0.0.255 10.77.0.0 0.0.255.255\n 20 permit ip 10.10.10.0 0.0.0.255 any\n", (1, 2)),
        (" 1 deny ip 10.10.10.0 0.0.0.255 10.77.0.0 0.0.255.255\n 5 permit ip 10.10.10.0 0.0.0.255 any\n", (2, 3)),
    ],
)
def test_before_the_first_permit_of_the_list(rule: str, lines: str, numbers: tuple[int, ...]) -> None:
    """Free numbers in front of what permits, those of a list numbered anew where none are shown; a line that is there keeps its
    place and is wanted still."""
    made = found(XE if lines.startswith((" 1", " 10")) else C881, rule + LIST + lines)
    assert made is not None
    assert (made.form, made.access_list, made.numbers) == ("ios-list", "NAT", numbers)


def test_without_room_it_is_refused() -> None:
    """Where too few of the numbers that are shown are free before the first permit, nothing is put behind it."""
    lines = " 1 deny ip 10.10.10.0 0.0.0.255 10.77.0.0 0.0.255.255\n 3 permit ip 10.10.10.0 0.0.0.255 any\n"
    with pytest.raises(ChangeError, match="access list NAT has no free numbers before its first permit"):
        found(C881, OVERLOAD + LIST + lines)


@pytest.mark.parametrize(
    "running",
    [
        "hostname r1\n",
        OVERLOAD + LIST + " permit ip 192.168.0.0 0.0.255.255 any\n",
        "ip nat inside source static 10.10.10.5 192.0.2.50\n" + LIST + PERMIT,
        "ip nat inside source list 101 interface GigabitEthernet0/0 overload\naccess-list 101 permit ip any any\n",
    ],
    ids=["no translation", "of others", "static", "by number"],
)
def test_nothing_where_nothing_is_needed_or_possible(running: str) -> None:
    """No translation of this traffic, or one that no line of a named list takes it out of: that is for the precheck to name."""
    assert found(C881, running) is None


def test_nothing_where_none_is_wanted() -> None:
    """Off in the intent, and a tunnel interface: no exemption, whatever the device translates."""
    running = OVERLOAD + LIST + PERMIT
    assert found(C881, running, cisco={"nat_exemption": "off"}) is None
    assert found(C881, running, style="vti") is None
    assert found("2611 12.2(8)T", running) is None


@pytest.mark.parametrize(
    ("running", "access_list"),
    [
        ("nat (inside) 1 10.10.10.0 255.255.255.0\nglobal (outside) 1 interface\n", "NR-NONAT"),
        ("nat-control\n", "NR-NONAT"),
        (
            f"{SOMEBODY}nat (inside) 0 access-list NONAT\nnat (inside) 1 0.0.0.0 0.0.0.0\n",
            "NONAT",
        ),
        (
            "access-list NONAT extended permit ip 10.10.10.0 255.255.255.0 10.10.20.0 255.255.255.0\n"
            "access-list NONAT extended permit ip 10.10.10.0 255.255.255.0 host 10.10.30.8\n"
            "nat (inside) 0 access-list NONAT\n",
            "NONAT",
        ),
        ("hostname fw\n", None),
        (f"{SOMEBODY}nat (dmz) 0 access-list NONAT\n", None),
    ],
)
def test_the_list_of_nat_0(running: str, access_list: str | None) -> None:
    """ASA up to 8.2: the list that the inside interface has, or ours; kept where it is used, none where none is needed."""
    made = found(OLD_ASA, running)
    assert (made.access_list if made else None) == access_list


@pytest.mark.parametrize(
    ("running", "needed"),
    [
        ("nat (inside,outside) source dynamic any interface\n", True),
        (
            "nat (inside,outside) source static NR-hq-branch-L NR-hq-branch-L destination static NR-hq-branch-R NR-hq-branch-R "
            "no-proxy-arp route-lookup\n",
            True,
        ),
        ("hostname fw\n", False),
        ("nat (dmz,outside) source dynamic any interface\n", False),
    ],
)
def test_a_rule_before_all_others(running: str, needed: bool) -> None:
    """ASA from 8.3: a rule of ours where another would translate, or where it is there already."""
    made = found(ASA, running)
    assert (made is not None) is needed
    if made is not None:
        assert (made.near, made.far, made.inside, made.keeps_routing) == ("NR-hq-branch-L", "NR-hq-branch-R", "inside", True)


def test_the_plan_is_told_where() -> None:
    """Each exemption comes with a sentence, and no exemption with none."""
    for on, running in (
        (C881, OVERLOAD + LIST + PERMIT),
        (OLD_ASA, "nat-control\n"),
        (ASA, "nat (inside,outside) source dynamic any interface\n"),
    ):
        (member, _) = members_of(intent(version=1, far=TWO), on, on)
        made, said = nat_place(member, running)
        assert made is not None
        assert said.startswith("the traffic is taken out of translation")
    assert nat_place(members_of(intent(), ASA, ASA)[0], "hostname fw\n") == (None, "")
