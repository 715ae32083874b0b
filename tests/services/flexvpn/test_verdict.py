"""The verdict on a head-end: up with the clients that are expected, idle without any, down where none could come in."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nr_run.changes.configurations.configuration import Configuration
from nr_run.checks.observations.looks import Look, Shown
from nr_run.checks.verdict import Verdict
from nr_run.services.common.intended_state import standing
from nr_run.services.common.verifying import Seeing
from nr_run.services.flexvpn.intent import FlexVpn
from nr_run.services.flexvpn.reading import CERTIFICATES, RUNNING
from nr_run.services.flexvpn.reading import CLOCK as CLOCK_SHOW
from nr_run.services.flexvpn.service import FLEXVPN, deployment_of
from nr_run.services.flexvpn.verdict import ASKED
from nr_run.tasks.look import observed

from .head_ends import BARE, HOST, KEYS, PLATFORM, deployed, head_end
from .shown import CLOCK, Laptop, certificate, outputs

TIME = "2026-11-30T00:00:00Z"
AGAIN = Laptop(user="", verified="PSK", marks="DNR")


BRIEF = "show ip interface brief"
INTERFACES = """\
Interface              IP-Address      OK? Method Status                Protocol
GigabitEthernet1       172.18.124.117  YES NVRAM  up                    up
GigabitEthernet2       10.10.117.1     YES NVRAM  up                    up
"""


def looked(*laptops: Laptop, text: str = "", clock: str = CLOCK, brief: str = INTERFACES, **counted: int) -> dict[str, str]:
    """What one look shows."""
    counted = {"active": len(laptops)} | counted
    return {**outputs(*laptops, **counted), CERTIFICATES: text or certificate(), CLOCK_SHOW: clock, BRIEF: brief}


def verdict(
    *looks: dict[str, str],
    built: bool = True,
    without: str = "",
    wanted: FlexVpn | None = None,
    besides: str = "",
    running: str = "",
) -> Verdict:
    """What is said of the head-end over some looks."""
    wanted = wanted or head_end()
    made = deployment_of(wanted)
    (member,) = made.members
    text = running or (f"{deployed(wanted, BARE)}end\n".replace("\nend\nend\n", "\nend\n") if built else BARE)
    text = text.replace("crypto ipsec profile", f"{besides}crypto ipsec profile", 1)
    now = Configuration(HOST, "ios", RUNNING, running or (text.replace(without, "") if without else text))
    seen = tuple(Look(observed(HOST, "ios", shown, ASKED), outputs=shown) for shown in looks)
    stands = standing(made, member, PLATFORM, now, KEYS, None)
    shown = Shown(HOST, PLATFORM, seen, now)
    return FLEXVPN.verdict(made, Seeing({HOST: shown}, {HOST: stands}, TIME, probing=True))


def many(count: int) -> list[Laptop]:
    """So many clients at different ports."""
    return [Laptop(address=f"192.168.117.{10 + n}", port=50000 + n, user=f"user{n}") for n in range(count)]


SHUT = INTERFACES.replace("up                    up", "administratively down down", 1)


@pytest.mark.parametrize(
    ("looks", "other", "word", "words"),
    [
        ([looked(Laptop())], {}, "up", "1 client of laptops connected (192.168.117.10)"),
        ([looked(AGAIN, success=1)], {}, "up", "1 client"),
        ([looked()], {}, "idle", "no client of laptops is connected"),
        ([looked()], {"expected_sessions": {"at_least": 1}}, "degraded", "0 of at least 1 expected"),
        ([looked(*many(2))], {"expected_sessions": {"at_least": 3}}, "degraded", "2 of at least 3 expected"),
        ([looked(*many(3))], {"expected_sessions": {"at_least": 3}}, "up", "3 clients"),
        ([looked(Laptop())], {"expected_sessions": {"users": ["anna"]}}, "up", "1 client"),
        ([looked(Laptop())], {"expected_sessions": {"users": ["joe"]}}, "degraded", "joe not connected"),
        ([looked(*many(2))], {"pool": {"first": "192.168.117.10", "last": "192.168.117.11"}}, "degraded", "no address left"),
        ([looked(text=certificate(ends="Feb 17 2025"))], {}, "down", "has ended on"),
        ([looked(Laptop(), text=certificate(ends="Feb 17 2025"))], {}, "degraded", "has ended on"),
        ([looked(clock=f"*{CLOCK}")], {}, "down", "never set"),
        ([looked(brief=SHUT)], {}, "down", "GigabitEthernet1 is administratively down"),
        (
            [looked(brief=INTERFACES.replace("GigabitEthernet1 ", "GigabitEthernet9 "))],
            {},
            "down",
            "GigabitEthernet1 is not there",
        ),
        ([looked(clock="10:00:00.000 UTC Tue Feb 31 2025")], {}, "unverified", "no time that can be"),
        ([looked(text=re.sub(r"    (?:start|end  ) date:.*\n", "", certificate()))], {}, "unverified", "is not shown"),
    ],
)
def test_a_head_end(looks: list[dict[str, str]], other: dict[str, Any], word: str, words: str) -> None:
    """What keeps clients out is down, what is missing of the expected is degraded, and nobody alone is idle."""
    found = verdict(*looks, wanted=head_end(**other))
    assert (found.word.value, words in found.sentence) == (word, True), found.sentence
    assert found.configured.value == "as-intended", found.findings


def test_who_came_back_is_not_named_and_not_missing() -> None:
    """After a reconnect the router names nobody, so an expected user may be among those: that is unverified, and no failure."""
    found = verdict(looked(AGAIN, success=1), wanted=head_end(expected_sessions={"users": ["anna"]}))
    (finding,) = [item for item in found.findings if item.check == "expected-sessions"]
    assert (finding.status.value, found.word.value) == ("unverified", "up")
    assert "which names nobody" in finding.sentence


def test_counters_that_rise() -> None:
    """A client whose packets are counted both ways while it is watched is known by counters; reconnects that fail are told."""
    found = verdict(looked(Laptop()), looked(Laptop(packets=(20, 19)), failed=1))
    assert (found.known_by.value, found.word.value) == ("counters", "up")
    assert any("1 reconnects have failed" in item.sentence for item in found.findings)


def test_a_client_that_contradicts_itself_is_none() -> None:
    """Where two shows say different things of a client it is not counted as one, and that is told: nobody knows who is in.

    At one of two looks alone somebody was coming, or going, between two commands.
    """
    found = verdict(looked(Laptop(tunnel="10.10.10.1")))
    assert found.word.value == "unverified"
    assert "10.10.10.1" in found.sentence
    assert verdict(looked(), looked(Laptop(tunnel="10.10.10.1"))).word.value == "idle"
    assert any("10.10.10.1" in item.sentence and item.status.value == "unverified" for item in found.findings)


def test_a_session_without_a_tunnel_is_no_client() -> None:
    """An IKE SA that has no IPsec SA beside it carries nothing: it is told, and never called up."""
    shown = looked(Laptop())
    command = "show crypto session detail"
    text = re.sub(r"  IPSEC FLOW.*?(?=\n\n)", "", shown[command].replace("UP-ACTIVE", "UP-IDLE"), flags=re.DOTALL)
    found = verdict({**shown, command: text})
    assert (found.word.value, "has no tunnel for packets" in found.sentence) == ("unverified", True)
    assert any("has no tunnel" in item.sentence and item.status.value == "unverified" for item in found.findings)
    # Who has just come, or goes, is so at one look.
    assert verdict(looked(), {**shown, command: text}).word.value == "idle"
    # Beside one who sends, the other is told.
    other = Laptop(address="192.168.117.11", port=50000)
    both = looked(Laptop(), other)
    first, second = both[command].split("Interface: Virtual-Access1")[1:]
    bare = re.sub(r"  IPSEC FLOW.*?(?=\n\n)", "", first.replace("UP-ACTIVE", "UP-IDLE"), flags=re.DOTALL)
    head = both[command].split("Interface: ")[0]
    found = verdict({**both, command: "Interface: Virtual-Access1".join((head, bare, second))})
    assert (found.word.value, "1 client of laptops" in found.sentence) == ("up", True), found.sentence


def test_a_list_of_sessions_that_is_cut_between_two() -> None:
    """What IKEv2 has assigned, and how many may come again, says that somebody is missing: neither idle nor up."""
    command = "show crypto session detail"
    nobody = looked()[command]
    found = verdict({**looked(Laptop()), command: nobody})
    assert (found.word.value, "which is in no list of sessions" in found.sentence) == ("unverified", True), found.sentence
    assert verdict(looked(), {**looked(Laptop()), command: nobody}).word.value == "idle"
    # Both lists are cut at the same place.
    for listed in ([], many(1)):
        counted = looked(*listed, active=2)
        assert verdict(counted, counted).word.value == "unverified"
        assert verdict(looked(*listed), counted).word.value == ("up" if listed else "idle")
    # Where another profile has such sessions too the count is of all of them.
    other = "crypto ikev2 profile P\n reconnect timeout 600\n"
    assert verdict(looked(active=2), besides=other).word.value == "idle"
    # Who is expected may be among those who were not shown.
    wanted = head_end(expected_sessions={"at_least": 1})
    assert verdict({**looked(Laptop()), command: nobody}, wanted=wanted).word.value == "unverified"
    # An address that is taken is not free, listed or not.
    wanted = head_end(pool={"first": "192.168.117.10", "last": "192.168.117.11"})
    shown = looked(*many(2))
    head, first, _ = shown[command].split("Interface: Virtual-Access1")
    found = verdict({**shown, command: f"{head}Interface: Virtual-Access1{first}"}, wanted=wanted)
    assert (found.word.value, "no address left" in found.sentence) == ("degraded", True), found.sentence


RADIUS = "aaa authentication login RAD group RADS\n"
SERVERS = "aaa group server radius RADS\n server name ISE\nradius server ISE\n address ipv4 10.1.1.1 auth-port 1812\n"


@pytest.mark.parametrize(
    ("lines", "word", "words"),
    [
        (f"{RADIUS}{SERVERS}", "idle", "no client of laptops is connected"),
        (f"{RADIUS}aaa group server radius RADS\n server 10.1.1.1 auth-port 1812\n", "idle", "no client"),
        (RADIUS.replace("RADS", "radius") + "radius-server host 10.1.1.1 key 7 0123456789\n", "idle", "no client"),
        (RADIUS.replace("RADS\n", "RADS local\n"), "idle", "no client"),
        (RADIUS.replace("group RADS", "local"), "idle", "no client"),
        (RADIUS, "down", "no server of RADS is there"),
        (f"{RADIUS}aaa group server radius RADS\n server name ISE\n", "down", "no server of RADS is there"),
        (RADIUS.replace("RADS", "radius"), "down", "no server of radius is there"),
        ("", "down", "aaa authentication login RAD"),
    ],
)
def test_whoever_is_asked_for_users(lines: str, word: str, words: str) -> None:
    """A list that is gone, or asks nobody, lets no client in; whether a server answers is told as not seen."""
    wanted = head_end(authentication_list="RAD", users=())
    text = f"{deployed(wanted, BARE.replace('aaa session-id', f'{RADIUS}{SERVERS}aaa session-id'))}end\n"
    text = text.replace("\nend\nend\n", "\nend\n").replace(f"{RADIUS}{SERVERS}", lines)
    found = verdict(looked(), wanted=wanted, running=text)
    assert (found.word.value, words in found.sentence) == (word, True), found.sentence
    assert any("the servers of RADS answer" in one for one in found.untested) is (word == "idle" and "group RADS" in lines)


def test_one_direction_stands_still() -> None:
    """A client that sends while it is watched, and to whom nothing goes back, proves nothing; a few packets are on their way."""
    found = verdict(looked(Laptop(packets=(15, 12))), looked(Laptop(packets=(35, 12))))
    assert (found.word.value, "nothing goes back to it meanwhile" in found.sentence) == ("unverified", True), found.sentence
    assert verdict(looked(Laptop(packets=(15, 12))), looked(Laptop(packets=(17, 12)))).word.value == "up"
    assert verdict(looked(Laptop(packets=(15, 12))), looked(Laptop(packets=(15, 40)))).word.value == "up"


@pytest.mark.parametrize(
    ("looks", "word", "words"),
    [
        ([Laptop(packets=(15, 0)), Laptop(packets=(35, 0))], "degraded", "nothing goes back to it"),
        ([Laptop(packets=(15, 0))], "unverified", "no packets have gone both ways"),
        ([Laptop(packets=(0, 0))], "unverified", "no packets have gone both ways"),
        ([Laptop(packets=(0, 12))], "unverified", "no packets have gone both ways"),
        ([Laptop(hmac="SHA256")], "degraded", "and the intent says aes-256-cbc hmac-sha384"),
    ],
)
def test_a_client_that_is_in_and_has_no_service(looks: list[Laptop], word: str, words: str) -> None:
    """That a client is connected is no proof: packets both ways by the cipher of the intent are, as in the gate."""
    found = verdict(*(looked(one) for one in looks))
    assert (found.word.value, words in found.sentence) == (word, True), found.sentence


def test_one_address_is_one_client() -> None:
    """A client that has come back from elsewhere, while the router has its former session still, is one client, the later one."""
    late, former = Laptop(port=50000), Laptop(port=50001)
    shown = looked(former, late)
    command = "show crypto session detail"
    parts = shown[command].split("Uptime: 00:00:15")
    shown = {**shown, command: f"{parts[0]}Uptime: 00:10:00{parts[1]}Uptime: 00:00:15{parts[2]}"}
    found = verdict(shown, wanted=head_end(expected_sessions={"at_least": 2}))
    assert (found.word.value, "1 client of laptops" in found.sentence) == ("degraded", True), found.sentence
    assert any("192.168.117.10 is that of the session from 203.0.113.201 port 50000" in one.sentence for one in found.findings)
    assert {one.what: one.value for one in found.figures}["pool-free"] == 49


@pytest.mark.parametrize(("other", "word"), [("", "degraded"), ("crypto ikev2 profile P\n reconnect timeout 600\n", "up")])
def test_who_sleeps_keeps_an_address(other: str, word: str) -> None:
    """Addresses of those who sleep are not free: where all of them are of this head-end, a pool that they fill is full."""
    wanted = head_end(pool={"first": "192.168.117.10", "last": "192.168.117.12"})
    found = verdict(looked(Laptop(), inactive=2), wanted=wanted, besides=other)
    assert found.word.value == word, found.sentence
    assert verdict(looked(Laptop(), inactive=1), wanted=wanted, besides=other).word.value == "up"


def test_one_who_sends_is_enough() -> None:
    """Beside a client whose packets go both ways, one that is silent is told, and the head-end is up."""
    found = verdict(looked(Laptop(), Laptop(address="192.168.117.11", port=50000, packets=(0, 0))))
    assert found.word.value == "up"
    assert [item.check for item in found.findings if item.status.value == "unverified"] == ["client-traffic"]


@pytest.mark.parametrize("command", sorted(looked()))
def test_what_was_not_read_is_unknown(command: str) -> None:
    """Without any one of the answers, or with one that is cut, nothing is called up, idle or down."""
    shown = looked(Laptop())
    missing = verdict({key: text for key, text in shown.items() if key != command})
    cut = verdict({**shown, command: shown[command][: len(shown[command]) * 2 // 3]})
    assert missing.word.value == "unverified"
    assert cut.word.value == "unverified", (command, cut.sentence)


def test_missing_and_out_of_use() -> None:
    """A router without the head-end is missing it; a profile that names no virtual template lets nobody in."""
    assert verdict(looked(), built=False).word.value == "missing"
    found = verdict(looked(), without=" virtual-template 10\n")
    assert (found.word.value, found.configured.value) == ("down", "differs"), found.sentence
    assert "no client is let in" in found.sentence


def test_figures_to_watch() -> None:
    """Sessions, free addresses and days of the certificate are numbers beside the verdict; none where nothing was read."""
    found = verdict(looked(*many(2), text=certificate(ends="Mar 10 2025"), inactive=3))
    figures = {figure.what: figure.value for figure in found.figures}
    assert figures == {"sessions": 2, "sessions-asleep": 3, "pool-free": 48, "certificate-days-left": 20}
    assert verdict({}).figures == ()


@pytest.mark.parametrize(
    ("answer", "word", "words"),
    [
        (".Done!\nverify /md5 ({url}) = {md5}\n", "up", "1 client"),
        (".Done!\nverify /md5 ({url}) = 0123456789abcdef0123456789abcdef\n", "degraded", "is something else, by its hash"),
        ("%Error verifying {url} (No such file or directory)\n", "degraded", "is not there"),
        ("% Authorization failed.\n", "up", "1 client"),
    ],
)
def test_the_profile_of_the_clients_on_the_flash(answer: str, word: str, words: str) -> None:
    """Its hash is read again: another file, or none, is a part that does not work; a router that tells no hash is not accused."""
    wanted = head_end(client_profile={})
    (file,) = FLEXVPN.files(deployment_of(wanted), HOST)
    (command,) = FLEXVPN.shows(deployment_of(wanted), deployment_of(wanted).members[0], PLATFORM)
    shown = looked(Laptop()) | {command: answer.format(url=file.url, md5=file.md5)}
    found = verdict(shown, wanted=wanted)
    assert (found.word.value, words in found.sentence) == (word, True), found.sentence
    (said,) = [finding for finding in found.findings if finding.check == "client-profile"]
    assert (said.status.value == "unverified") is ("failed" in answer), said
    # Nobody is connected: whoever comes is let in, and gets that file.
    idle = verdict(looked() | {command: answer.format(url=file.url, md5=file.md5)}, wanted=wanted)
    assert idle.word.value == ("idle" if word == "up" else word)


def test_a_file_that_the_configuration_does_not_name_is_not_judged() -> None:
    """Where the profile is another one by now, the configuration differs, and that is all that is said."""
    wanted = head_end(client_profile={})
    (command,) = FLEXVPN.shows(deployment_of(wanted), deployment_of(wanted).members[0], PLATFORM)
    url = command.split()[-1]
    shown = looked(Laptop()) | {command: f"%Error verifying {url} (No such file or directory)\n"}
    found = verdict(shown, wanted=wanted, without=f"crypto vpn anyconnect profile FLEX-laptops {url}\n")
    assert not [finding for finding in found.findings if finding.check == "client-profile"]
    assert found.configured.value == "differs"
