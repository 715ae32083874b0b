"""Configurations as they are found: names with blanks, several trustpoints, sections in sections, what a person has to judge."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from nr_run.checks.phones.audit import Audit, audit
from nr_run.checks.phones.case import AuditAsked
from nr_run.checks.phones.models import model_named
from nr_run.checks.phones.offers import CHOICES, chosen, trustpoints_of
from nr_run.checks.phones.phone_file import read_phone_file
from nr_run.checks.phones.policy import Origin, effective
from nr_run.checks.phones.shown import DEFAULT_POLICY, HeadEnd
from nr_run.inventory.models.release import Release
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site

from .ground import CREDENTIALS, Site, shown


@pytest.fixture(scope="module")
def device() -> HeadEnd:
    """What a head-end that is in order shows."""

    async def ask() -> HeadEnd:
        return await shown(Rehearsal({"fw": Site().order}, 1.0, CREDENTIALS), Site())

    return asyncio.run(ask())


def with_text(device: HeadEnd, *pairs: tuple[str, str]) -> HeadEnd:
    """The same head-end with other lines in its configuration."""
    text = device.running.text
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return replace(device, running=replace(device.running, text=text))


def judged(device: HeadEnd, xml: str = "", model: str = "7962") -> Audit:
    """The audit with the file of the lab's phone."""
    return audit(device, AuditAsked(read_phone_file("SEP.cnf.xml", xml or Site().xml), model_named(model)))


def chain(name: str, der: bytes) -> str:
    """A trustpoint with an identity certificate, as a running configuration has it."""
    digits = der.hex()
    rows = "\n".join(f"    {digits[at : at + 64]} " for at in range(0, len(digits), 64))
    return (
        f"crypto ca trustpoint {name}\n enrollment self\ncrypto ca certificate chain {name}\n certificate 7b01\n{rows}\n  quit\n"
    )


def test_names_with_blanks(device: HeadEnd) -> None:
    """A tunnel group and a group policy whose names stand between quotes are found, and the remedy has the quotes."""
    text = with_text(
        device,
        ("GroupPolicy_VPNPhone", '"Phones at home"'),
        ("tunnel-group VPNPhone", 'tunnel-group "Desk phones"'),
        (" vpn-tunnel-protocol ssl-client", " vpn-simultaneous-logins 0\n vpn-tunnel-protocol ssl-client"),
    )
    made = judged(text)
    assert (made.group, made.policy.name if made.policy else "") == ("Desk phones", "Phones at home")
    assert [finding.id for finding in made.findings] == ["logins"]
    assert made.findings[0].remedy.lines[0] == 'group-policy "Phones at home" attributes'


def test_a_section_of_the_policy_is_another_mode(device: HeadEnd) -> None:
    """What stands in the section webvpn of a policy is no attribute of the policy, whatever it is called."""
    more = device.outputs[DEFAULT_POLICY].replace(
        " vpn-filter none", " webvpn\n  vpn-filter value NOBODY\n  filter none\n vpn-filter none"
    )
    found = effective(replace(device, outputs={**device.outputs, DEFAULT_POLICY: more}), phone_site.GROUP)
    assert (found["vpn-filter"].value, found["vpn-filter"].origin) == ("none", Origin.FACTORY)


def test_alert_intervals_are_no_timeouts(device: HeadEnd) -> None:
    """`vpn-idle-timeout alert-interval 1` says nothing of the timeout."""
    lines = " vpn-idle-timeout alert-interval 1\n vpn-tunnel-protocol ssl-client"
    made = judged(with_text(device, (" vpn-tunnel-protocol ssl-client", lines)))
    assert made.findings == ()
    assert made.policy is not None
    assert made.policy["vpn-idle-timeout"].value == "30"


def test_datagrams_that_the_policy_switches_off(device: HeadEnd) -> None:
    """DTLS that a policy switches off in its section webvpn is told as a risk, with where it stands."""
    lines = " vpn-tunnel-protocol ssl-client\n webvpn\n  anyconnect ssl dtls none"
    (finding,) = judged(with_text(device, (" vpn-tunnel-protocol ssl-client", lines))).findings
    assert (finding.id, "in the policy itself" in finding.sentence) == ("dtls-off", True)


def test_the_trustpoint_of_a_cluster_is_another_one(device: HeadEnd) -> None:
    """A trustpoint for the address of a cluster is not what phones are shown at the interface."""
    other = with_text(device, ("ssl trust-point SSL outside", "ssl trust-point SSL outside\nssl trust-point LB outside vpnlb-ip"))
    assert [name for name, _ in trustpoints_of(other, "outside")] == ["SSL"]
    everywhere = with_text(device, ("ssl trust-point SSL outside", "ssl trust-point SSL\nssl trust-point OTHER inside"))
    assert [name for name, _ in trustpoints_of(everywhere, "outside")] == ["SSL"]
    assert [name for name, _ in trustpoints_of(everywhere, "inside")] == ["OTHER"]


@pytest.mark.parametrize(("model", "causes"), [("7962", []), ("8861", ["certificate-hash"])])
def test_two_certificates_on_an_interface(device: HeadEnd, model: str, causes: list[str]) -> None:
    """With an RSA and an EC certificate an older phone is shown the first, a newer one the second, whose digest counts then."""
    more = chain("ECTP", phone_site.certificate(elliptic=True)) + "crypto ca trustpool policy"
    both = with_text(
        device,
        ("crypto ca trustpool policy", more),
        ("ssl trust-point SSL outside", "ssl trust-point SSL outside\nssl trust-point ECTP outside"),
    )
    assert [finding.id for finding in judged(both, model=model).findings] == causes
    trusting = phone_site.phone_file(phone_site.certificate(elliptic=True))
    assert [finding.id for finding in judged(both, trusting, "8861").findings] == []


def test_the_authority_of_the_certificate_may_be_trusted(device: HeadEnd) -> None:
    """A phone that trusts who has signed the certificate needs no new digest at a renewal, and that is told."""
    signer = phone_site.certificate("Example CA", ())
    digits = signer.hex()
    rows = "\n".join(f"    {digits[at : at + 64]} " for at in range(0, len(digits), 64))
    with_signer = with_text(device, (" certificate 5a01\n", f" certificate ca 6b01\n{rows}\n  quit\n certificate 5a01\n"))
    made = judged(with_signer, phone_site.phone_file(signer))
    assert made.findings == ()
    assert any("has signed" in words for words in made.notes)


def test_a_rule_on_certificates_is_noted(device: HeadEnd) -> None:
    """A rule that may lead a phone to another tunnel group is noted, unless the URL goes first."""
    rule = "webvpn\n certificate-group-map MAP 10 STAFF"
    assert any("STAFF" in words for words in judged(with_text(device, ("webvpn\n", f"{rule}\n"))).notes)
    first = f"{rule}\n tunnel-group-preference group-url\n"
    assert not any("STAFF" in words for words in judged(with_text(device, ("webvpn\n", first))).notes)


def test_who_is_asked_by_aaa_is_noted(device: HeadEnd) -> None:
    """Where no certificate is asked for, a person types on the phone, and no authority is needed."""
    made = judged(with_text(device, (" authentication certificate\n", "")))
    assert made.findings == ()
    assert any("types user and password" in words for words in made.notes)


@pytest.mark.parametrize("release", ["9.1(7)", "9.4(1)", "9.4(2)", "9.19(1)"])
def test_the_choice_of_the_certificate(release: str) -> None:
    """Every row of the document's table is answered, and before the fix one row is another."""
    suites = {"RSA": ("AES256-SHA",), "EC": ("ECDHE-ECDSA-AES256-SHA384",)}
    suites["both"] = (*suites["RSA"], *suites["EC"])
    for (offered, configured), choice in CHOICES.items():
        found = chosen(Release.parse(release), suites[offered], configured)
        if (release, offered, configured) == ("9.4(1)", "both", "RSA"):
            assert found is not None
            assert (found.certificate, found.kind) == ("self-signed", "EC")
        else:
            assert found == choice


def test_what_was_allowed_by_inheritance_stays_allowed(device: HeadEnd) -> None:
    """A list of protocols of its own takes the place of the one that is inherited, so the remedy has all of that one too."""
    default = "group-policy DfltGrpPolicy attributes\n vpn-tunnel-protocol ikev1 ikev2\n"
    policy = "group-policy GroupPolicy_VPNPhone internal"
    own = (" vpn-tunnel-protocol ssl-client", " vpn-simultaneous-logins 3")
    text = with_text(device, own, (policy, f"{default}{policy}"))
    (finding,) = [found for found in judged(text).findings if found.id == "protocol"]
    assert finding.remedy.lines[-1] == " vpn-tunnel-protocol ikev1 ikev2 ssl-client"
    assert finding.remedy.is_ours


def test_a_policy_that_others_have_too_is_for_a_person(device: HeadEnd) -> None:
    """Where another tunnel group has the policy of phones too, nothing is typed into it, and whose it is is told."""
    own = (" vpn-tunnel-protocol ssl-client", " vpn-simultaneous-logins 0\n vpn-tunnel-protocol ssl-client")
    site = "tunnel-group 192.0.2.9 type ipsec-l2l\ntunnel-group 192.0.2.9 general-attributes\n default-group-policy {}\n"
    for policy, ours in (("GroupPolicy_VPNPhone", False), ("Another", True)):
        more = (
            "tunnel-group VPNPhone type remote-access\n",
            f"tunnel-group VPNPhone type remote-access\n{site.format(policy)}",
        )
        (finding,) = [found for found in judged(with_text(device, own, more)).findings if found.id == "logins"]
        assert finding.remedy.is_ours is ours
        assert ("192.0.2.9" in finding.remedy.wide) is not ours


@pytest.mark.parametrize(
    ("clock", "lines", "found"),
    [
        # The certificate ends at midnight UTC, between the 25th and the 26th of January 2051.
        ("17:00:00.000 PST Wed Jan 25 2051", "clock timezone PST -8", {"certificate-dates": "cause"}),
        ("15:00:00.000 PST Wed Jan 25 2051", "clock timezone PST -8", {"certificate-dates": "risk"}),
        (
            "18:00:00.000 PDT Wed Jan 25 2051",
            "clock timezone PST -8\nclock summer-time PDT recurring",
            {"certificate-dates": "cause"},
        ),
        (
            "16:30:00.000 PDT Wed Jan 25 2051",
            "clock timezone PST -8\nclock summer-time PDT recurring",
            {"certificate-dates": "risk"},
        ),
        ("00:30:00.000 IST Thu Jan 26 2051", "clock timezone IST 5 30", {"certificate-dates": "risk"}),
        ("00:30:00.000 UTC Thu Jan 26 2051", "", {"certificate-dates": "cause"}),
        ("17:00:00.000 PST Wed Jan 25 2051", "", {}),
        ("10:00:00.000 PST Fri Jan 20 2051", "", {"certificate-dates": "risk"}),
        ("25:00:00.000 UTC Fri Feb 31 2051", "", {}),
    ],
)
def test_the_clock_shows_local_time(device: HeadEnd, clock: str, lines: str, found: dict[str, str]) -> None:
    """Dates of a certificate are in UTC and a clock is not: its zone counts, and where nothing places it that is told."""
    text = with_text(device, ("hostname fw\n", f"hostname fw\n{lines}\n"))
    made = judged(replace(text, outputs={**text.outputs, "show clock": f"{clock}\n"}))
    assert {one.id: one.severity.value for one in made.findings} == found, made.unread
    assert bool(made.unread) is (not found)
