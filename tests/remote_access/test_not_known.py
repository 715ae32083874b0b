"""What a head-end does not show is told, and is never taken for well: there is no verdict without an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from nr_run.checks.phones import shown as commands
from nr_run.checks.phones.audit import Audit, audit
from nr_run.checks.phones.case import AuditAsked
from nr_run.checks.phones.finding import Severity
from nr_run.checks.phones.models import model_named
from nr_run.checks.phones.phone_file import read_phone_file
from nr_run.checks.phones.shown import HeadEnd
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site
from nr_run.runbooks.phones.audit import borne_out

from .ground import CREDENTIALS, Site, shown, typed

REFUSED = "Command authorization failed"
RECORD = "dynamic-access-policy-record"


def device_of(site: Site) -> HeadEnd:
    """What the head-end shows, all of it."""

    async def ask() -> HeadEnd:
        return await shown(Rehearsal({"fw": site.order}, 1.0, CREDENTIALS), site)

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def healthy() -> HeadEnd:
    """A head-end that is in order, with a record of dynamic access whose criteria matter."""
    made = typed(Site(), f"{RECORD} PHONES", " priority 5", f"{RECORD} DfltAccessPolicy", " action terminate")
    return device_of(replace(made, files={"dap.xml": tuple(phone_site.dap_file(("PHONES", phone_site.GROUP)))}))


def judged(device: HeadEnd, outputs: Mapping[str, str] | None = None, **asked: str) -> Audit:
    """The audit of what was shown, with other answers."""
    phone = read_phone_file("SEP.cnf.xml", Site().xml)
    return audit(replace(device, outputs={**device.outputs, **(outputs or {})}), AuditAsked(phone, model_named("7962"), **asked))


def test_a_record_for_phones_that_continues_is_well(healthy: HeadEnd) -> None:
    """A record with the tunnel group of phones and the action continue goes before a default that terminates."""
    assert judged(healthy).verdict == "no cause found on this device"


#: What is not asked to judge, but as another witness of something.
WITNESSES = {commands.ACTIVATION, commands.SSL, commands.CERTIFICATES, commands.SESSIONS, commands.SESSION_COUNT}


@pytest.mark.parametrize("answer", [REFUSED, "", "ERROR: % Invalid input detected at '^' marker."])
@pytest.mark.parametrize(
    "command",
    [
        *sorted(
            {commands.VERSION, commands.CLOCK, commands.DEFAULT_POLICY, commands.ALL_SSL, commands.LICENCE_USE, commands.DAP_FILE}
        )
    ],
)
def test_what_is_refused_is_told_as_not_known(healthy: HeadEnd, command: str, answer: str) -> None:
    """Each command that is refused, or answered with nothing, leaves something that is not known, and no verdict without it."""
    more = {commands.ACTIVATION: answer} if command == commands.VERSION else {}
    made = judged(healthy, {command: answer, **more})
    assert made.unread
    assert made.verdict == "no cause found in what could be read; the rest is not known"
    assert not made.causes


@pytest.mark.parametrize("command", sorted(WITNESSES))
def test_another_witness_is_enough(healthy: HeadEnd, command: str) -> None:
    """Where two commands show the same thing, one that is refused hides nothing."""
    assert judged(healthy, {command: REFUSED}).verdict == "no cause found on this device"


@pytest.mark.parametrize(
    ("command", "cut"),
    [
        (commands.DAP_FILE, lambda text: text[: len(text) // 2]),
        (commands.VERSION, lambda text: text.replace("AnyConnect for Cisco VPN Phone", "AnyConnect for Cisco VPN Ph?ne")),
        (commands.CLOCK, lambda text: text.replace(":", "?")),
        (commands.LICENCE_USE, lambda text: text.replace("AnyConnect Premium", "AnyC?nnect Premium")),
    ],
)
def test_what_is_damaged_is_not_known(healthy: HeadEnd, command: str, cut: Callable[[str], str]) -> None:
    """An answer that is cut or damaged is told as not known; nothing is read out of what is left."""
    broken = {command: cut(healthy.outputs[command])}
    if command == commands.VERSION:
        broken[commands.ACTIVATION] = ""
    made = judged(healthy, broken)
    assert made.unread
    assert not made.causes


def test_ciphers_that_are_not_listed_are_not_known(healthy: HeadEnd) -> None:
    """A level of ciphers says nothing without the list that the device prints for it."""
    made = judged(healthy, {commands.SSL_CIPHERS: REFUSED})
    assert {words.split(" are not known")[0] for words in made.unread} >= {"the versions and ciphers of TLS"}
    assert not made.causes


def test_which_group_is_meant_is_not_guessed() -> None:
    """Of several groups with a URL none is taken without a phone's file, unless it is called after phones or named."""
    other = (
        "tunnel-group VPNPhone2 type remote-access",
        "tunnel-group VPNPhone2 webvpn-attributes",
        " group-url https://other.example.com/x enable",
    )
    device = device_of(typed(Site(), *other))
    made = audit(device, AuditAsked())
    assert made.group == ""
    assert "VPNPhone, VPNPhone2 would do" in made.unread[0]
    assert audit(device, AuditAsked(group="VPNPhone")).group == "VPNPhone"
    assert judged(device).group == "VPNPhone"


def test_an_external_policy_is_not_known() -> None:
    """A group policy on a server was not read, and no value of it is made up."""
    device = device_of(Site())
    text = device.running.text.replace(
        "group-policy GroupPolicy_VPNPhone internal", "group-policy GroupPolicy_VPNPhone external server-group R password <key:1>"
    )
    made = judged(replace(device, running=replace(device.running, text=text)))
    assert any("external" in words for words in made.unread)


def test_bytes_that_are_no_certificate_are_not_known() -> None:
    """A certificate whose bytes cannot be read is not known, and is not taken for absent."""
    device = device_of(Site())
    text = device.running.text.replace("    3082", "    0000", 1)
    made = judged(replace(device, running=replace(device.running, text=text)))
    assert any("its bytes are no certificate" in words for words in made.unread)
    assert "trustpoint" not in {item.id for item in made.findings}


def test_an_expression_of_dynamic_access_is_not_judged(healthy: HeadEnd) -> None:
    """A record with an expression may be taken for phones or not; while the default terminates that is not known."""
    text = healthy.outputs[commands.DAP_FILE].replace(
        "</dapBasicView>", "</dapBasicView><advancedView><value>assert(false)</value></advancedView>"
    )
    made = judged(healthy, {commands.DAP_FILE: text})
    assert any("PHONES of the dynamic access policies" in words for words in made.unread)
    assert not made.causes


def test_what_a_client_tells_of_itself_is_not_judged(healthy: HeadEnd) -> None:
    """Attributes that a client tells of itself (endpoint.anyconnect) need no posture module: what a phone tells is not known."""
    text = healthy.outputs[commands.DAP_FILE].replace("aaa.cisco.tunnelgroup", "endpoint.anyconnect.platform")
    made = judged(healthy, {commands.DAP_FILE: text})
    assert any("PHONES of the dynamic access policies" in words for words in made.unread)
    assert not made.causes


def test_one_of_two_readings_proves_nothing(healthy: HeadEnd) -> None:
    """What only one of two readings shows is told as not known; what both show is a cause."""
    licence = healthy.outputs[commands.VERSION].replace("VPN Phone    : Enabled", "VPN Phone    : Disabled")
    first, second = judged(healthy, {commands.VERSION: licence}), judged(healthy)
    assert {item.id for item in first.causes} == {"phone-licence"}
    assert first.causes[0].severity is Severity.CAUSE
    both = borne_out(first, second, "")
    assert not both.causes
    assert both.unread == ("phone-licence was found in one of two readings, so it is not known",)
    assert borne_out(first, first, "").causes == first.causes
    assert "not seen a second time: gone" in borne_out(first, None, "gone").unread[0]


def test_without_a_phones_file_the_digest_is_told(healthy: HeadEnd) -> None:
    """Without a phone's file nothing is compared with the certificate, and its digests are told in both forms."""
    made = audit(healthy, AuditAsked())
    assert any("SHA-1" in words and "SHA-256" in words and "--phone-config" in words for words in made.notes)


@pytest.mark.parametrize("url", ["http://vpn.example.com/VPNPhone", "https://[2001:db8::1]/VPNPhone", "vpn.example.com"])
def test_a_url_that_is_not_understood_is_told(healthy: HeadEnd, url: str) -> None:
    """A URL of another kind is told as not known, and is not compared with anything."""
    phone = read_phone_file("SEP.cnf.xml", phone_site.phone_file(phone_site.certificate(), urls=(url,)))
    made = audit(healthy, AuditAsked(phone, model_named("7962")))
    assert any(url in words for words in made.unread)
    assert not made.causes


def test_a_release_without_a_summary_of_licences_keeps_nothing_from_us() -> None:
    """Before 8.4 no release says how many sessions are in use: that is noted, and the device can be judged all the same."""
    made = judged(device_of(Site(profile="asa82")))
    assert made.verdict == "no cause found on this device"
    assert any("how many sessions" in words for words in made.notes)
