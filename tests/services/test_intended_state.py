"""A device against the intent, planned and not applied: as intended, differs, absent, and keys that nobody can compare."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.planned_running import running_with
from nr_run.checks.verdict import Configured
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.models.platforms import Platform
from nr_run.services.common.configured_axis import configured_of
from nr_run.services.common.intended_state import ComparedMember, standing
from nr_run.services.l2l.service import L2L
from nr_run.services.service import Deployment

from ..conftest import ROOT

TOKEN = "<secret:credential:hq-branch-psk>"
REFERENCE = "credential:hq-branch-psk"
HEAD = "version 12.2\nhostname vpn3640\ninterface Ethernet0/0\n ip address 172.18.124.199 255.255.255.0\n"
#: A table in which nothing leads to the far network, and one router to the peer.
ROUTES = """Codes: C - connected, S - static, R - RIP

Gateway of last resort is not set

S        172.18.200.0/24 [1/0] via 172.18.124.1
C        172.18.124.0/24 is directly connected, Ethernet0/0
C        10.10.20.0/24 is directly connected, Ethernet0/1
"""
TAIL = "interface Ethernet0/1\n ip address 10.10.20.1 255.255.255.0\nip route 0.0.0.0 0.0.0.0 172.18.124.1\nline vty 0 4\nend\n"


def deployment() -> tuple[Deployment, dict[str, Platform]]:
    """The tunnel of the example, and what its devices are."""
    folder = ROOT / "inventory"
    platforms = platforms_of(load_nornir(folder))
    (made,), _ = L2L.intended(folder, platforms).select(["hq-branch"], date(2026, 11, 30), removal=False)
    return made, platforms


def stands(text: str, key: str | None = TOKEN, routes: str | None = None) -> ComparedMember:
    """How the branch stands that runs this."""
    made, platforms = deployment()
    member = next(member for member in made.members if member.host == "vpn3640")
    shown = Configuration("vpn3640", "ios", "show running-config", text)
    return standing(made, member, platforms["vpn3640"], shown, {REFERENCE: key}, routes)


@pytest.fixture(scope="module")
def built() -> str:
    """What the branch runs when it is as intended."""
    bare = HEAD + TAIL
    one = stands(bare)
    assert one.configured is Configured.ABSENT
    assert one.change is not None
    lines = [line for line in running_with(one.change, bare).splitlines() if line != "end"]
    return "\n".join([*lines, "end"]) + "\n"


def test_as_intended_and_what_is_lacking(built: str) -> None:
    """Nothing to change is as intended; a line that is gone is lacking, by its words, and a line more is besides."""
    assert stands(built).configured is Configured.AS_INTENDED
    assert stands(built).lacks == ()
    less = stands(built.replace(" set pfs group2\n", ""))
    assert (less.configured, less.works_without) == (Configured.DIFFERS, True)
    assert " set pfs group2" in less.lacks
    more = stands(built.replace(" set pfs group2\n", " set pfs group2\n set security-association lifetime seconds 3000\n"))
    assert more.configured is Configured.DIFFERS
    assert " set security-association lifetime seconds 3000" in more.has_besides


def test_what_puts_it_to_use(built: str) -> None:
    """A map that is on no interface leaves a tunnel that is not at work: it differs, and does not work without."""
    one = stands(built.replace(" crypto map NR-MAP\n", ""))
    assert (one.configured, one.works_without) == (Configured.DIFFERS, False)
    assert "NR-MAP 10" in one.sentence


def test_another_key_differs_and_one_that_cannot_be_read_does_not(built: str) -> None:
    """A key in clear that is another one differs; one that is encrypted, masked, or has nothing to be held against does not."""
    assert TOKEN in built
    other = "<key:0123456789abcdef>"
    assert stands(built.replace(TOKEN, other)).configured is Configured.DIFFERS
    for unreadable in (f"6 {other}", "*****"):
        one = stands(built.replace(TOKEN, unreadable))
        assert (one.configured, len(one.unseen)) == (Configured.AS_INTENDED, 1), one.sentence
    without = stands(built.replace(TOKEN, other), key=None)
    assert (without.configured, len(without.unseen)) == (Configured.AS_INTENDED, 1)
    assert "not at hand" in without.unseen[0]


def test_evidence_is_counted(built: str) -> None:
    """Of a long difference the first lines are evidence, and how many there are more."""
    finding = stands(HEAD + TAIL).finding("2026-11-30T00:00:00Z")
    assert finding.status.value == "failed"
    assert finding.evidence[-1].value.endswith("more lines")
    assert stands(built).finding("2026-11-30T00:00:00Z").evidence == ()


def test_the_axis_of_all_members() -> None:
    """Absent everywhere is absent; absent at one is a difference; one that was not read leaves the rest open."""
    ok, differs, absent, unknown = Configured.AS_INTENDED, Configured.DIFFERS, Configured.ABSENT, Configured.UNKNOWN
    for words, wanted in (
        ((ok, ok), ok),
        ((absent, absent), absent),
        ((ok, absent), differs),
        ((ok, differs), differs),
        ((ok, unknown), unknown),
        ((absent, unknown), differs),
        ((), unknown),
    ):
        assert configured_of(words) is wanted


def test_a_standing_without_a_plan(built: str) -> None:
    """Where nothing can be planned there is a change that changes nothing, and no line is lacking."""
    one = replace(stands(built), change=None)
    assert not one.planned
    assert (one.lacks, one.has_besides, one.works_without) == ((), (), True)


def test_a_route_beside_the_map_that_somebody_took_away() -> None:
    """Where nothing else leads the far network out of the interface with the map, its route is part of what is intended."""
    bare = HEAD + TAIL.replace("ip route 0.0.0.0 0.0.0.0 172.18.124.1", "ip route 172.18.200.0 255.255.255.0 172.18.124.1")
    one = stands(bare, routes=ROUTES)
    assert one.change is not None
    lines = [line for line in running_with(one.change, bare).splitlines() if line != "end"]
    (route,) = (line for line in lines if line.startswith("ip route 10.10.10.0"))
    listed = f"{ROUTES}S        10.10.10.0/24 [19/0] via {route.split()[4]}\n"
    whole = "\n".join([*lines, "end"]) + "\n"
    assert stands(whole, routes=listed).configured is Configured.AS_INTENDED
    less = stands(whole.replace(f"{route}\n", ""), routes=ROUTES)
    assert (less.configured, less.lacks) == (Configured.DIFFERS, (route,)), less.sentence
