"""A client's log, in every form in which people bring it: what it did, when, and why it did not."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.checks.finding import Status
from nr_run.inventory.errors import NrRunError, ParseError

from .client_texts import (
    BACK,
    CONNECTED,
    FAILED,
    GOOD,
    SECRET,
    SILENT,
    SLEPT,
    WOKE,
    Happened,
    as_table,
    as_xml,
    dart,
    exported,
    syslog,
    told,
    zipped,
)

GERMAN = ("Protokollname", "Quelle", "Datum", "Ebene", "Beschreibung")
JAPANESE = ("ログの名前", "ソース", "日付", "レベル", "説明")
FORMS: dict[str, Callable[[tuple[Happened, ...]], str | bytes]] = {
    "dart": dart,
    "dart, newest first": lambda of: dart(of[::-1]),
    "dart, day first": lambda of: dart(of, "%d/%m/%Y"),
    "dart, dots": lambda of: dart(of, "%d.%m.%Y"),
    "dart, ISO": lambda of: dart(of, "%Y-%m-%d"),
    "dart, Japanese": lambda of: dart(of, "%Y年%m月%d日"),
    "dart, half days": lambda of: dart(of, clock="%I:%M:%S %p"),
    "dart, utf-16": lambda of: dart(of).encode("utf-16"),
    "dart, utf-16 without its mark": lambda of: dart(of).encode("utf-16-le"),
    "dart, CRLF": lambda of: dart(of).replace("\n", "\r\n"),
    "event text": exported,
    "event text, German": lambda of: exported(of, GERMAN).encode("utf-16"),
    "event text, Japanese": lambda of: exported(of, JAPANESE).encode("utf-16"),
    "event XML": as_xml,
    "event table": as_table,
    "event table, tabs": lambda of: as_table(of).replace(",", "\t"),
    "syslog": syslog,
    "syslog, ISO": lambda of: syslog(of, "%Y-%m-%dT%H:%M:%S.123456+02:00"),
    "a bundle": lambda of: zipped({"Cisco Secure Client/VPN/Logs/AnyConnectVPN.txt": dart(of), "readme.txt": "nothing"}),
    "a bundle in a bundle": lambda of: zipped({"inner.zip": zipped({"AnyConnectVPN.txt": dart(of)})}),
    "a bundle that has it twice": lambda of: zipped({"a.txt": dart(of), "b.xml": as_xml(of)}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(form: str) -> None:
    """A reconnect that worked, and one whose head-end was silent, are told alike in every form."""
    good = told(FORMS[form](GOOD))
    assert good.good, [finding.sentence for finding in good.findings]
    (finding,) = [one for one in good.findings if one.check == "reconnect"]
    assert "20 s after it began; it slept from" in finding.sentence
    failed = told(FORMS[form](FAILED))
    assert not failed.good
    assert [cause.id for cause in failed.causes] == ["head-end-silent"]


def test_each_moment_has_its_line() -> None:
    """The timeline names file and line of each moment, in the order of time."""
    text = dart(GOOD)
    made = told(text)
    lines = text.split("\n")
    for moment in made.timeline:
        name, line = moment.place.rsplit(":", 1)
        assert name == "brought"
        assert lines[int(line) - 1].startswith("Date ")
    assert [moment.means for moment in made.timeline][-3:] == ["reconnecting", "token", "connected"]


def test_settings_that_forbid_it_are_the_cause() -> None:
    """AutoReconnect that is off, and a behaviour that disconnects, are why a client does not come back."""
    for before, after, cause in (
        ("AutoReconnect: true", "AutoReconnect: false", "auto-reconnect-off"),
        ("ReconnectAfterResume", "DisconnectOnSuspend", "disconnect-on-suspend"),
    ):
        off = tuple((at, who, words.replace(before, after)) for at, who, words in CONNECTED)
        ended = ((301, "acvpnagent", "VPN state: Disconnected"), (702, "acvpnui", "VPN state: Disconnected"))
        made = told(dart((*off, *SLEPT, ended[0], WOKE[0], ended[1])))
        assert [one.id for one in made.causes] == [cause]


def test_a_new_connection_is_no_reconnect() -> None:
    """A client that asks for a password after it woke up is connected, and did not come back by its session."""
    asked = (
        (705, "acvpnagent", "Termination reason code 7:\nThe secure gateway has terminated the VPN connection."),
        (706, "acvpnui", "Message type prompt sent to the user:\nPlease enter your username and password."),
    )
    made = told(dart((*CONNECTED, *SLEPT, *WOKE, *asked, *BACK[1:])))
    assert [finding.status for finding in made.findings if finding.check == "reconnect"] == [Status.FAILED]
    assert [cause.id for cause in made.causes] == ["session-gone"]


def test_a_connection_that_is_lost_at_once_is_none() -> None:
    """A session that ends within a minute of the reconnect was not taken up."""
    made = told(dart((*GOOD, (735, "acvpnagent", "VPN state: Disconnected"))))
    assert not made.good
    assert told(dart((*GOOD, (2000, "acvpnagent", "VPN state: Disconnected")))).good


@pytest.mark.parametrize(("timeout", "good", "check"), [(900, False, "timeout"), (None, False, "timeout"), (7200, True, "")])
def test_a_long_sleep_is_held_against_the_timeout(timeout: int | None, good: bool, check: str) -> None:
    """A client that slept for an hour is late by a timeout of 900 s, in time by one of two hours, and unknown without any."""
    early = tuple((at - 3000, who, words) for at, who, words in (*CONNECTED, *SLEPT))
    made = told(dart((*early, *WOKE, *BACK)), timeout)
    assert made.good is good
    assert [one.check for one in made.findings if one.status in (Status.FAILED, Status.UNVERIFIED)] == ([check] if check else [])


def test_a_log_that_ends_too_early() -> None:
    """A log that ends before the outcome leaves it open, and says so."""
    made = told(dart((*CONNECTED, *SLEPT, *WOKE)))
    assert not made.good
    assert "before it says how the reconnect" in made.conclusion


def test_a_clock_that_was_set_is_told() -> None:
    """Where the clock goes back, durations mean nothing: that is said, and nothing is good."""
    made = told(dart((*CONNECTED, *SLEPT, *((at - 2000, who, words) for at, who, words in (*WOKE, *BACK)))))
    assert not made.good
    assert any("the clock goes back by 1600 s" in finding.sentence for finding in made.findings)


def test_a_log_without_times_proves_nothing() -> None:
    """What the command line shows has no times, so that its order is all that is known."""
    made = told("  >> state: Connected\n  >> state: Reconnecting\n  >> state: Connected\n")
    assert not made.good
    assert any("has no times" in finding.sentence for finding in made.findings)


def test_a_date_that_may_be_two_is_told() -> None:
    """Where no date tells month and day apart, and there are several, the reading is named."""
    text = dart(GOOD).replace("05/26/2026", "05/06/2026").replace("05/27/2026", "05/07/2026")
    several = text + dart(GOOD[:1]).replace("05/26/2026", "06/08/2026")
    assert any("month first" in notice for notice in told(several).notices)
    assert told(text).notices == ()


def test_an_entry_that_is_not_whole_leaves_it_open() -> None:
    """An entry that lost its date is told by its line, and a verdict that lacks an entry is not good."""
    lines = dart(GOOD).split("\n")
    place = [number for number, line in enumerate(lines) if line.startswith("Date")][2]
    made = told("\n".join(lines[:place] + lines[place + 1 :]))
    assert not made.good
    assert any(f"line {place + 1}: the entry that begins here is not whole" in finding.sentence for finding in made.findings)


PROFILE = """<AnyConnectProfile xmlns="http://schemas.xmlsoap.org/encoding/">
<ClientInitialization>
{inside}
<!-- <AutoReconnect>false</AutoReconnect> -->
<UseStartBeforeLogon UserControllable="true">true</UseStartBeforeLogon>
</ClientInitialization>
</AnyConnectProfile>
"""


@pytest.mark.parametrize(
    ("inside", "wrong"),
    [
        ("true\nReconnectAfterResume", "stands in it without its element"),
        (
            "<AutoReconnect>true</AutoReconnect><AutoReconnectBehavior>ReconnectAfterResume</AutoReconnectBehavior>",
            "stands beside AutoReconnect and not in it",
        ),
        ("<AutoReconnect>true<AutoReconnectBehavior>ReconnectAfterResume</AutoReconnectBehavior></AutoReconnect>", ""),
    ],
)
def test_a_profile_in_the_bundle_is_looked_at(inside: str, wrong: str) -> None:
    """A profile that is wrong is told, and so is a setting that differs from the one in use; a comment sets nothing."""
    made = told(zipped({"AnyConnectVPN.txt": dart(GOOD), "Profile/acvpn.xml": PROFILE.format(inside=inside)}))
    told_of = [finding.sentence for finding in made.findings if finding.check == "profile"]
    assert any("UseStartBeforeLogon is true by the profile" in words for words in told_of)
    assert any(wrong in words for words in told_of if "the profile is wrong" in words) is bool(wrong)
    assert made.good


def test_policy_and_version_are_told() -> None:
    """The version of the client and BypassDownloader are found, each with its place."""
    version = (-5, "acvpnagent", "Cisco Secure Client VPN Agent starting, version 5.1.8.105")
    policy = "<AnyConnectLocalPolicy>\n<BypassDownloader>true</BypassDownloader>\n</AnyConnectLocalPolicy>"
    made = told(zipped({"AnyConnectVPN.txt": dart((version, *GOOD)), "AnyConnectLocalPolicy.xml": policy}))
    assert ("local policy: BypassDownloader", "true", "AnyConnectLocalPolicy.xml:2") in made.facts
    assert made.facts[0][:2] == ("version", "5.1.8.105")


def test_a_log_without_a_reconnect() -> None:
    """A log in which nothing sleeps or reconnects says that; one in which a connection failed says why."""
    quiet = told(dart(CONNECTED))
    assert "no suspend, resume or reconnect" in quiet.conclusion
    refused = told(syslog(((0, "acvpnui", "Description: CTRANSPORT_ERROR_PEER_CERT_REJECTED"),)))
    assert [cause.id for cause in refused.causes] == ["server-certificate"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1 17:38:30.410 12/06/2011 Sev=Warning/3 CLI/0x83900004\nx\n", "Cisco VPN Client"),
        ("%ASA-6-113039: Group <g> User <u> IP <192.0.2.1> AnyConnect parent session started.\n", "explain-phone --syslog"),
        ("902: NOT 10:19:27.155936 VPNC: ssl_state_cb: x\n", "explain-phone --log"),
        ('{"a": 1}', "JSON"),
        ("gw#show crypto session detail\nCrypto session current status\n", "verify-reconnect"),
        ("Dear all,\nplease find attached\n", "expected is a DART bundle"),
    ],
)
def test_another_log_is_told_as_what_it_is(text: str, what: str) -> None:
    """A text that is no client's log is refused in one sentence that says what it is, or what is expected."""
    with pytest.raises(ParseError, match=what) as error:
        told(text)
    assert "\n" not in str(error.value)


def test_no_secret_is_told() -> None:
    """Passwords, cookies and tokens of a log stand nowhere in what is told."""
    forms = (
        f"Connected to gw.example.net. webvpn={SECRET}",
        f"Reconnecting to gw.example.net... Cookie: webvpn={SECRET}; webvpnlogin=1",
        f"authentication failed for kim password: {SECRET}",
        f"<session-token>{SECRET}</session-token> connection attempt has failed",
        f"connection attempt has failed https://kim:{SECRET}@gw.example.net/",
        f"connection attempt has failed Authorization: Basic {SECRET}",
        f'reconnect failed {{"token": "{SECRET}"}} session_token={SECRET}',
        f"Termination reason code 3: session token {SECRET} was refused",
    )
    extra = tuple((702 + number, "acvpnagent", words) for number, words in enumerate(forms))
    made = told(dart((*CONNECTED, *SLEPT, *WOKE, *extra)))
    assert len([moment for moment in made.timeline if "<hidden>" in moment.quote or "<key:" in moment.quote]) >= len(forms) - 1
    assert SECRET not in json.dumps(made.as_dict())


NEVER = (*CONNECTED, *SLEPT, *WOKE, *SILENT, (820, "acvpnagent", "VPN state: Disconnected"))


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_loss_makes_a_failed_reconnect_good(data: st.DataObject) -> None:
    """Cut, shuffled and mixed logs never crash, and a client that did not come back is never good."""
    form = FORMS[data.draw(st.sampled_from(["dart", "event text", "event XML", "event table", "syslog"]))](NEVER)
    assert isinstance(form, str)
    lines = form.split("\n")
    lost = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=12))
    lines = [line for number, line in enumerate(lines) if number not in lost]
    if data.draw(st.booleans()):
        random.Random(data.draw(st.integers())).shuffle(lines)  # noqa: S311 - an order, and no secret
    if data.draw(st.booleans()):
        lines = lines[data.draw(st.integers(0, len(lines))) :]
    if data.draw(st.booleans()):
        lines += data.draw(st.lists(st.text(max_size=60), max_size=5))
    sentences: list[str] = []
    try:
        assert not told("\n".join(lines).encode("utf8", "surrogatepass")).good
    except NrRunError as error:
        sentences.append(str(error))
    assert all("\n" not in sentence for sentence in sentences)


#: A client that slept for an hour, with what its log has besides; the machine says something just before it wakes up.
LATE = (
    *((at - 4000, who, words) for at, who, words in (*CONNECTED, *SLEPT)),
    (-3900, "acvpnagent", "Something else happened."),
    (699, "acvpnagent", "A network interface has been added."),
    *WOKE,
    *BACK,
)


@given(st.sets(st.integers(0, len(LATE) - 1)), st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_loss_of_entries_makes_a_late_client_good(lost: set[int], given_timeout: bool) -> None:
    """Whichever whole entries of its log are lost, a client that slept for too long is never told as one that was in time."""
    kept = [one for number, one in enumerate(LATE) if number not in lost]
    if kept:
        assert not told(dart(kept), 900 if given_timeout else None).good


def test_a_log_that_begins_with_the_reconnect() -> None:
    """Where the log does not reach back to the connection before, how long the client was away is not known."""
    made = told(dart((*WOKE, *BACK)))
    assert not made.good
    assert any("does not show since when" in one.sentence for one in made.findings)


def test_a_change_of_network_is_no_sleep() -> None:
    """A client that lost its network for a moment, after quiet hours, and came back by its session is well."""
    lost = (
        (
            9000,
            "acvpnagent",
            "Tunnel level reconnect reason code 2:\nThe network interface was lost.\nOriginates from tunnel level",
        ),
        (9001, "acvpnui", "Message type information sent to the user:\nReconnecting to gw.example.net..."),
        (9009, "acvpnui", "Message type information sent to the user:\nConnected to gw.example.net."),
    )
    assert told(dart((*CONNECTED, *lost))).good


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_one_sentence(data: bytes) -> None:
    """Whatever bytes a file has: an explanation that is not good, or one sentence."""
    sentences: list[str] = []
    for brought in (data, b"PK\x03\x04" + data, zipped({"a.txt": data, "b.zip": data})[:-7]):
        try:
            assert not told(brought).good
        except NrRunError as error:
            sentences.append(str(error))
    assert all(sentences)


@pytest.mark.parametrize(
    "words", ["Network state: Disconnected", "Wi-Fi state: reconnecting", "Interface (eth0) state: disconnected"]
)
def test_the_state_of_a_network_is_not_that_of_the_client(words: str) -> None:
    """What a network or an adapter does between waking up and the reconnect is no end of the session; the VPN's own state is."""
    there = told(dart((*CONNECTED, *SLEPT, *WOKE, (703, "acvpnagent", words), *BACK)))
    assert there.good, there.conclusion
    own = told(dart((*CONNECTED, *SLEPT, *WOKE, (703, "acvpnagent", "VPN state: Disconnected"), *BACK)))
    assert not own.good
