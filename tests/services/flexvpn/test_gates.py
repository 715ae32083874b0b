"""What verifies a head-end, and what does not: clients that contradict themselves, send nothing, or come by another profile."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nr_run.changes.device_file import digest_in
from nr_run.checks.finding import Finding, Status, proved
from nr_run.services.flexvpn.certificates import Showing, judged
from nr_run.services.flexvpn.gates import ClientIn, Ready
from nr_run.services.flexvpn.names import files_of
from nr_run.services.flexvpn.reading import CERTIFICATES, RUNNING, read
from nr_run.services.flexvpn.reading import CLOCK as CLOCK_SHOW
from nr_run.services.flexvpn.service import FLEXVPN, deployment_of
from nr_run.services.service import Seen

from ...changes.whole import whole
from .head_ends import BARE, HOST, PLATFORM, deployed, head_end
from .shown import CLOCK, Laptop, certificate, counters, outputs

WANTED = head_end()
THERE = whole(deployed(WANTED, BARE), "ios", HOST).text
AGAIN = Laptop(user="", verified="PSK", marks="DNR")


#: A certificate that is asked for beside, as at a renewal.
PENDING = "Certificate\n  Subject:\n    Name: vpn.example.com\n   Status: Pending\n   Associated Trustpoints: VPN-TP\n\n"


def seen(*laptops: Laptop, running: str = THERE, **counted: int) -> Seen:
    """The router with these clients."""
    (member,) = deployment_of(WANTED).members
    return Seen(member, PLATFORM, {RUNNING: running, **outputs(*laptops, **counted)}, "now")


def by_check(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    """Findings by their check, the last of each."""
    return {finding.check: finding for finding in findings}


@pytest.mark.parametrize("laptop", [Laptop(), AGAIN])
def test_a_client_that_sends_proves_it(laptop: Laptop) -> None:
    """One that has logged in, and one that has come back by its session, count alike: they send, and may come back."""
    findings = ClientIn(WANTED).judge([seen(laptop)], removed=False)
    assert proved(findings), findings
    assert {finding.check for finding in findings} == {"ikev2-profile", "client-session", "reconnect"}


@pytest.mark.parametrize(
    ("laptops", "status", "words"),
    [
        ((), Status.UNVERIFIED, "none has connected within 300 seconds"),
        ((Laptop(packets=(15, 0)),), Status.UNVERIFIED, "no packets went both ways"),
        ((Laptop(profile="OTHER"),), Status.UNVERIFIED, "none has connected"),
        ((Laptop(tunnel="10.10.10.1"),), Status.UNVERIFIED, "is for 10.10.10.1, and 192.168.117.10 is assigned"),
        ((Laptop(address="10.1.1.1"),), Status.UNVERIFIED, "10.1.1.1 of 203.0.113.201 is not of the pool"),
        ((Laptop(marks="DNR"),), Status.UNVERIFIED, "reconnect, and it was verified by AnyConnect-EAP"),
        ((Laptop(hmac="SHA256"),), Status.FAILED, "and the intent says aes-256-cbc"),
    ],
)
def test_what_proves_nothing(laptops: tuple[Laptop, ...], status: Status, words: str) -> None:
    """Nobody, one who sends nothing or comes by another profile, and one of whom two shows say different things."""
    finding = by_check(ClientIn(WANTED).judge([seen(*laptops)], removed=False))["client-session"]
    assert (finding.status, words in finding.sentence) == (status, True), finding


def test_a_session_that_may_not_come_again_fails() -> None:
    """With a timeout of reconnecting the router has to count the session as one that may come back; without one it need not."""
    findings = by_check(ClientIn(WANTED).judge([seen(Laptop(), active=0)], removed=False))
    assert findings["reconnect"].status is Status.FAILED
    without = head_end(reconnect_timeout=None)
    assert "reconnect" not in by_check(ClientIn(without).judge([seen(Laptop(), active=0)], removed=False))


def test_an_answer_that_is_cut_is_not_known() -> None:
    """Neither here nor gone: a show that was not read whole is unverified, and at a removal it is told."""
    cut = seen(Laptop())
    text = cut.outputs["show crypto ikev2 session detail"]
    cut = replace(cut, outputs={**cut.outputs, "show crypto ikev2 session detail": text[: len(text) // 2]})
    assert by_check(ClientIn(WANTED).judge([cut], removed=False))["client-session"].status is Status.UNVERIFIED
    gone = ClientIn(WANTED).judge([replace(cut, outputs={**cut.outputs, RUNNING: BARE})], removed=True)
    assert by_check(gone)["client-session"].status is Status.WARNING


def test_who_hangs_up_after_the_proof_has_proved_it() -> None:
    """A session that was verified and is gone is told, and is no objection; reconnects that failed since are told as well."""
    findings = ClientIn(WANTED).later([seen(Laptop())], [seen(failed=2, active=0)])
    assert proved(findings), findings
    assert "has hung up since" in by_check(findings)["client-session"].sentence
    assert "2 reconnects have failed since the proof" in by_check(findings)["reconnect"].sentence


def test_removed_means_configured_nowhere_and_connected_nowhere() -> None:
    """A client that is still there, or the profile, speaks against a removal."""
    gone = whole(BARE, "ios", HOST).text
    assert proved(ClientIn(WANTED).judge([seen(running=gone, active=0)], removed=True))
    assert not proved(ClientIn(WANTED).judge([seen(Laptop(), running=gone)], removed=True))
    assert not proved(ClientIn(WANTED).judge([seen(active=0)], removed=True))


def shown(text: str, clock: str = CLOCK) -> dict[str, Finding]:
    """Findings on certificates and a clock."""
    given = {CERTIFICATES: text, CLOCK_SHOW: clock}
    certificates, time = (read(HOST, command, given) for command in (CERTIFICATES, CLOCK_SHOW))
    return by_check(tuple(judged(Showing(HOST, WANTED, certificates, time, "now"))))


@pytest.mark.parametrize(
    ("text", "clock", "check", "status", "words"),
    [
        (certificate(), CLOCK, "certificate", Status.OK, "730 days more"),
        (certificate(ends="Mar 10 2025"), CLOCK, "certificate", Status.WARNING, "ends in 20 days"),
        (certificate(ends="Feb 17 2025"), CLOCK, "certificate", Status.FAILED, "has ended on"),
        (certificate(begins="Feb 19 2025"), CLOCK, "certificate", Status.FAILED, "is valid from"),
        (certificate().replace("VPN-TP", "OTHER"), CLOCK, "certificate", Status.FAILED, "enrol it first"),
        (
            certificate().replace("Certificate\n  Status", "CA Certificate\n  Status"),
            CLOCK,
            "certificate",
            Status.FAILED,
            "enrol",
        ),
        ("", CLOCK, "certificate", Status.FAILED, "enrol it first"),
        ("% Invalid input detected at '^' marker.", CLOCK, "certificate", Status.UNVERIFIED, "show crypto pki"),
        (certificate(usage=""), CLOCK, "certificate-use", Status.FAILED, "not for a server"),
        (certificate(usage="Client Auth"), CLOCK, "certificate-use", Status.FAILED, "Client Auth"),
        (certificate(name="old.example.com"), CLOCK, "certificate-name", Status.FAILED, "not for vpn.example.com"),
        (certificate(name="*.example.com"), CLOCK, "certificate-name", Status.OK, "*.example.com"),
        (certificate().replace("2048 bit", "1024 bit"), CLOCK, "certificate-key", Status.FAILED, "1024"),
        (PENDING + certificate(), CLOCK, "certificate", Status.OK, "730 days more"),
        (PENDING, CLOCK, "certificate", Status.FAILED, "enrol it first"),
        (certificate(), "23:59:60.000 UTC Tue Feb 18 2025", "certificate", Status.OK, "729 days more"),
        (certificate(), "10:00:00.000 UTC Tue Feb 31 2025", "clock", Status.UNVERIFIED, "no time that can be"),
        (certificate(), f"*{CLOCK}", "clock", Status.FAILED, "never set"),
        (certificate(), f".{CLOCK}", "clock", Status.WARNING, "not synchronised"),
    ],
)
def test_certificates(text: str, clock: str, check: str, status: Status, words: str) -> None:
    """Validity by the router's own clock, use, name, key and trustpoint are each judged, and each alone refuses."""
    finding = shown(text, clock)[check]
    assert (finding.status, words in finding.sentence) == (status, True), finding


def test_the_first_gate_needs_both() -> None:
    """What clients get, and a certificate that they take; in a removal the first alone has to be gone."""
    item = seen()
    ready = replace(item, outputs={RUNNING: THERE, CERTIFICATES: certificate(), CLOCK_SHOW: CLOCK})
    assert proved(Ready(WANTED).judge([ready], removed=False))
    ended = replace(ready, outputs={**ready.outputs, CERTIFICATES: certificate(ends="Feb 17 2025")})
    assert not proved(Ready(WANTED).judge([ended], removed=False))
    bare = replace(ready, outputs={**ready.outputs, RUNNING: whole(BARE, "ios", HOST).text})
    assert not proved(Ready(WANTED).judge([bare], removed=False))
    assert proved(Ready(WANTED).judge([bare], removed=True))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (".Done!\nverify /md5 ({url}) = {md5}\n", Status.OK),
        (".Done!\nverify /md5 ({url}) = 0123456789abcdef0123456789abcdef\n", Status.FAILED),
        ("%Error verifying {url} (No such file or directory)\n", Status.FAILED),
        ("", Status.UNVERIFIED),
        ("Command authorization failed.\n", Status.UNVERIFIED),
        (".Done!\nverify /md5 ({url}) = {cut}", Status.UNVERIFIED),
    ],
)
def test_a_file_is_there_by_its_hash_alone(answer: str, status: Status) -> None:
    """The hash verifies the file, another one or none refutes it, and an answer that says neither leaves it open."""
    wanted = head_end(client_profile={})
    (file,) = files_of(wanted)
    words = answer.format(url=file.url, md5=file.md5, cut=file.md5[:20])
    shows = {RUNNING: THERE, CERTIFICATES: certificate(), CLOCK_SHOW: CLOCK, f"verify /md5 {file.url}": words}
    finding = by_check(Ready(wanted).judge([replace(seen(), outputs=shows)], removed=False))["client-profile"]
    assert finding.status == status, finding
    assert digest_in(words) == {Status.OK: file.md5, Status.UNVERIFIED: None}.get(status, digest_in(words))


def test_what_else_comes_from_the_address_of_a_client() -> None:
    """Sessions of other profiles with the address of a client are ended with it, and named; those with another are not."""
    deployment = deployment_of(WANTED)
    office = Laptop(profile="OFFICE", port=500).session.replace("Virtual-Access1", "Tunnel7")
    elsewhere = office.replace("203.0.113.201", "203.0.113.99")
    shown = outputs(Laptop())
    down = office.replace("Tunnel7", "Tunnel8").replace("UP-ACTIVE", "DOWN")
    shown["show crypto session detail"] += office + elsewhere + down
    assert [str(peer) for peer in FLEXVPN.peers_in(deployment, HOST, shown)] == ["203.0.113.201"]
    assert FLEXVPN.beside_in(deployment, HOST, shown) == ("Tunnel7 (OFFICE) with 203.0.113.201",)
    assert FLEXVPN.beside_in(deployment, HOST, outputs(Laptop())) == ()
    assert FLEXVPN.beside_in(deployment, HOST, {}) == ()


def test_counters_are_read_as_they_are() -> None:
    """Tries that came in are those that succeeded and those that failed."""
    stats = read(HOST, "show crypto ikev2 stats reconnect", {"show crypto ikev2 stats reconnect": counters(2, 1, 3, 4)}).state
    assert (stats.total, stats.success, stats.failed) == (3, 2, 1)
    assert (stats.active_capable_sessions, stats.inactive_capable_sessions) == (3, 4)
