"""An IP phone outside that connects by AnyConnect: what it does and what the firewall makes of it, step by step.

It decides by the store of the box and by its own tables alone. The dialogue is that which the documentation of ocserv describes
for phones (a GET of the group URL, a cookie `webvpn` that expires and one `webvpnlogin`, a POST that is empty with a
certificate, then DTLS whose cipher must be that of TLS on older firmware) and which Cisco's document shows in logs. The lists of
ciphers: the document for the 7962G at firmware 9.1.1; those of the 8800 series are from memory.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec import Struct

from ..asa.box import AsaBox, PhoneSession
from ..asa.meaning import head_end, tls
from ..core.errors import LabError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

_OLD = ("AES256-SHA", "AES128-SHA")
_NEW = (
    "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "AES256-SHA", "AES128-SHA",
)  # fmt: skip


class Model(Struct, frozen=True):
    """One kind of phone: the versions of TLS that it speaks, best first, its ciphers, and whether DTLS needs the one of TLS."""

    versions: tuple[str, ...]
    ciphers: tuple[str, ...]
    datagrams: tuple[str, ...] = _OLD
    same: bool = True


MODELS: Mapping[str, Model] = {
    **dict.fromkeys(("7942", "7945", "7962", "7965", "7975"), Model(("tlsv1",), _OLD)),
    **dict.fromkeys(("8811", "8841", "8851", "8861"), Model(("tlsv1.2", "tlsv1"), _NEW, same=False)),
}


class Profile(Struct, frozen=True):
    """What the call manager gave it: where to, which certificate, and whether its name is looked at."""

    urls: tuple[str, ...]
    hashes: tuple[str, ...]
    checks_host: bool


class Call(Struct, frozen=True):
    """What came of it: `why` is a word for the first thing that stopped it, `says` what its console shows."""

    connected: bool
    why: str
    says: tuple[str, ...]


class Stopped(Exception):
    """It goes no further."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(words)
        self.why = why


def read_profile(text: str) -> Profile:
    """What a phone reads in its file. LabError where it is none."""
    found = re.search(r"<vpnGroup>.*?</vpnGroup>", text, re.DOTALL)
    try:
        group = ElementTree.fromstring(found[0]) if found else None  # noqa: S314 - a file that a test or a person made
    except ElementTree.ParseError as error:
        raise LabError(f"The phone cannot read its file: {error}.") from None
    if group is None:
        raise LabError("The phone has no vpnGroup in its file.")
    urls = tuple((node.text or "").strip() for node in group.iter() if re.fullmatch(r"url\d+", node.tag))
    credentials = group.find("credentials")
    hashes = tuple(text.strip() for text in credentials.itertext() if text.strip()) if credentials is not None else ()
    algorithm = (group.findtext("credentials/hashAlg") or "0").strip()
    check = (group.findtext("enableHostIDCheck") or "1").strip()
    return Profile(urls, tuple(text for text in hashes if text != algorithm), check == "1")


class Phone:
    """One phone."""

    def __init__(self, name: str, model: str, profile: Profile, address: IPv4Address) -> None:
        if model not in MODELS:
            raise LabError(f"The lab has no phone {model}.{nearest(model, MODELS)}")
        self.name, self.model, self.profile, self.address = name, model, profile, address
        self.user = f"CP-{model}G-SEP{hashlib.sha256(name.encode()).hexdigest()[:12].upper()}"

    def connect(self, box: AsaBox) -> Call:
        """Try every URL in its order; the last that came to nothing is told."""
        box.phones.pop(self.name, None)
        told: list[str] = []
        why = "no-url"
        for url in self.profile.urls:
            try:
                for words in self._dialogue(box, url):
                    told.append(words)
            except Stopped as stopped:
                told.append(str(stopped))
                why = stopped.why
                continue
            return Call(True, "", tuple(told))
        return Call(False, why, tuple(told))

    def _dialogue(self, box: AsaBox, url: str) -> Iterator[str]:
        host, port, _ = parts(url)
        yield f"VPNC: do_login: {url}"
        nameif = head_end.interface_for(box, host, port)
        if nameif is None:
            raise Stopped("no-listener", f"VPNC: create_ssl_connection: connect to {host}:{port} refused")
        version, suite = self._hello(box, ("tlsv1.2", "tlsv1.1", "tlsv1"), MODELS[self.model].ciphers, nameif)
        yield f"VPNC: ssl_state_cb: {version}: cipher {suite}"
        shown = head_end.certificate(box, nameif, suite)
        self._trust(box, shown, host)
        yield "VPNC: SSL connected"
        yield f"GET {url.partition(host)[2] or '/'}"
        yield from self._log_in(box, url)
        self._datagrams(box, nameif, suite)
        yield "VPNC: protocol_handler: connected"

    def _hello(self, box: AsaBox, among: Sequence[str], ciphers: Sequence[str], nameif: str) -> tuple[str, str]:
        """The best version that both speak, and the first suite of the box in it that the phone has."""
        offer = tls.offered(box.store, box.generation).suites
        spoken = [version for version in MODELS[self.model].versions if version in offer and version in among]
        if not spoken:
            raise Stopped("version", "VPNC: alert_err: SSL read alert: code 70, protocol version")
        usable = [] if head_end.weak_only(box) else head_end.usable(box, nameif, offer[spoken[0]], ciphers)
        if not usable:
            raise Stopped("cipher", "VPNC: alert_err: SSL read alert: code 40, handshake failure")
        return spoken[0], usable[0]

    def _trust(self, box: AsaBox, shown: bytes, host: str) -> None:
        """By the hash alone, unless the name is to be looked at; a certificate that is out of date is none."""
        digests = {base64.b64encode(hashlib.new(kind, shown).digest()).decode() for kind in ("sha1", "sha256")}
        if not digests & set(self.profile.hashes):
            raise Stopped("unknown-ca", "VPNC: alert_err: SSL write alert: code 48, unknown CA")
        certificate = x509.load_der_x509_certificate(shown)
        if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey) and MODELS[self.model].same:
            raise Stopped("elliptic", "VPNC: alert_err: SSL write alert: code 47, illegal parameter")
        now = box.wall()
        if (
            not certificate.not_valid_before_utc.replace(tzinfo=None)
            <= now
            <= certificate.not_valid_after_utc.replace(tzinfo=None)
        ):
            raise Stopped("expired", "VPNC: cert_vfy_cb: certificate has expired, or is not valid yet")
        if self.profile.checks_host and host.lower() not in names(certificate):
            raise Stopped("host-id", "VPNC: hostIDCheck failed!!")

    def _log_in(self, box: AsaBox, url: str) -> Iterator[str]:
        """The page, the cookies, and what the box looks at before it lets a session begin."""
        if head_end.redirects(box):
            raise Stopped("redirect", "VPNC: process_login: HTTP/1.0 302 Temporary moved, redirection indicated")
        group = head_end.group_of(box, url)
        if group is None:
            raise Stopped("no-group", "VPNC: process_login: no cookie webvpnlogin: a page of login that names no group")
        yield "Set-Cookie: webvpnlogin=1; webvpn=; expires=Thu, 01 Jan 1970 22:00:00 GMT"
        refusal = head_end.refusal(box, group)
        if refusal:
            raise Stopped(refusal, f"VPNC: set_login_state: LOGIN: 1 (TRYING) --> 3 (FAILED) ({refusal})")
        yield "POST (empty: by certificate)"
        yield "VPNC: process_connect: 200 OK"
        when = box.when()
        policy = head_end.policy_of(box, group)
        assigned = head_end.assigned(box, group)
        box.phones_so_far += 1
        session = PhoneSession(self.user, assigned, str(self.address), policy, group, when, box.phones_so_far)
        box.phones[self.name] = session

    def _datagrams(self, box: AsaBox, nameif: str, suite: str) -> None:
        """DTLS; a box that does not listen for it leaves the phone with TLS."""
        if head_end.tls_only(box, nameif):
            return
        offer = tls.offered(box.store, box.generation).suites.get("dtlsv1", ())
        model = MODELS[self.model]
        ciphers = (suite,) if model.same and suite in model.datagrams else model.datagrams
        if not [name for name in offer if name in ciphers]:
            box.phones.pop(self.name, None)
            raise Stopped("datagrams", "VPNC: protocol_handler: connect : err: SSL success DTLS fail")


def parts(url: str) -> tuple[str, int, str]:
    """Host, port and path of a URL."""
    found = re.fullmatch(r"https://(?P<host>[^/:]+)(?::(?P<port>\d+))?(?P<path>/.*)?", url)
    if found is None:
        raise Stopped("no-url", f"VPNC: {url} is no URL")
    return found["host"], int(found["port"] or 443), found["path"] or "/"


def names(certificate: x509.Certificate) -> set[str]:
    """What a certificate is for, without what has an asterisk: the subject alternative names, or else the common name."""
    found: set[str] = set()
    try:
        other = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found |= {name.lower() for name in other.get_values_for_type(x509.DNSName)}
        found |= {str(name) for name in other.get_values_for_type(x509.IPAddress)}
    except x509.ExtensionNotFound:
        pass
    found |= {str(item.value).lower() for item in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)}
    return {name for name in found if "*" not in name}
