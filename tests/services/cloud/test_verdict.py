"""The verdict where nothing was read, where nothing is built, and where open was asked for; and what the console is told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.finding import proved
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.observations.observation import Observation, Probe
from nr_run.checks.observations.questions import BGP
from nr_run.checks.proof import Traffic
from nr_run.inventory.errors import NothingMatched
from nr_run.inventory.systems import SYSTEMS
from nr_run.services.cloud.deployment import deployment_of
from nr_run.services.cloud.intents.intent import Gateway
from nr_run.services.cloud.service import CLOUD
from nr_run.services.cloud.verdicts.alive import Life, Sign, findings_of
from nr_run.services.cloud.verdicts.confirmations import confirmations_of
from nr_run.services.cloud.verdicts.questions import advertised, received, survey_of
from nr_run.services.cloud.verdicts.verdict import through, verdict_of
from nr_run.services.common.verifying import Seeing
from nr_run.tasks.look import observed

from .played import Played, typed
from .sites import HOST, PLATFORM, site, written

OPEN: dict[str, Any] = {"encryption_mandatory": False, "on_total_loss": "open"}


def test_what_was_not_reached_is_unknown() -> None:
    """A firewall that did not answer is neither up nor down."""
    made = deployment_of(site())
    shown = Shown(HOST, PLATFORM, problem=f"{HOST} was not reached")
    found = verdict_of(made, Seeing({HOST: shown}, {}, "now", probing=True), "a connection")
    assert (found.operating.value, found.known_by.value, found.healthy) == ("unknown", "nothing", False)
    assert f"{HOST} was not reached" in found.sentence


def test_a_session_that_outlives_its_tunnel_is_no_way(built: Played) -> None:
    """BGP is Established still, and its routes lead into a tunnel without SAs: what is sent there is lost."""
    command = "show crypto ipsec sa"
    text = built.exec(command)
    led = "NR-ali-1" if "via 169.254.10.1" in built.exec("show route") else "NR-ali-2"
    head, *sections = text.split("interface: ")
    left = "interface: ".join([head, *(part for part in sections if not part.startswith(led))])
    assert left != text
    found = built.verdict(**{command: left})
    assert found.operating.value == "down", found.sentence
    assert "no tunnel that is up leads to 172.16.10.225, 172.16.10.226" in found.sentence
    assert "is lost in a tunnel that is down" in found.sentence


def test_an_answer_that_is_missing_is_named(built: Played) -> None:
    """Without the neighbours nothing is said of them."""
    running = Configuration(HOST, "asa", "more system:running-config", built.running())
    shown = Shown(HOST, PLATFORM, (), running)
    found = verdict_of(built.deployment, Seeing({HOST: shown}, {}, "now", probing=True), "a connection")
    assert (found.operating.value, found.sentence) == ("unknown", f"{HOST} did not show its configuration")


def test_what_is_not_built_is_missing() -> None:
    """The private line carries all of it, as it did, and that is not called unencrypted of a connection that is not there."""
    played = Played(site())
    try:
        found = played.verdict()
        assert (found.configured.value, found.operating.value, found.healthy) == ("absent", "down", False)
    finally:
        played.close()


def test_open_falls_back_in_clear_and_is_called_that() -> None:
    """The route behind BGP is the one that is left; with both gateways gone the verdict says in clear, and it goes back."""
    played = Played(site(**OPEN))
    try:
        inverse = played.build()
        assert played.verdict().healthy
        with played.with_fault("down"):
            played.until(lambda: played.verdict().operating.value == "unencrypted")
            assert "are reached over VBR, in clear" in played.verdict().sentence
        played.configure(*typed(inverse[0]))
        assert proved(played.judged("cut-over", removed=True))
        assert "route VBR 172.16.0.0 255.255.0.0 10.0.0.1 1" in played.running()
    finally:
        played.close()


def test_it_is_changed_while_it_carries() -> None:
    """Other timers and one more network are typed on the firewall as it runs, and every gate holds again."""
    played = Played(site())
    try:
        played.build()
        played.take(site(bgp={"hold_seconds": 60}, lan_prefixes=["192.168.20.0/24", "192.168.22.0/24"]))
        played.start("bgp")
        played.until(lambda: proved(played.judged("bgp")))
        assert "neighbor 169.254.10.1 timers 10 60 0" in played.running()
        assert played.verdict().healthy
    finally:
        played.close()


def test_the_prefixes_of_a_neighbour_are_asked_where_bgp_is() -> None:
    """A question about one neighbour has its own line, and no generation without BGP is asked."""
    questions = survey_of(site())
    assert len({question.name for question in questions}) == len(questions)
    far = site().first.inner[1]
    for question in (advertised(far), received(far)):
        asked = {system.name: question.command(system) for system in SYSTEMS.values()}
        assert {name for name, line in asked.items() if line} == {s.name for s in SYSTEMS.values() if BGP.command(s)}
        assert question.commands("ios") == ()
        assert question.commands("asa") == (question.line,)


def test_the_console_is_told_all_but_the_keys(tmp_path: Path) -> None:
    """The sheet has what the page sets, both tunnels, and a fragment of Terraform whose keys are variables."""
    sheet = CLOUD.partner_sheet(written(tmp_path), {}, "ali", "")
    words = sheet.text()
    for line in ("Local BGP IP address", "169.254.20.1", "192.168.40.159/32", "ipsec_sa_established: up", "group14"):
        assert line in words
    assert "psk          = var.ali_key_1" in words
    assert "credential:ali-1" not in words
    assert json.loads(sheet.as_json())["tunnel_2"]["tunnel_cidr_block"] == "169.254.20.0/30"
    assert words.count("{") == words.count("}")
    with pytest.raises(NothingMatched, match="did you mean ali"):
        CLOUD.partner_sheet(tmp_path, {}, "alo", "")


def test_what_a_person_confirms() -> None:
    """The routes of the cloud, by the networks and addresses of the record; of a removal, that what must not go in clear may."""
    underlay, vbr = confirmations_of(site())
    assert (underlay.name, vbr.name) == ("underlay", "vbr-routes")
    assert "192.168.10.136/32 and 192.168.40.159/32" in underlay.sentence
    assert "nothing that is as long as 192.168.20.0/24" in vbr.sentence
    (clear,) = CLOUD.confirmations(deployment_of(site()), removal=True)
    assert (clear.name, clear.sentence) == ("in-clear", "what is for 172.16.0.0/16 may go over VBR, in clear")
    for without in (site(on_removal="closed"), site(encryption_mandatory=False)):
        assert CLOUD.confirmations(deployment_of(without), removal=True) == ()


def test_packets_of_full_size(built: Played) -> None:
    """A tunnel whose far end answers small packets and none of full size carries BGP and no data."""
    through_first = through(site().first)
    lost = built.verdict({through_first: (Probe(5, 5), Probe(3, 0))})
    assert (lost.operating.value, [cause.id for cause in lost.causes]) == ("degraded", ["mtu"])
    assert "169.254.10.1 answers small packets, and none of 3 of full size" in lost.sentence
    for small, large in (((5, 5), (3, 3)), ((5, 0), (3, 0))):
        found = built.verdict({through_first: (Probe(*small), Probe(*large))}, later=_later(built, 1, 1, keepalives=1))
        assert (found.operating.value, found.causes) == ("up", ())


BGP_SHOWN = "show bgp neighbors"


def _later(built: Played, *ages: int, keepalives: int = 0) -> dict[str, str]:
    """The neighbours at a second look: so many seconds since the last message of each, and so many keepalives more."""
    parts = built.exec(BGP_SHOWN).split("BGP neighbor is ")
    made = [parts[0]]
    for part, age in zip(parts[1:], ages, strict=True):
        text = re.sub(r"Last read \S+,", f"Last read {age // 3600:02}:{age // 60 % 60:02}:{age % 60:02},", part)
        made.append(re.sub(r"(Keepalives: +\d+ +)(\d+)", lambda found: f"{found[1]}{int(found[2]) + keepalives}", text))
    return {BGP_SHOWN: "BGP neighbor is ".join(made)}


def _silent(*ends: Gateway, answering: Sequence[Gateway] = ()) -> dict[Traffic, tuple[Probe, Probe]]:
    """What came back of pings to gateways that answer none, and to those that do."""
    none = {through(end): (Probe(5, 0), Probe(0, 0)) for end in ends}
    return none | {through(end): (Probe(5, 5), Probe(0, 0)) for end in answering}


def test_pings_that_are_answered_are_the_proof(built: Played) -> None:
    """By both gateways, with the messages of BGP or without."""
    found = built.verdict(_silent(answering=[end for _, end in site().tunnels]))
    assert (found.word.value, found.known_by.value, found.healthy) == ("up", "probe", True)


def test_gateways_that_answer_no_ping_and_speak(built: Played) -> None:
    """A gateway need not answer pings: with its keepalives counted meanwhile the connection is up, by the session of BGP."""
    first, second = (end for _, end in site().tunnels)
    for pings in (_silent(first, second), _silent(second, answering=[first])):
        found = built.verdict(pings, later=_later(built, 2, 3, keepalives=2))
        assert (found.word.value, found.known_by.value, found.healthy) == ("up", "tables", True), found.sentence
        assert "that ours arrive there is known by the session of BGP alone" in found.sentence
        assert "the last message of BGP came 3 seconds ago, and one is due each 10" in found.sentence


def test_both_gateways_are_dead_within_the_hold_time(built: Played) -> None:
    """BGP is Established, the SAs are there, and nothing comes: no keepalive in the time of one and a half, and no ping."""
    found = built.verdict(_silent(*(end for _, end in site().tunnels)), later=_later(built, 16, 16))
    assert (found.word.value, found.known_by.value, found.healthy) == ("down", "probe", False)
    assert "first: 169.254.10.1 answered no ping, and nothing came by this tunnel meanwhile" in found.sentence
    assert [item.status.value for item in found.findings if item.check == "alive"] == ["failed", "failed"]


def test_nothing_has_come_since_and_nothing_is_overdue(built: Played) -> None:
    """The first keepalive behind the pings may still come: neither up nor down, and why is said."""
    found = built.verdict(_silent(*(end for _, end in site().tunnels)), later=_later(built, 9, 9))
    assert (found.word.value, found.known_by.value, found.healthy) == ("unverified", "nothing", False)
    assert "answered no ping, and nothing has come by this tunnel since" in found.sentence


def test_a_keepalive_is_overdue_where_nothing_was_sent(built: Played) -> None:
    """Without pings BGP alone tells: a session that nothing is heard of is not called up."""
    found = built.verdict(None, later=_later(built, 2, 16))
    assert (found.word.value, found.known_by.value) == ("unverified", "nothing")
    assert "second: nothing came by this tunnel meanwhile (the last message of BGP came 16 seconds ago" in found.sentence
    text = _later(built, 2, 2)[BGP_SHOWN].replace(
        "hold time is 30, keepalive interval is 10", "hold time is 0, keepalive interval is 0"
    )
    found = built.verdict(None, **{BGP_SHOWN: text})
    assert (found.word.value, "has no hold time" in found.sentence) == ("unverified", True)


def test_where_nothing_was_sent_nothing_is_known_by_it(built: Played) -> None:
    """Without pings, or with those of one tunnel alone, it is up by its tables."""
    for pings in ({}, {through(site().first): (Probe(5, 5), Probe(0, 0))}):
        found = built.verdict(pings)
        assert (found.operating.value, found.known_by.value) == ("up", "tables")


def test_one_tunnel_is_silent_and_the_other_answers(built: Played) -> None:
    """Nothing was decrypted of one gateway meanwhile and its keepalive is overdue: that tunnel does not work."""
    first, second = (end for _, end in site().tunnels)
    found = built.verdict(_silent(second, answering=[first]), later=_later(built, 2, 16))
    assert (found.word.value, found.known_by.value, found.healthy) == ("degraded", "probe", False)
    assert "second: 169.254.20.1 answered no ping, and nothing came by this tunnel meanwhile" in found.sentence


def test_what_is_sent_through_the_tunnels(built: Played) -> None:
    """Each tunnel that has SAs, from its own address inside to that of the cloud."""
    questions = survey_of(site())
    commands = [command for question in questions for command in question.commands("asa")]
    outputs = built.seen(("more system:running-config", *commands)).outputs
    running = Configuration(HOST, "asa", "more system:running-config", outputs["more system:running-config"])
    shown = Shown(HOST, PLATFORM, (Look(observed(HOST, "asa", outputs, questions)),), running)
    (member,) = built.deployment.members
    sent = CLOUD.stimulus(built.deployment, member, shown)
    assert [(str(item.traffic.source), str(item.traffic.target)) for item in sent] == [
        ("169.254.10.2", "169.254.10.1"),
        ("169.254.20.2", "169.254.20.1"),
    ]
    assert all(item.full_bytes and item.likely for item in sent)
    assert CLOUD.stimulus(built.deployment, member, Shown(HOST, PLATFORM)) == ()


@pytest.mark.parametrize("life", Life)
def test_only_what_came_passes_as_alive(life: Life) -> None:
    """A tunnel in which nothing was sent is no proof of itself, though nothing speaks against it."""
    (finding,) = findings_of(HOST, (Sign("first", life, "a sentence"),), Observation(HOST, "now", "asa", {}))
    assert proved((finding,)) == (life in (Life.ANSWERED, Life.HEARD))
