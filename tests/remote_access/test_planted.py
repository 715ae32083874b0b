"""Every cause that keeps phones out, planted in the lab one at a time and in pairs: the audit names exactly those, and the phone,
which decides by tables of its own, does not connect.

`make phones` plants all pairs and prints the table; a sample of them stands for it otherwise.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime

import pytest
from msgspec.structs import replace

from nr_run.checks.phones.causes import CAUSES
from nr_run.checks.phones.finding import Severity
from nr_run.lab.stations import phone_site

from .ground import RELEASES, Outcome, Site, certified, run, typed
from .mistakes import MISTAKES, Mistake, pairs, single

EVERY = os.environ.get("NR_RUN_PHONES") == "all"
#: Of all pairs of a device, every so many are tried in a run of all tests; no number of mistakes is a multiple of it.
STEP = 1 if EVERY else 19


def _sampled(profile: str, mistake: Mistake) -> bool:
    """All on one device, and on the others what is said in other words there."""
    return EVERY or profile == "asa919" or mistake.cause in ("csd", "protocol", "client-disabled", "tls-version", "peers")


SINGLES = [(profile, mistake) for profile in RELEASES for mistake in single(profile) if _sampled(profile, mistake)]
PAIRS = list(pairs("asa919"))[::STEP]


@pytest.mark.parametrize("model", ["7962", "8861"])
@pytest.mark.parametrize("profile", RELEASES)
def test_nothing_is_found_where_a_phone_connects(profile: str, model: str) -> None:
    """On a head-end that is in order a phone connects, and no cause is named; and the device is not called healthy for it."""
    found = run(Site(profile=profile), model)
    assert (found.causes, found.connected) == (set(), True), found.stopped_by
    assert found.audit.verdict == "no cause found on this device"
    assert not found.audit.unread


@pytest.mark.parametrize(("profile", "mistake"), SINGLES, ids=lambda item: item if isinstance(item, str) else item.name)
def test_one_cause_is_named_and_its_remedy_mends(profile: str, mistake: Mistake) -> None:
    """With one mistake the phone does not connect and its cause alone is named; a remedy of lines that can be typed as they stand
    has the phone connect once they are, and nothing is found any more."""
    broken = mistake.plant(Site(profile=profile))
    found = run(broken)
    assert not found.connected
    assert found.causes == {mistake.cause}, _told(found)
    (finding,) = found.audit.causes
    assert finding.remedy.sentence
    if finding.remedy.is_ready:
        mended = run(typed(broken, *finding.remedy.lines))
        assert (mended.causes, mended.connected) == (set(), True), _told(mended)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0].name} + {pair[1].name}")
def test_two_causes_are_named_and_no_other(pair: tuple[Mistake, Mistake]) -> None:
    """With two mistakes both are named: neither hides the other."""
    one, other = pair
    found = run(other.plant(one.plant(Site())))
    assert not found.connected
    assert found.causes == {one.cause, other.cause}, _told(found)


def test_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    """The table of causes and of what is named for each is printed: every cause that phones can meet in the lab is in it."""
    planted = Counter(mistake.cause for mistake in MISTAKES)
    paired = Counter(mistake.cause for pair in PAIRS for mistake in pair)
    rows = [f"{cause:<20}{planted[cause]:>6}{paired[cause]:>7}" for cause in CAUSES]
    if EVERY:
        with capsys.disabled():
            print("\n".join(("", f"{'cause':<20}{'ways':>6}{'pairs':>7}", *rows)))
    elsewhere = {"release", "group-policy", "access-hours", "timeout", "address-scope", "dtls-off"}
    assert set(CAUSES) - set(planted) == elsewhere


def _told(found: Outcome) -> str:
    return f"{found.stopped_by}: {[(item.id, item.sentence) for item in found.audit.findings]} {found.audit.unread}"


def _risks(site: Site, model: str | None = None) -> dict[str, Severity]:
    return {item.id: item.severity for item in run(site, model).audit.findings}


OWN = f"group-policy {phone_site.POLICY} attributes"


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ((OWN, " vpn-access-hours value OFFICE"), "access-hours"),
        ((OWN, " vpn-session-timeout 10"), "timeout"),
        ((OWN, " vpn-idle-timeout 1"), "timeout"),
        ((OWN, " dhcp-network-scope 10.9.0.0"), "address-scope"),
        (("webvpn", " enable outside tls-only"), "dtls-off"),
    ],
)
def test_what_may_keep_phones_out_is_a_risk(lines: tuple[str, ...], cause: str) -> None:
    """What depends on the hour or on a server is a risk: it is told, and is no cause, since phones connect now."""
    found = run(typed(Site(), *lines))
    assert found.connected
    assert {item.id: item.severity for item in found.audit.findings} == {cause: Severity.RISK}


def test_a_certificate_that_ends_soon_is_a_risk() -> None:
    """Thirty days before its end a renewal is urged, in the order that keeps phones connected."""
    found = run(certified(Site(), begins=datetime(2022, 10, 1), days=80))
    assert found.connected
    (finding,) = found.audit.findings
    assert (finding.id, finding.severity) == ("certificate-dates", Severity.RISK)
    assert "only then bind it" in finding.remedy.sentence


def test_a_filter_that_permits_is_for_a_person() -> None:
    """Whether a list lets phones reach their call manager is not guessed."""
    lines = ("access-list SOME extended permit ip any host 10.10.1.5", OWN, " vpn-filter value SOME")
    assert _risks(typed(Site(), *lines)) == {"filter": Severity.NOTE}


def test_elliptic_certificates_before_the_mend() -> None:
    """On 9.4(1) with an RSA certificate newer phones are shown a self-signed elliptic one, older ones the configured one."""
    site = Site(release="9.4(1)")
    new, old = run(site, "8861"), run(site, "7962")
    assert (new.causes, new.connected) == ({"certificate-choice"}, False)
    assert (old.causes, old.connected) == (set(), True)
    mended = run(replace(site, release="9.4(2)"), "8861")
    assert (mended.causes, mended.connected) == (set(), True)


def test_the_remedy_for_elliptic_certificates_lets_the_phone_in() -> None:
    """Typed as it stands, the remedy of the audit has the newer phone connect on 9.4(1)."""
    site = Site(release="9.4(1)")
    (finding,) = run(site, "8861").audit.findings
    mended = run(typed(site, *finding.remedy.lines), "8861")
    assert (mended.causes, mended.connected) == (set(), True)


def test_later_datagrams_alone_are_a_risk_for_newer_phones() -> None:
    """Whether newer phones speak DTLS 1.2 is not known: where the device takes that alone it is a risk; older ones are kept
    out."""
    site = typed(Site(), "ssl server-version tlsv1.2 dtlsv1.2")
    assert _risks(site, "8861") == {"cipher-dtls": Severity.RISK}
    (finding,) = run(site, "8861").audit.findings
    assert finding.remedy.lines == ("ssl server-version tlsv1.2 dtlsv1",)
    assert run(typed(site, *finding.remedy.lines), "8861").audit.findings == ()
    assert _risks(site, "7962") == {"tls-version": Severity.CAUSE, "cipher-dtls": Severity.CAUSE}


def test_documented_mistakes_are_all_named() -> None:
    """The head-end of the document has five causes, and each value says that it comes from DfltGrpPolicy."""
    found = run(typed(Site(), *phone_site.documented(Site().words)))
    assert found.causes == {"csd", "protocol", "logins", "group-lock", "filter"}
    inherited = {"protocol", "logins", "group-lock", "filter"}
    assert all("inherited from DfltGrpPolicy" in item.sentence for item in found.audit.causes if item.id in inherited)
