"""The verdict on a group of VPN clients: up with a client, idle without one, missing, and never healthy where it was not read."""

from __future__ import annotations

import re

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.questions import IKE as IKE_SAS
from nr_run.checks.observations.questions import INTERFACES
from nr_run.checks.observations.questions import IPSEC as IPSEC_FLOWS
from nr_run.checks.verdict import Verdict
from nr_run.inventory.models.platforms import platform_for
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.ra.service import REMOTE_ACCESS, deployment_of
from nr_run.tasks.look import observed

from .groups import BARE, deployed, group
from .test_session import EMPTY, HEAD, IKE, IPSEC, RUNNING, SENDS, STANDS_STILL, UP

BOX = platform_for("2611", "12.2(8)T")
TIME = "2026-11-30T00:00:00Z"


BRIEF = """\
Interface                  IP-Address      OK? Method Status                Protocol
Ethernet0/0                172.18.124.159  YES NVRAM  up                    up
Ethernet0/1                10.10.10.1      YES NVRAM  up                    up
"""
SHUT = BRIEF.replace("up                    up", "administratively down down", 1)


def verdict(ipsec: tuple[str, str], *, built: bool = True, ike: str = UP, without: str = "", brief: str = BRIEF) -> Verdict:
    """What is said of the group over two looks."""
    made = deployment_of(group())
    (member,) = made.members
    text = deployed("staff", BARE).replace("\nend\n", "\n") + "end\n" if built else BARE
    text = re.sub(without, "", text) if without else text
    running = Configuration("vpn2611", "ios", RUNNING, text)
    asked = (IKE_SAS, IPSEC_FLOWS, INTERFACES)
    answers = [{IKE: ike, IPSEC: shown} | ({"show ip interface brief": brief} if brief else {}) for shown in ipsec]
    looks = tuple(Look(observed("vpn2611", "ios", shown, asked)) for shown in answers)
    keys = {reference: f"<secret:{reference}>" for reference in group().references}
    shown = Shown("vpn2611", BOX, looks, running)
    stands = standing(made, member, BOX, running, keys, None)
    return REMOTE_ACCESS.verdict(made, Seeing({"vpn2611": shown}, {"vpn2611": stands}, TIME, probing=True))


@pytest.mark.parametrize(
    ("ipsec", "ike", "wanted"),
    [
        ((STANDS_STILL, STANDS_STILL), UP, ("up", "tables")),
        ((EMPTY, EMPTY), HEAD, ("idle", "tables")),
        ((EMPTY, SENDS), UP, ("up", "tables")),
        ((SENDS.replace("local  ident", "lxcal  idxnt"),) * 2, UP, ("unverified", "nothing")),
    ],
    ids=["a client", "nobody", "one who came", "noise"],
)
def test_a_group(ipsec: tuple[str, str], ike: str, wanted: tuple[str, str]) -> None:
    """A client makes it up, nobody idle; what cannot be read is unverified; and what is configured is told beside that."""
    found = verdict(ipsec, ike=ike)
    assert (found.word.value, found.known_by.value) == wanted, found.sentence
    assert found.configured.value == "as-intended", found.findings


@pytest.mark.parametrize(
    ("brief", "word", "words"),
    [
        (SHUT, "down", "Ethernet0/0 is administratively down"),
        (BRIEF.replace("Ethernet0/0 ", "Ethernet1/0 "), "down", "Ethernet0/0 is not there"),
        ("", "unverified", "whether Ethernet0/0 is up is not known"),
    ],
)
def test_nobody_comes_in_by_an_interface_that_is_shut(brief: str, word: str, words: str) -> None:
    """Nobody is connected, and nobody can be: that is down, and without its state it is not known."""
    found = verdict((EMPTY, EMPTY), ike=HEAD, brief=brief)
    assert (found.word.value, words in found.sentence, found.healthy) == (word, True, False), found.sentence


def test_counters_that_rise() -> None:
    """A client whose packets are counted both ways while it is watched is known by counters."""
    later = SENDS.replace("#pkts encaps: 5", "#pkts encaps: 9").replace("#pkts decaps: 5", "#pkts decaps: 8")
    assert verdict((SENDS, later)).known_by.value == "counters"


def test_a_group_that_is_on_no_interface() -> None:
    """Nobody is connected, and nobody can: the map of the group is not in use, so it is down and not idle."""
    found = verdict((EMPTY, EMPTY), ike=HEAD, without=r" crypto map \S+\n")
    assert (found.word.value, found.configured.value) == ("down", "differs"), found.sentence
    assert "no client is let in" in found.sentence


def test_a_group_that_is_not_there() -> None:
    """A router without the group is missing it, whatever else stands on it."""
    found = verdict((EMPTY, EMPTY), built=False, ike=HEAD)
    assert (found.word.value, found.configured.value) == ("missing", "absent")
    assert "has no group staff" in found.sentence
