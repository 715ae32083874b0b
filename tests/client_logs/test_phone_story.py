"""A phone's console log and a firewall's syslog: one cause, or those that are left, with a timeline."""

from __future__ import annotations

import base64
import json
import os
import random
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nr_run.checks.client_logs.phone_causes import ASA_SIGNS, CAUSES, PHONE_SIGNS, narrowed
from nr_run.checks.client_logs.phone_story import Logs, explain_phone
from nr_run.checks.finding import Status
from nr_run.inventory.errors import NothingMatched, NrRunError, ParseError
from nr_run.parsers.logs import asa_words, phone_words
from nr_run.parsers.logs.bundle import read_bundle
from nr_run.parsers.logs.phone import read_phone_log

from .client_texts import zipped
from .phone_texts import (
    ADDRESS,
    BEGINS,
    DTLS,
    ENDS,
    FIREWALL,
    HASH,
    LEAF,
    LET_IN,
    PHONE,
    START,
    TRUSTED,
    USER,
    WORKS,
    console,
    ids,
    other,
    syslog,
    told,
)

CONFIG = """<device><vpnGroup>
<mtu>1290</mtu><enableHostIDCheck>1</enableHostIDCheck>
<addresses><url1>https://vpn.example.net/Phones</url1></addresses>
<credentials><hashAlg>0</hashAlg>
{hash}
</credentials></vpnGroup></device>
"""


@pytest.mark.parametrize("cause", PHONE)
def test_each_cause_in_the_phones_log(cause: str) -> None:
    """What the phone's log says alone is recognised as exactly that cause."""
    made = told(console(PHONE[cause]))
    assert ids(made) == [cause]
    assert not made.good


@pytest.mark.parametrize("cause", FIREWALL)
def test_each_cause_in_the_syslog(cause: str) -> None:
    """What the firewall says alone is recognised as exactly that cause, and whose it is."""
    made = told("", syslog(FIREWALL[cause]))
    assert ids(made) == [cause]
    assert ADDRESS in made.about or USER in made.about


@pytest.mark.parametrize("cause", sorted(set(PHONE) & set(FIREWALL)))
@pytest.mark.parametrize("hours", [-5, 0, 3])
def test_both_logs_are_one_cause(cause: str, hours: int) -> None:
    """Two logs of one attempt are one cause, whatever the clocks say; the offset is told where an event is in both."""
    made = told(console(PHONE[cause], START - timedelta(hours=hours, seconds=7)), syslog(FIREWALL[cause]))
    assert ids(made) == [cause]
    assert "both logs say so" in made.conclusion
    (clocks,) = [finding for finding in made.findings if finding.check == "clocks"]
    assert clocks.status is Status.OK
    assert {-5: "ahead of", 0: "behind", 3: "3 h"}[hours] in clocks.sentence


def test_two_causes_that_are_left_are_both_named() -> None:
    """A DTLS handshake that the phone breaks off may have two reasons, and both are told."""
    made = told(console(DTLS))
    assert ids(made) == ["ec-certificate", "dtls-cipher"]
    assert "these logs do not tell them apart" in made.conclusion
    assert {cause.confidence for cause in made.causes} == {"medium"}


def test_the_other_log_decides_between_two() -> None:
    """A handshake that the firewall broke off has two reasons on the phone, and one in the syslog."""
    broken = (*BEGINS, ("VPNC", "alert_err: SSL read alert: code 40, handshake failure"), *ENDS)
    assert ids(told(console(broken))) == ["cipher", "client-certificate"]
    assert ids(told(console(broken), syslog(FIREWALL["cipher"]))) == ["cipher"]
    assert ids(told(console(broken), syslog(FIREWALL["client-certificate"]))) == ["client-certificate"]


def test_a_phone_that_is_connected() -> None:
    """It is good only where both logs show it: login and session, address, DTLS tunnel, no line missing."""
    assert told(console(WORKS), syslog(LET_IN)).good
    for less in (
        told(console(WORKS)),
        told("", syslog(LET_IN)),
        told(console(WORKS), syslog(LET_IN[:-1])),
        told(console(WORKS[:1] + WORKS[2:]).replace("4102", "4103"), syslog(LET_IN)),
        told(console(DTLS), syslog(LET_IN)),
    ):
        assert not less.good


def test_a_lost_line_of_the_phone_is_seen() -> None:
    """The numbers of a console log tell that a line is missing."""
    lines = console(WORKS).split("\n")
    made = told("\n".join(lines[:2] + lines[3:]), syslog(LET_IN))
    assert not made.good
    assert any("number 4104 follows number 4102" in finding.sentence for finding in made.findings)


def test_what_is_of_another_time_does_not_count() -> None:
    """Where the clocks are known, a failure of the same phone of an hour before is no cause of this attempt."""
    before = syslog(FIREWALL["limit"], START - timedelta(hours=1))
    made = told(console(HASH, START - timedelta(minutes=30)), before + syslog(FIREWALL["certificate-hash"]))
    assert ids(made) == ["certificate-hash"]


def test_without_clocks_what_both_say_counts() -> None:
    """Where the syslog has no times, the cause that both logs name is told, and not another one of the syslog."""
    made = told(console(HASH), syslog((*FIREWALL["cipher"], *FIREWALL["certificate-hash"]), None))
    assert ids(made) == ["certificate-hash"]
    assert any("cannot be compared: the firewall's syslog has no times" in finding.sentence for finding in made.findings)


def test_clocks_that_fit_in_two_ways_are_not_known() -> None:
    """Two offsets that fit as well as each other are no offset."""
    twice = syslog(FIREWALL["certificate-hash"]) + syslog(FIREWALL["certificate-hash"], START + timedelta(minutes=40))
    made = told(console(HASH), twice)
    assert any("2 offsets fit" in finding.sentence for finding in made.findings)


def test_an_earlier_attempt_is_told() -> None:
    """Of several attempts the last one is explained, and the others are told."""
    made = told(console(PHONE["host-id"]) + console(HASH, START + timedelta(minutes=20), 4300))
    assert ids(made) == ["certificate-hash"]
    assert any("an earlier attempt (07:30:00" in finding.sentence for finding in made.findings)


def test_the_files_of_a_phone_are_put_in_order() -> None:
    """A phone writes its files in turn: in whatever order they lie in a ZIP, the newest attempt is explained."""
    older, newer = console(PHONE["host-id"]), console(HASH, START + timedelta(minutes=20), 4109)
    whole = {"0": newer, "1": older}
    for held in (whole, dict(reversed(whole.items()))):
        log = read_phone_log(read_bundle("console.zip", zipped({f"{name}.txt": text for name, text in held.items()})))
        assert ids(explain_phone(Logs("console.zip", log, None))) == ["certificate-hash"]
        assert log.gaps == ()
    apart = zipped({"a.txt": console(HASH, START + timedelta(minutes=20), 4150), "b.txt": older})
    assert len(read_phone_log(read_bundle("console.zip", apart)).gaps) == 1


def test_midnight_is_no_step() -> None:
    """A console log has no date, and goes over midnight all the same; a clock that was set is told."""
    late = START.replace(hour=23, minute=59, second=59)
    assert not any("was set" in finding.sentence for finding in told(console(HASH, late)).findings)
    text = re.sub(r"(410[5-9]|4110): (...) 07:30", r"\1: \2 07:10", console(HASH))
    assert any("was set" in finding.sentence for finding in told(text).findings)


def test_whose_messages_they_are() -> None:
    """The failures of other clients are not the phone's; where it is not clear which is meant, it has to be named."""
    laptop = other("kim", "198.51.100.8", FIREWALL["limit"])
    second = other("CP-8841-SEP00005E0053FF", "203.0.113.99", FIREWALL["dap"])
    assert ids(told("", syslog((*laptop, *FIREWALL["csd"])))) == ["csd"]
    with pytest.raises(NothingMatched, match=rf"2 clients .*may be meant: name one with --phone.*{USER}"):
        told("", syslog((*laptop, *FIREWALL["csd"], *second)))
    both = syslog((*laptop, *FIREWALL["csd"], *second))
    for name, cause in (("203.0.113.99", "dap"), ("SEP00005E0053FF", "dap"), ("00:00:5e:00:53:a1", "csd"), ("kim", "limit")):
        assert ids(told("", both, phone=name)) == [cause]
    with pytest.raises(NothingMatched, match=r"no client of the syslog is 192\.0\.2\.200"):
        told("", both, phone="192.0.2.200")
    named = console((("VPNC", "binding sock to eth0 IP 203.0.113.99"), *BEGINS, *ENDS))
    assert ids(told(named, both)) == ["dap"]


def test_a_busy_syslog_does_not_silence_the_phone() -> None:
    """Where it is not clear which messages are the phone's, its own log is explained, and the command asks for the name."""
    laptops = tuple(said for number in range(1, 4) for said in other("", f"198.51.100.{number}", FIREWALL["tls-version"]))
    made = told(console(HASH), syslog(laptops))
    assert ids(made) == ["certificate-hash"]
    assert any("3 clients of the syslog may be meant" in finding.sentence for finding in made.findings)
    one = (*laptops, *FIREWALL["certificate-hash"])
    assert told(console(HASH), syslog(one, None)).about == ADDRESS


def test_the_event_in_both_logs_says_whose_they_are() -> None:
    """Of several handshakes that failed, that at the phone's moment is the phone's."""
    stranger = other("", "198.51.100.8", FIREWALL["cipher"])
    messages = syslog(stranger, START - timedelta(minutes=9)) + syslog(FIREWALL["certificate-hash"])
    made = told(console(HASH), messages)
    assert made.about == ADDRESS
    assert ids(made) == ["certificate-hash"]


def test_the_hash_is_held_against_the_configuration() -> None:
    """The hash that the phone was shown is compared with what its configuration has, in either notation and length."""
    of = {digits: base64.b64encode(bytes.fromhex(digits)).decode() for digits in (LEAF, TRUSTED)}
    wrong = told(console(HASH), config=CONFIG.format(hash=of[TRUSTED]))
    (finding,) = [one for one in wrong.findings if one.check == "hash"]
    assert finding.status is Status.FAILED
    assert of[LEAF] in finding.sentence
    assert of[TRUSTED] in finding.sentence
    stale = told(console(HASH), config=CONFIG.format(hash=f"<certHash1>{of[LEAF]}</certHash1>"))
    assert any("has not fetched this configuration yet" in one.sentence for one in stale.findings)
    alone = (*BEGINS, ("SECD", f"Leaf cert hash = {LEAF}"), *ENDS)
    assert ids(told(console(alone), config=CONFIG.format(hash=of[TRUSTED]))) == ["certificate-hash"]
    assert ("host ID check", "on", "config:1") in wrong.facts


def test_ciphers_of_both_are_told() -> None:
    """Where no cipher is shared, what each side offers is told."""
    facts = {what: value for what, value, _ in told("", syslog(FIREWALL["cipher"])).facts}
    assert facts["ciphers of the phone"] == "AES256-SHA, AES128-SHA"
    assert facts["ciphers of the firewall"] == "AES256-GCM-SHA384"


def test_a_timeline_has_both_by_one_clock() -> None:
    """Moments of both logs stand in one order, by the firewall's clock, each with its place."""
    made = told(console(HASH, START - timedelta(hours=3)), syslog(FIREWALL["certificate-hash"]))
    assert {moment.place.split(":")[0] for moment in made.timeline} == {"console", "syslog"}
    times = [match[0] for moment in made.timeline if (match := re.search(r"\d\d:\d\d:\d\d", moment.time))]
    assert times == sorted(times)
    assert any("(phone 04:30:00" in moment.time for moment in made.timeline)


def test_broken_lines_and_run_on_lines_are_read() -> None:
    """Messages that were broken over lines, and several on one line without numbers, are read as well."""
    broken = console(HASH).replace("issuer certificate not found", "issuer certificate\nnot found")
    assert ids(told(broken)) == ["certificate-hash"]
    run_on = " ".join(f"{who}: -{words}" for who, words in DTLS)
    assert ids(told(run_on)) == ["ec-certificate", "dtls-cipher"]
    wrapped = syslog(FIREWALL["csd"]).replace("Cisco Secure Desktop", "Cisco Secure\nDesktop")
    assert ids(told("", wrapped)) == ["csd"]


def test_nothing_recognised_says_what_is_expected() -> None:
    """A log without a cause is told as that; a file of something else is one sentence with what is expected."""
    quiet = told(console((("VPNC", "protocol_handler: idle"),) * 3))
    assert quiet.conclusion.startswith("no cause is recognised: nothing in the phone's log says why")
    failed = told(console((*BEGINS, *ENDS)))
    assert "and not why" in failed.conclusion
    for log, messages, what in (
        ("Dear all,\n", "", r"console is no console log of an IP phone .*expected are lines such as 902: NOT"),
        (syslog(LET_IN), "", r"console is the syslog of a firewall"),
        ("", "nothing here\n", r"syslog is no syslog of an ASA: expected are lines with %ASA-6-725001"),
        ("", "%ASA-6-302013: Built inbound TCP connection 3\n", r"syslog has no message about VPN clients: log the classes auth"),
        ("", console(HASH), r"syslog is the console log of an IP phone"),
    ):
        with pytest.raises(ParseError, match=what) as error:
            told(log, messages)
        assert "\n" not in str(error.value)


def test_every_sign_has_words_and_causes() -> None:
    """Each sign that speaks for a cause is a row of its table with words, and each cause has a sign."""
    for signs, words in ((PHONE_SIGNS, phone_words), (ASA_SIGNS, asa_words)):
        assert set(signs) <= set(words.TOLD)
    assert set(asa_words.TOLD) == {row.means for row in asa_words.ASA}
    assert {row.means for row in phone_words.PHONE} - {"location"} == set(phone_words.TOLD)
    named = {cause for signs in (PHONE_SIGNS, ASA_SIGNS) for causes in signs.values() for cause in causes}
    assert named == set(CAUSES)


_SETS = st.lists(st.sampled_from(sorted({tuple(one) for one in (*PHONE_SIGNS.values(), *ASA_SIGNS.values())})), max_size=6)


@given(_SETS)
def test_no_sign_is_left_without_a_cause(sets: list[tuple[str, ...]]) -> None:
    """Whatever signs there are: each one has a cause among those that are left, and none is named that no sign has."""
    left = [set(group) for group in narrowed(sets)]
    assert all(any(group & set(one) for group in left) for one in sets)
    assert {cause for group in left for cause in group} <= {cause for one in sets for cause in one}
    assert narrowed(reversed(sets)) == narrowed(sets) or set(map(frozenset, narrowed(reversed(sets)))) == set(
        map(frozenset, left)
    )


def test_no_secret_is_told() -> None:
    """What a log holds of passwords and cookies stands nowhere in what is told."""
    secret = "k7RpW2xQ9vBn"
    said = (*BEGINS, ("VPNC", f"process_login: authentication failed Set-Cookie: webvpn={secret}; password={secret}"), *ENDS)
    made = told(console(said), syslog((("6-113015", f"AAA user authentication Rejected : password = {secret} : user = {USER}"),)))
    assert made.causes
    assert secret not in json.dumps(made.as_dict())


@given(st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_loss_makes_a_failed_phone_good(data: st.DataObject) -> None:
    """Cut, shuffled and mixed logs never crash, and a phone that fails is never told as connected."""
    cause = data.draw(st.sampled_from(sorted(PHONE)))
    texts = []
    for text in (console(PHONE[cause]), syslog((*LET_IN[:3], *FIREWALL.get(cause, FIREWALL["csd"])))):
        lines = text.split("\n")
        lost = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=5))
        lines = [line for number, line in enumerate(lines) if number not in lost]
        if data.draw(st.booleans()):
            random.Random(data.draw(st.integers())).shuffle(lines)  # noqa: S311 - an order, and no secret
        texts.append("\n".join(lines)[: data.draw(st.integers(0, len(text)))])
    if data.draw(st.booleans()):
        texts = ["\n".join(texts)] * 2
    given_texts = texts if data.draw(st.booleans()) else [texts[0], ""] if texts[0] else ["", texts[1]]
    sentences: list[str] = []
    try:
        if any(given_texts):
            assert not told(*given_texts).good
    except NrRunError as error:
        sentences.append(str(error))
    assert all("\n" not in sentence for sentence in sentences)


SEEDS = os.environ.get("NR_RUN_SEEDS", "")


@pytest.mark.skipif(not SEEDS, reason="NR_RUN_SEEDS names no folder of published examples")
def test_a_published_sample_is_a_hash_that_differs() -> None:
    """A published pair of logs, and the configuration with them, is recognised as a certificate whose hash the phone has not."""
    (path,) = Path(SEEDS).rglob("003_*.txt")
    text = path.read_text()
    phone = text[text.index("902: NOT 10:19:27") : text.index("928: ERR 10:19:27") + 60]
    messages = text[text.index("%ASA-7-725012") : text.index("902: NOT 10:19:27")]
    config = text[text.index("<vpnGroup>") : text.index("</vpnGroup>") + 11]
    made = told(phone, messages, config)
    assert ids(made) == ["certificate-hash"]
    assert [finding.status for finding in made.findings if finding.check == "hash"] == [Status.FAILED]


@pytest.mark.parametrize("first", FIREWALL)
def test_two_failures_are_both_named(first: str) -> None:
    """Of any two failures that a syslog has of one phone, both are named and no third one."""
    for second in FIREWALL:
        made = told("", syslog((*FIREWALL[first], *FIREWALL[second])))
        assert set(ids(made)) == {first, second}
        assert ("; and " in made.conclusion) is (first != second)
