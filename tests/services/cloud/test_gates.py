"""When the next stage may begin, and what a verification says: on the lab's firewall, with each fault in its place."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest

from nr_run.changes.objects import read
from nr_run.changes.plans.change import compose
from nr_run.checks.finding import proved
from nr_run.checks.verdict import Verdict
from nr_run.services.cloud.prechecks import precheck
from nr_run.services.service import Sight

from ...changes.whole import whole
from .played import GATEWAYS, Played, typed
from .sites import PLATFORM, site

FAMILY = ("router bgp 65530", "address-family ipv4 unicast")
CLEAR = "route VBR 172.16.0.0 255.255.0.0 10.0.0.1"
FIRST, SECOND = GATEWAYS
LAN = "route private 192.168.20.0 255.255.255.0 192.168.50.216 19"
NETWORK = "network 192.168.20.0 mask 255.255.255.0"


def test_each_gate_holds_in_its_turn_and_all_of_it_goes_again() -> None:
    """Up, told and telling, then cut over; and stage by stage back to what was there, the route over the circuit first."""
    played = Played(site())
    try:
        before = played.running()
        inverse = played.build()
        assert played.verdict().operating.value == "up"
        for stage, lines in zip(reversed(played.deployment.stages), inverse, strict=True):
            played.configure(*typed(lines))
            assert proved(played.judged(stage.name, removed=True)), stage.name
        assert CLEAR in typed(inverse[0])[0]
        assert [line for line in played.running().splitlines() if ":" not in line and "ryptochecksum" not in line] == [
            line for line in before.splitlines() if ":" not in line and "ryptochecksum" not in line
        ]
    finally:
        played.close()


#: What is wrong: a fault of gateways, or lines and those that roll them back; the gate that sees it, its sentence, the verdict.
WRONG: list[tuple[str, Any, str, str, str, str]] = [
    (
        *("the prefix is not advertised", (f"no {LAN}", LAN)),
        *("bgp", "receives nothing, and not 192.168.20.0/24", "unencrypted", "it answers over the circuit, in clear"),
    ),
    (
        *("one neighbour flaps", ("bgp-flap", "1", (FIRST,))),
        *("bgp", "first: neighbour 169.254.10.1 is Active", "degraded", "second of two tunnels"),
    ),
    (
        *("the cloud tells nothing", ("bgp-untold", "", GATEWAYS)),
        *("bgp", "tells nothing, which leads to none of 172.16.10.225", "down", "no tunnel leads to 172.16.10.225"),
    ),
    (
        *("another system answers", ("bgp-wrong-as", "", (SECOND,))),
        *("bgp", "second: neighbour 169.254.20.1 is Idle", "degraded", "first of two tunnels"),
    ),
    (
        *("one tunnel is down", ("interface Tunnel1\nshutdown", "interface Tunnel1\nno shutdown")),
        *("tunnels", "first: NR-ali-1 has no pair of SAs", "degraded", "second of two tunnels"),
    ),
    (
        *("both gateways are dead", ("down", "", GATEWAYS)),
        *("bgp", "second: neighbour 169.254.20.1 is Active", "down", "is dropped"),
    ),
    (
        *("the clear path is preferred", (CLEAR, f"no {CLEAR}")),
        *("cut-over", "172.16.10.225 is reached by VBR, in clear", "unencrypted", "are reached over VBR, in clear"),
    ),
    (
        *("a part of the cloud goes by the circuit", ("route VBR 172.16.10.0 255.255.255.0 10.0.0.1", "")),
        *("cut-over", "static routes to the cloud", "unencrypted", "reached over VBR, in clear"),
    ),
    (
        *("a part without a host that is looked at goes by the circuit", ("route VBR 172.16.200.0 255.255.255.0 10.0.0.1", "")),
        *(
            "cut-over",
            "172.16.200.0/24 is reached by VBR, in clear",
            "unencrypted",
            "172.16.200.0/24 is reached by VBR, in clear",
        ),
    ),
    (
        *("an end is routed into a tunnel", ("route NR-ali-1 10.10.10.50 255.255.255.255 169.254.10.1 1", "")),
        *("bgp", "second: 10.10.10.50 is reached by NR-ali-1", "degraded", "10.10.10.50 is reached by NR-ali-1"),
    ),
    (
        *("an end of a tunnel is told", ()),
        *("bgp", "with the ends of the tunnels", "degraded", "its answers would go into the tunnel"),
    ),
]


def planted(played: Played, wrong: Any) -> AbstractContextManager[object]:
    """The firewall, or its gateways, with something wrong."""
    if not wrong:  # a network with an end of a tunnel in it is told
        rule = "prefix-list NR-ali-OUT seq 90 permit 192.168.10.0/24"
        line = "network 192.168.10.0 mask 255.255.255.0"
        return played.with_lines(rule, *FAMILY, line, back=(*FAMILY, f"no {line}", "exit", "exit", f"no {rule}"))
    if len(wrong) == 3:
        fault, argument, at = wrong
        return played.with_fault(fault, *filter(None, (argument,)), at=at)
    line, back = wrong
    return played.with_lines(*line.splitlines(), back=(back or f"no {line}").splitlines())


@pytest.mark.parametrize(
    ("wrong", "gate", "words", "operating", "sentence"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_what_is_wrong(built: Played, wrong: Any, gate: str, words: str, operating: str, sentence: str) -> None:
    """The gate is shut with the reason, the verdict has its word, and fixed, all is well again."""
    with ExitStack() as stack:
        stack.enter_context(planted(built, wrong))
        built.until(lambda: words in built.against(gate))
        seen: list[Verdict] = []  # a neighbour that flaps may be up again when one looks once more
        built.until(lambda: (seen.append(built.verdict()) or seen[-1]).operating.value == operating)  # type: ignore[func-returns-value]
        found = seen[-1]
        assert sentence in found.sentence
        assert not found.healthy
    built.until(lambda: proved(built.judged("cut-over")))
    assert built.verdict().healthy


@pytest.mark.parametrize("fault", ["wrong-psk", "wrong-proposal"])
def test_who_does_not_agree_keeps_the_first_gate_shut(fault: str) -> None:
    """A gateway with another key, or other values, gets no SA, whatever the interface says, and nothing is led anywhere."""
    played = Played(site())
    try:
        for name in GATEWAYS:
            played.lab.far_ends[name].fault(fault, (), on=True)
        played.start("first tunnel")
        played.start("tunnels")
        played.wait(2.0)
        assert "first: NR-ali-1 has no pair of SAs with 10.10.10.49" in played.against("tunnels")
        assert "second: 10.10.10.50 is not up" in played.against("tunnels")
        for name in GATEWAYS:
            played.lab.far_ends[name].fault(fault, (), on=False)
        played.until(lambda: proved(played.judged("tunnels")))
    finally:
        played.close()


def test_a_wrong_identity_keeps_the_first_gate_shut() -> None:
    """A firewall that calls itself by its name is not the customer gateway that the cloud knows, and gets no SA."""
    played = Played(site())
    try:
        played.configure("crypto isakmp identity hostname")
        played.start("first tunnel")
        played.start("tunnels")
        played.wait(1.0)
        assert "second: 10.10.10.50 is not up" in played.against("tunnels")
        played.configure("crypto isakmp identity address")
        played.until(lambda: proved(played.judged("tunnels")))
    finally:
        played.close()


def test_what_was_not_read_is_not_known(built: Played) -> None:
    """An answer that is cut is neither a pass nor a fall, and the sentence says which one it was."""
    gate, (member,) = built.gates["bgp"], built.deployment.members
    seen = built.seen(gate.asks(member, PLATFORM))
    cut = dict(seen.outputs) | {"show bgp neighbors": seen.outputs["show bgp neighbors"][:600]}
    found = gate.judge([type(seen)(seen.member, seen.platform, cut, seen.time)], removed=False)
    assert not proved(found)


@pytest.mark.parametrize("which", ["advertised-routes", "routes"])
def test_prefixes_that_were_not_read_are_not_known(built: Played, which: str) -> None:
    """What a neighbour is told, or tells, cut short or refused: the gate is open to doubt, and the verdict is unverified."""
    gate, (member,) = built.gates["bgp"], built.deployment.members
    seen = built.seen(gate.asks(member, PLATFORM))
    for far in ("169.254.10.1", "169.254.20.1"):
        command = f"show bgp neighbors {far} {which}"
        for text in ("ERROR: % Invalid input detected at '^' marker.\n", f"{seen.outputs[command]}The moon is full\n"):
            odd = dict(seen.outputs) | {command: text}
            found = gate.judge([type(seen)(seen.member, seen.platform, odd, seen.time)], removed=False)
            assert {item.status.value for item in found if item.status.value != "ok"} == {"unverified"}, (command, text)
            told = built.verdict(**{command: text})
            assert (told.word.value, told.known_by.value) == ("unverified", "nothing"), told.sentence
            assert command in told.sentence


def test_a_neighbour_that_is_configured_and_not_shown_is_not_known(built: Played) -> None:
    """An answer without one of our neighbours is of another moment, or not whole: the connection is unverified by it."""
    gate, (member,) = built.gates["bgp"], built.deployment.members
    seen, command = built.seen(gate.asks(member, PLATFORM)), "show bgp neighbors"
    text = seen.outputs[command]
    half = text[: text.index("BGP neighbor is 169.254.20.1")]
    found = gate.judge([type(seen)(seen.member, seen.platform, {**seen.outputs, command: half}, seen.time)], removed=False)
    assert {item.status.value for item in found if item.status.value != "ok"} == {"unverified"}
    told = built.verdict(**{command: half})
    assert (told.word.value, "second: dc-asa has neighbour 169.254.20.1, and does not show it" in told.sentence) == (
        "unverified",
        True,
    )


def test_a_route_that_nobody_typed_leads_past_the_tunnels_as_well(built: Played) -> None:
    """A longer route of a routing protocol over the circuit shuts the gate, though no static route and no host tells."""
    gate, (member,) = built.gates["cut-over"], built.deployment.members
    seen = built.seen(gate.asks(member, PLATFORM))
    learned = "O        172.16.200.0 255.255.255.0 [110/20] via 10.0.0.1, 00:10:00, VBR\n"
    other = dict(seen.outputs) | {"show route": f"{seen.outputs['show route'].rstrip()}\n{learned}"}
    found = gate.judge([type(seen)(seen.member, seen.platform, other, seen.time)], removed=False)
    against = [item.sentence for item in found if item.status.value != "ok"]
    assert against == ["172.16.200.0/24 is reached by VBR, in clear, past the tunnels"]


def test_a_removal_is_not_proved_over_a_circuit_that_is_down() -> None:
    """The route over the circuit is typed, and in no table: the hosts of the cloud would be reached by nothing."""
    played = Played(site())
    try:
        gate, (member,) = played.gates["cut-over"], played.deployment.members
        seen = played.seen(gate.asks(member, PLATFORM))
        assert proved(gate.judge([seen], removed=True))
        table = "".join(line for line in seen.outputs["show route"].splitlines(keepends=True) if "VBR" not in line)
        for text, status, words in (
            (table, "failed", "and its static route leads to VBR: is that up?"),
            (f"{table}The moon is full\n", "unverified", "show route: line"),
        ):
            dead = dict(seen.outputs) | {"show route": text}
            found = gate.judge([type(seen)(seen.member, seen.platform, dead, seen.time)], removed=True)
            assert {item.status.value for item in found if item.status.value != "ok"} == {status}
            assert any(words in item.sentence for item in found), [item.sentence for item in found]
    finally:
        played.close()


def test_a_connection_in_order_has_no_objections(built: Played) -> None:
    """On the firewall of the rehearsal every precheck passes, before it is built and afterwards."""
    commands = ("show version", "show mode", "show failover", "show startup-config", "show running-config", "show route")
    outputs = built.seen(("more system:running-config", *commands)).outputs
    (member,) = built.deployment.members
    running = outputs["more system:running-config"]
    change = compose(member.host, "asa", read("asa", running))
    sight = Sight(member, PLATFORM, whole(running, "asa", member.host), change)
    found = precheck(sight, outputs, "now", accept_unsaved=True)
    assert [item.sentence for item in found if item.status.value not in ("ok", "warning")] == []


@pytest.mark.parametrize(("shown", "word"), [("DH Grp:2", "degraded"), ("DH Grp:20", "degraded")])
def test_an_ike_sa_of_other_algorithms_is_not_the_intended_one(built: Played, shown: str, word: str) -> None:
    """An SA of before, or one that another policy of the firewall won, shuts the gate, and the connection is not up by it."""
    gate, (member,) = built.gates["tunnels"], built.deployment.members
    seen = built.seen(gate.asks(member, PLATFORM))
    command = next(command for command in seen.outputs if "ikev2" in command or "isakmp" in command)
    assert seen.outputs[command].count("DH Grp:14") == 2
    other = seen.outputs[command].replace("DH Grp:14", shown, 1)
    found = gate.judge([type(seen)(seen.member, seen.platform, {**seen.outputs, command: other}, seen.time)], removed=False)
    (against,) = [item.sentence for item in found if item.status.value != "ok"]
    assert f"has aes-256-cbc hmac-sha256 group {shown[7:]}, and the intent aes-256-cbc hmac-sha256 group 14" in against
    assert built.verdict(**{command: other}).operating.value == word


def test_a_table_that_is_cut_between_two_lines_is_not_a_whole_one(built: Played) -> None:
    """Wherever a table ends too early, nothing follows from it: behind the cut a route may lead past the tunnels."""
    gate, (member,) = built.gates["cut-over"], built.deployment.members
    seen = built.seen(gate.asks(member, PLATFORM))
    lines = seen.outputs["show route"].rstrip().splitlines(keepends=True)
    (first,) = [place for place, line in enumerate(lines) if line.startswith("B ")]
    (last,) = [place for place, line in enumerate(lines) if "192.168.40.0" in line]
    assert last > first + 1
    for end in range(first, last + 1):
        cut = "".join(lines[:end])
        found = gate.judge(
            [type(seen)(seen.member, seen.platform, {**seen.outputs, "show route": cut}, seen.time)], removed=False
        )
        assert {item.status.value for item in found} == {"unverified"}, (end, [item.sentence for item in found])
        told = built.verdict(**{"show route": cut})
        assert (told.word.value, told.known_by.value) == ("unverified", "nothing"), (end, told.sentence)
    assert built.verdict().untested == (
        "whether the cloud answers by the tunnel that it was asked through is not seen from the firewall",
    )


def test_where_nothing_stands_behind_the_cloud_it_is_told(built: Played) -> None:
    """Where the rows of the cloud are the last ones that are known to be there, the verdict says what that leaves open."""
    table = built.exec("show route")
    kept = [line for line in table.splitlines(keepends=True) if "172.16.0.0" not in line]
    moved = "".join((*kept, next(line for line in table.splitlines(keepends=True) if "172.16.0.0" in line)))
    told = built.verdict(**{"show route": moved})
    assert told.operating.value == "up", told.sentence
    assert any("was shown to its end is not verified" in words for words in told.untested)
