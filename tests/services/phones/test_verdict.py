"""The verdict on the access of phones: up with those that are expected, idle without any, and each cause of the audit by name."""

from __future__ import annotations

import os
from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.checks.phones.shown import CLOCK, DEFAULT_POLICY, LICENCE_USE, RUNNING, SESSIONS, HeadEnd
from nr_run.lab.stations import phone_site
from nr_run.services.phones.intent import Phones
from nr_run.services.phones.service import PHONES, deployment_of

from ...remote_access.ground import RELEASES, Site, typed
from ...remote_access.mistakes import Mistake, single
from .access import access, seen, verdict

PROFILES = tuple(RELEASES) if os.environ.get("NR_RUN_PHONES") == "all" else ("asa919",)
PLANTED = [(profile, mistake) for profile in PROFILES for mistake in single(profile)]


@pytest.fixture(scope="module")
def empty() -> HeadEnd:
    """An ASA in order, to which nobody has connected."""
    return seen(Site())


@pytest.fixture(scope="module")
def busy() -> HeadEnd:
    """The same with two phones."""
    return seen(Site(), {"desk": Site(), "hall": Site()})


def names(busy: HeadEnd) -> list[str]:
    """The phones that are connected to it."""
    return [line.split()[2].partition("-")[2].partition("-")[2] for line in _users(busy)]


def _users(device: HeadEnd) -> list[str]:
    return [line for line in device.outputs[SESSIONS].splitlines() if line.startswith("Username")]


def showing(device: HeadEnd, command: str, text: str) -> HeadEnd:
    """With another answer."""
    return replace(device, outputs={**device.outputs, command: text})


@pytest.mark.parametrize(("profile", "mistake"), PLANTED, ids=[f"{profile}-{mistake.name}" for profile, mistake in PLANTED])
def test_each_cause_is_named(profile: str, mistake: Mistake) -> None:
    """Whatever of the audit keeps phones out makes the access down with that cause, its evidence and its remedy."""
    site = mistake.plant(Site(profile=profile))
    device = seen(site)
    made = verdict(device, device, wanted=access(phone_model=site.model), xml=site.xml)
    assert [cause.id for cause in made.causes] == [mistake.cause], made.sentence
    # What is not there at all is told by the first axis.
    assert made.word.value in ("down", "missing"), made.sentence
    found = next(finding for finding in made.findings if finding.check == f"phones-{mistake.cause}")
    assert found.status.value == "failed"
    assert found.evidence
    assert made.causes[0].remedy
    assert not made.healthy


def test_a_cause_beside_phones_that_are_in(busy: HeadEnd) -> None:
    """Phones that are in stay in, and the next one is kept out: that is degraded."""
    site = typed(Site(), "group-policy DfltGrpPolicy attributes", " vpn-simultaneous-logins 0")
    device = showing(seen(site), SESSIONS, busy.outputs[SESSIONS])
    made = verdict(device, device)
    assert made.word.value == "degraded"
    assert "logins: no login is allowed" in made.sentence
    assert made.causes[0].confirm == "nr-run audit-vpn-phone fw, then --fix logins"


@pytest.mark.parametrize(
    ("expected", "word", "words"),
    [
        ({}, "up", "2 phones connected to VPNPhone"),
        ({"at_least": 2}, "up", "2 phones of 2 expected"),
        ({"at_least": 3}, "degraded", "2 phones of 3 expected"),
        ({"phones": ["SEP00005E005301"]}, "degraded", "SEP00005E005301 not connected; no cause of it was found"),
    ],
)
def test_expected_sessions(busy: HeadEnd, expected: dict[str, Any], word: str, words: str) -> None:
    """By count or by name: all are in, or those that are missing are named."""
    made = verdict(busy, busy, wanted=access(expected_sessions=expected))
    assert (made.word.value, words in made.sentence) == (word, True), made.sentence
    assert made.configured.value == "as-intended"


def test_expected_by_name_and_in(busy: HeadEnd) -> None:
    """The phones that are connected are known by the names in their certificates."""
    made = verdict(busy, busy, wanted=access(expected_sessions={"phones": names(busy)}))
    assert made.healthy
    assert {flow.local for flow in made.ends[0].flows} == set(names(busy))


def test_nobody_is_in(empty: HeadEnd) -> None:
    """Without an expectation nobody is idle; of those that are expected nobody is down, for phones connect by themselves."""
    assert verdict(empty, empty).word.value == "idle"
    made = verdict(empty, empty, wanted=access(expected_sessions={"at_least": 2}))
    assert (made.word.value, made.causes) == ("down", ())


def test_a_session_without_a_tunnel_is_no_phone_that_is_in(busy: HeadEnd) -> None:
    """Of a phone that was lost its parent session is left for a while: it is told, and counts for nothing that is expected."""
    (gone, *_) = names(busy)
    text = busy.outputs[SESSIONS]
    words = next(line for line in text.splitlines() if line.startswith("Protocol"))
    device = showing(busy, SESSIONS, text.replace(words, "Protocol     : AnyConnect-Parent", 1))
    made = verdict(device, device, wanted=access(expected_sessions={"phones": [gone]}))
    assert (made.word.value, made.healthy) == ("degraded", False), made.sentence
    assert f"1 phone of 1 expected connected to VPNPhone, and 1 session without a tunnel for packets; {gone} not" in made.sentence
    device = showing(busy, SESSIONS, text.replace(words, "Protocol     : AnyConnect-Parent"))
    made = verdict(device, device, wanted=access(expected_sessions={"at_least": 1}))
    assert (made.word.value, made.ends[0].flows) == ("down", ()), made.sentence
    assert verdict(device, device).word.value == "idle"


def test_sessions_of_others_do_not_count(busy: HeadEnd) -> None:
    """Sessions of another tunnel group are not those of the phones."""
    device = showing(busy, SESSIONS, busy.outputs[SESSIONS].replace("Tunnel Group : VPNPhone", "Tunnel Group : Staff"))
    assert verdict(device, device).word.value == "idle"


def test_figures(busy: HeadEnd) -> None:
    """Sessions, addresses, licences and days are numbers."""
    found = {
        figure.what: figure.value for figure in verdict(busy, busy, wanted=access(expected_sessions={"at_least": 3})).figures
    }
    days = found.pop("certificate-days-left")
    assert found == {"sessions": 2, "sessions-expected": 3, "pool-free": 198, "licences-in-use": 2, "licences": 250}
    assert days > 1000


def test_the_end_of_a_certificate_is_told(busy: HeadEnd) -> None:
    """So many days before its end, by the intent, the certificate is a warning, and phones are up still."""
    clock = "10:00:00.000 UTC Tue Jan 1 2051\n"
    device = showing(busy, CLOCK, clock)
    days = next(one.value for one in verdict(device, device).figures if one.what == "certificate-days-left")
    for wanted, status in ((min(days, 365), "ok"), (min(days + 1, 365), "warning")):
        made = verdict(device, device, wanted=access(certificate_days=wanted))
        (found,) = [one for one in made.findings if one.check == "phones-certificate"]
        assert (found.status.value, made.word.value) == (status, "up"), found.sentence


@pytest.mark.parametrize("command", [DEFAULT_POLICY, SESSIONS, LICENCE_USE, CLOCK])
def test_what_is_not_shown_is_not_known(empty: HeadEnd, command: str) -> None:
    """Without an answer on which it rests the access is unverified, and never idle."""
    device = showing(empty, command, "")
    made = verdict(device, device)
    assert made.word.value == "unverified", made.sentence
    assert any(finding.status.value == "unverified" for finding in made.findings)


def test_phones_that_are_all_in_prove_the_way(busy: HeadEnd) -> None:
    """Where all that are expected are in, what could not be read is told and keeps nobody from being up."""
    device = showing(busy, LICENCE_USE, "")
    made = verdict(device, device, wanted=access(expected_sessions={"at_least": 2}))
    assert made.word.value == "up"
    assert any("sessions are in use is not known" in words for words in made.untested)
    assert verdict(device, device).word.value == "unverified"


def test_found_once_is_not_known(empty: HeadEnd) -> None:
    """What one look of two shows is noise until it comes again; after one look alone nothing that was found counts."""
    full = showing(empty, LICENCE_USE, empty.outputs[LICENCE_USE].replace(":      0 :", ":    250 :"))
    for looks in ((empty, full), (full, empty), (full,)):
        made = verdict(*looks)
        assert (made.word.value, made.causes) == ("unverified", ()), made.sentence
    assert verdict(full, full).word.value == "down"


def test_what_is_being_changed_is_not_judged(empty: HeadEnd, busy: HeadEnd) -> None:
    """A device that a run has in its hands is told as that, unless all are in."""
    changing = "fw is being changed by run x"
    assert verdict(empty, empty, changing=changing).word.value == "unverified"
    wanted = access(expected_sessions={"at_least": 2})
    assert verdict(busy, busy, wanted=wanted, changing=changing).word.value == "up"


@pytest.mark.parametrize(
    ("other", "line", "was"),
    [
        ({"trustpoint": "NEW"}, "ssl trust-point NEW outside", "ssl trust-point SSL outside"),
        ({"group_policy": "Staff"}, "default-group-policy Staff", "default-group-policy GroupPolicy_VPNPhone"),
        ({"group_url": "https://vpn.example.com/other"}, "group-url https://vpn.example.com/other enable", ""),
        ({"interface": "dmz"}, "enable dmz", ""),
    ],
)
def test_a_line_that_is_not_as_intended(busy: HeadEnd, other: dict[str, Any], line: str, was: str) -> None:
    """Each line that the intent has and the ASA has not is told, with what stands in its place."""
    made = verdict(busy, busy, wanted=access(**other))
    assert made.configured.value == "differs"
    (found,) = [one for one in made.findings if one.check == "configured"]
    assert line in {item.value for item in found.evidence}
    assert not was or was in {item.value for item in found.evidence}


def test_a_group_that_is_not_there_is_missing(empty: HeadEnd) -> None:
    """Without its tunnel group nothing of the access is there."""
    assert verdict(empty, empty, wanted=access(tunnel_group="Other")).word.value == "missing"


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("ssl trust-point SSL outside", "ssl trust-point SSL"),
        (f"https://{phone_site.URL_HOST}/", f"https://{phone_site.URL_HOST.upper()}/"),
        (" enable outside", " enable outside tls-only"),
    ],
)
def test_another_spelling_is_no_difference(busy: HeadEnd, was: str, now: str) -> None:
    """A certificate for every interface, a host in capitals and an interface without DTLS are as intended."""
    text = busy.running.text.replace(was, now)
    assert text != busy.running.text
    device = replace(busy, running=type(busy.running)("fw", "asa", RUNNING, text))
    assert verdict(device, device).configured.value == "as-intended"


def test_a_pool_that_the_intent_does_not_have(busy: HeadEnd) -> None:
    """Addresses of another pool than the intended one are told with the line that takes them."""
    made = verdict(busy, busy, wanted=access(address_pools=["OTHERS"]))
    (found,) = [one for one in made.findings if one.check == "phones-pools"]
    assert (found.status.value, "PHONES" in found.sentence) == ("warning", True)


OTHER: dict[str, Any] = {
    "name": "others",
    "description": "Phones of somebody else",
    "host": "fw2",
    "interface": "dmz",
    "tunnel_group": "Other",
    "group_policy": "Other",
    "group_url": "https://vpn.example.com/other",
    "address_pools": ["OTHERS"],
    "trustpoint": "OTHER",
    "certificate_days": 365,
    "phone_model": "7962",
    "expected_sessions": {"at_least": 3},
    "checks": [{"command": "show version", "holds": {"at_least": 1}}],
}
#: Which of them are active, and which files are read, is what test_intent.py is about.
ELSEWHERE = {"status", "phone_configs"}


def test_every_field_has_another_value() -> None:
    """A field that is added without a look at what it changes fails here."""
    assert set(Phones.model_fields) == {*OTHER, *ELSEWHERE}


@pytest.mark.parametrize("field", [name for name in OTHER if name not in ("host", "checks")])
def test_every_field_changes_something(field: str) -> None:
    """Another value of any field is seen in what is compared, asked, told or concluded: none is read and forgotten."""
    site = typed(Site(), "ssl server-version tlsv1.2")
    late = seen(site)
    late = showing(late, CLOCK, "10:00:00.000 UTC Thu Jul 14 2050\n")

    def all_of(wanted: Phones) -> list[object]:
        deployment = deployment_of(wanted)
        said = verdict(late, late, wanted=wanted).as_dict()
        asked = PHONES.shows(deployment, deployment.members[0], late.platform)
        return [deployment.settings, asked, PHONES.title(deployment), PHONES.for_people(deployment), said]

    assert all_of(access()) != all_of(access(**{field: OTHER[field]}))
