"""The lab's ASAs as head-ends for AnyConnect: what each release takes and refuses, what it shows, and whom it lets in."""

from __future__ import annotations

import asyncio

import pytest

from nr_run.lab.core.errors import LabError
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site
from nr_run.lab.stations.phone import MODELS, names, read_profile

CREDENTIALS = {"device-password": "x", "enable-secret": "y"}
CARET = "ERROR: % Invalid input detected at '^' marker."


def typed(profile: str, *lines: str, show: str = "show running-config") -> tuple[list[str], str]:
    """Every answer that was not empty to lines that are typed behind those of a head-end, and what is shown then."""

    async def work() -> tuple[list[str], str]:
        order = {"profile": profile, "more": [*phone_site.lines(phone_site.WORDS[profile], phone_site.certificate())]}
        lab = Rehearsal({"fw": order}, 1.0, CREDENTIALS)
        text = await lab.execute("fw", "\n".join(("configure terminal", *lines, "end")))
        # An echo and a prompt stand on one line; an answer stands on its own.
        answers = [line for line in text.splitlines() if line.startswith(("ERROR", "WARNING")) or CARET in line]
        return answers, await lab.execute("fw", show)

    return asyncio.run(work())


@pytest.mark.parametrize(
    ("profile", "lines"),
    [
        ("asa82", ("webvpn", "anyconnect enable")),
        ("asa82", ("ssl cipher tlsv1 medium",)),
        ("asa91", ("webvpn", "svc enable")),
        ("asa91", ("webvpn", "hostscan enable")),
        ("asa919", ("webvpn", "csd enable")),
        ("asa919", ("ssl encryption aes256-sha1",)),
        ("asa919", ("ssl server-version sslv3",)),
        ("asa924", ("group-policy G internal", "group-policy G attributes", "vpn-tunnel-protocol ssl-clientless")),
        ("asa91", ("group-policy G internal", "group-policy G attributes", "vpn-tunnel-protocol svc")),
    ],
)
def test_words_of_another_release_are_refused(profile: str, lines: tuple[str, ...]) -> None:
    """A word that the release does not have gets its caret."""
    answers, _ = typed(profile, *lines)
    assert answers == [CARET]


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        (("webvpn", "enable dmz"), CARET),
        (("ssl trust-point SSL dmz",), CARET),
        (("ssl trust-point NONE outside",), "ERROR: Trustpoint NONE does not exist"),
        (("tunnel-group VPNPhone general-attributes", "address-pool NONE"), "ERROR: address pool NONE does not exist"),
        (("no dynamic-access-policy-record DfltAccessPolicy",), "ERROR: DfltAccessPolicy cannot be removed"),
        (
            (
                "tunnel-group B type remote-access",
                "tunnel-group B webvpn-attributes",
                "group-url https://vpn.example.com/VPNPhone enable",
            ),
            "ERROR: The group-url https://vpn.example.com/VPNPhone is already in use by tunnel-group VPNPhone",
        ),
        (('ssl cipher tlsv1.2 custom "AES256-SHA:NONSENSE"',), "ERROR: NONSENSE is not a cipher of this release"),
    ],
)
def test_what_cannot_be_is_refused(lines: tuple[str, ...], answer: str) -> None:
    """A line that names what is not there, or takes what is another's, changes nothing."""
    answers, shown = typed("asa919", *lines)
    assert answers == [answer]
    assert shown.count("group-url https://vpn.example.com/VPNPhone enable") == 1


def test_no_inherits_again_and_none_does_not() -> None:
    """`no vpn-filter` takes the line away, `vpn-filter none` writes one down: they are two things."""
    policy = f"group-policy {phone_site.POLICY} attributes"
    _, with_none = typed("asa919", policy, "vpn-filter none")
    _, again = typed("asa919", policy, "vpn-filter none", "no vpn-filter")
    assert " vpn-filter none\n" in with_none
    assert "vpn-filter" not in again


def test_defaults_are_not_shown_and_all_shows_them() -> None:
    """What is as the release makes it stands in no running configuration, and in the one with all."""
    _, plain = typed("asa919", "ssl server-version tlsv1", "ssl cipher tlsv1 medium", "webvpn", "port 443")
    assert "server-version" not in plain
    assert "cipher" not in plain
    assert "port 443" not in plain
    _, every = typed("asa919", show="show running-config all ssl")
    assert "ssl server-version tlsv1\n" in every
    assert "ssl cipher dtlsv1 medium" in every
    _, policy = typed("asa91", show="show running-config all group-policy DfltGrpPolicy")
    assert " vpn-tunnel-protocol ikev1 ikev2 l2tp-ipsec ssl-clientless" in policy


def test_a_certificate_is_shown_as_it_was_given() -> None:
    """The bytes of a certificate come out of the running configuration as they went in, and what they say is shown."""
    _, shown = typed("asa919")
    chain = shown.split("crypto ca certificate chain SSL\n certificate 5a01\n")[1].split("  quit")[0]
    assert bytes.fromhex("".join(chain.split())) == phone_site.certificate()
    _, told = typed("asa919", show="show crypto ca certificates SSL")
    assert "cn=vpn.example.com" in told
    assert "Associated Trustpoints: SSL" in told


def test_a_tunnel_group_takes_its_sections_along() -> None:
    """A tunnel group that goes takes its attributes for clients with it."""
    _, shown = typed("asa919", f"no tunnel-group {phone_site.GROUP}")
    assert "webvpn-attributes" not in shown
    assert "group-url" not in shown


@pytest.mark.parametrize(
    ("xml", "words"),
    [("<a/>", "no vpnGroup"), ("<vpnGroup><a></vpnGroup>", "cannot read its file")],
)
def test_a_phone_needs_its_file(xml: str, words: str) -> None:
    """A phone without a file of its own connects to nothing, and says so."""
    with pytest.raises(LabError, match=words):
        read_profile(xml)


def test_a_wildcard_is_no_name() -> None:
    """A phone takes no name with an asterisk."""
    from cryptography import x509

    der = phone_site.certificate("*.example.com", ("*.example.com", "vpn.example.com"))
    assert names(x509.load_der_x509_certificate(der)) == {"vpn.example.com"}
    assert {model.same for model in MODELS.values()} == {True, False}
