"""A head-end for IP phones as the lab brings one up: its lines in the words of a release, its certificate, and the phones' file.

What is wrong with it is planted by whoever orders it. `documented` are the mistakes that Cisco's document on AnyConnect IP phones
shows, for a rehearsal: CSD without an exception for phones, and a group policy that inherits from DfltGrpPolicy what shuts them
out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv4Address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct

from ..asa.meaning.head_end import MANUFACTURER

URL_HOST = "vpn.example.com"
GROUP, POLICY, POOL, TRUSTPOINT = "VPNPhone", "GroupPolicy_VPNPhone", "PHONES", "SSL"


class Words(Struct, frozen=True):
    """The words of a release."""

    client: str
    protocol: str
    protocols: str
    desktop: str


OLD = Words("svc", "svc", "IPSec l2tp-ipsec webvpn", "csd")
MIDDLE = Words("anyconnect", "ssl-client", "ikev1 ikev2 l2tp-ipsec ssl-clientless", "csd")
NEW = Words("anyconnect", "ssl-client", "ikev1 ikev2 l2tp-ipsec", "hostscan")
#: By the profile of the box.
WORDS = {"asa82": OLD, "asa91": MIDDLE, "asa919": NEW, "asa924": NEW}


@cache
def certificate(
    common: str = URL_HOST,
    others: tuple[str, ...] = (URL_HOST,),
    *,
    begins: datetime = datetime(2010, 1, 1),
    days: int = 15_000,
    elliptic: bool = False,
) -> bytes:
    """A self-signed identity certificate, in DER."""
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
    )
    if others:
        made = made.add_extension(x509.SubjectAlternativeName([_name(other) for other in others]), critical=False)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(IPv4Address(text))
    except ValueError:
        return x509.DNSName(text)


def phone_file(
    der: bytes, *, urls: Sequence[str] = (f"https://{URL_HOST}/{GROUP}",), check: bool = False, algorithm: str = "sha1"
) -> str:
    """The part of a phone's file that is about the VPN, as a call manager writes it."""
    digest = base64.b64encode(hashlib.new(algorithm, der).digest()).decode()
    addresses = "".join(f"<url{number}>{url}</url{number}>" for number, url in enumerate(urls, 1))
    return (
        "<device><vpnGroup><mtu>1290</mtu><failConnectTime>30</failConnectTime><authMethod>2</authMethod>"
        f"<pswdPersistent>0</pswdPersistent><autoNetDetect>0</autoNetDetect><enableHostIDCheck>{int(check)}</enableHostIDCheck>"
        f"<addresses>{addresses}</addresses><credentials><hashAlg>{0 if algorithm == 'sha1' else 1}</hashAlg>"
        f"<certHash1>{digest}</certHash1></credentials></vpnGroup></device>"
    )


def lines(words: Words, der: bytes, *, host: str = URL_HOST) -> Iterator[str]:
    """The configuration of a head-end that phones can connect to."""
    yield f"ip local pool {POOL} 10.20.30.1-10.20.30.200 mask 255.255.255.0"
    yield f"crypto ca trustpoint {TRUSTPOINT}"
    yield " enrollment self"
    yield f"crypto ca certificate chain {TRUSTPOINT}"
    yield " certificate 5a01"
    digits = der.hex()
    yield from (f"    {digits[at : at + 64]}" for at in range(0, len(digits), 64))
    yield "  quit"
    yield f"ssl trust-point {TRUSTPOINT} outside"
    yield from authority()
    yield "webvpn"
    yield " enable outside"
    yield f" {words.client} image disk0:/anyconnect-win-3.1.00495-k9.pkg 1"
    yield f" {words.client} enable"
    yield f"group-policy {POLICY} internal"
    yield f"group-policy {POLICY} attributes"
    yield " dns-server value 10.10.1.53"
    yield f" vpn-tunnel-protocol {words.protocol}"
    yield f"tunnel-group {GROUP} type remote-access"
    yield f"tunnel-group {GROUP} general-attributes"
    yield f" address-pool {POOL}"
    yield f" default-group-policy {POLICY}"
    yield f"tunnel-group {GROUP} webvpn-attributes"
    yield " authentication certificate"
    yield f" group-url https://{host}/{GROUP} enable"


def authority(name: str = MANUFACTURER) -> Iterator[str]:
    """The certificate of who has signed the phones' own."""
    yield "crypto ca trustpoint PHONE-CA"
    yield " enrollment terminal"
    yield "crypto ca certificate chain PHONE-CA"
    yield " certificate ca 6a01"
    digits = certificate(name, ()).hex()
    yield from (f"    {digits[at : at + 64]}" for at in range(0, len(digits), 64))
    yield "  quit"


def documented(words: Words) -> Iterator[str]:
    """The mistakes of the document, typed behind a head-end that is in order."""
    yield "access-list NO-TRAFFIC extended deny ip any any"
    yield "webvpn"
    yield f" {words.desktop} image disk0:/{words.desktop}_3.6.6210-k9.pkg"
    yield f" {words.desktop} enable"
    yield "group-policy DfltGrpPolicy attributes"
    yield " vpn-simultaneous-logins 0"
    yield f" vpn-tunnel-protocol {words.protocols}"
    yield " group-lock value DefaultWEBVPNGroup"
    yield " vpn-filter value NO-TRAFFIC"
    yield f"group-policy {POLICY} attributes"
    yield " no vpn-tunnel-protocol"


def dap_file(*records: tuple[str, str]) -> list[str]:
    """`dap.xml` with a record for each (name, tunnel group); the form is from memory."""
    found = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', "<dapRecordList>"]
    for name, group in records:
        found += [
            "<dapRecord>",
            f"<dapName><value>{name}</value></dapName>",
            "<dapViewsRelation><value>and</value></dapViewsRelation>",
            "<dapBasicView>",
            "<dapSelection>",
            "<dapPolicy><value>match-all</value></dapPolicy>",
            "<attr>",
            "<name>aaa.cisco.tunnelgroup</name>",
            f"<value>{group}</value>",
            "<operation>EQ</operation>",
            "<type>caseless</type>",
            "</attr>",
            "</dapSelection>",
            "</dapBasicView>",
            "</dapRecord>",
        ]
    return [*found, "</dapRecordList>"]


#: Licences of a box that phones may connect to.
LICENCES = {"AnyConnect for Cisco VPN Phone": "Enabled"}


def ordered(profile: str, *, mistakes: bool) -> tuple[list[str], dict[str, str]]:
    """What is typed behind the lines of a box, and its licences, for a rehearsal."""
    words = WORDS[profile]
    return [*lines(words, certificate()), *(documented(words) if mistakes else ())], dict(LICENCES)


def named(profile: str, words: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The same without mistakes and with other names: ``url``, ``group``, ``policy``, ``pool``, ``trustpoint``, ``interface``.

    A word that is empty leaves the name as it is.
    """
    host = words["url"].removeprefix("https://").partition("/")[0].partition(":")[0]
    made, licences = list(lines(WORDS[profile], certificate(host, (host,)))), dict(LICENCES)
    places = {
        f"https://{URL_HOST}/{GROUP} ": f"{words['url']} ",
        f"tunnel-group {GROUP} ": f"tunnel-group {words['group']} ",
        POLICY: words["policy"],
        f"pool {POOL}": f"pool {words['pool']}",
        f" {TRUSTPOINT} ": f" {words['trustpoint']} ",
        " outside": f" {words['interface']}",
    }
    for was, now in places.items():
        if now.strip():
            made = [f"{line} ".replace(was, now).rstrip() for line in made]
    return made, licences
