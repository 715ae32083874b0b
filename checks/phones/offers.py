"""The TLS and the DTLS that a head-end offers, by version, and the certificate that follows from a client's suites.

Sources: ASA command references (ssl server-version, ssl encryption up to 9.3(1), ssl cipher from 9.3(2) on); Cisco's document on
AnyConnect IP phones for the choice of the certificate. `show ssl ciphers` prints the suites of each version; its form is from
memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from ...inventory.models.release import Release
from .finding import Line
from .shown import ALL_SSL, CIPHERS_SINCE, RUNNING, SSL, SSL_CIPHERS, HeadEnd

#: The words up to 9.3(1), and the suites that they are.
OLD_WORDS: Mapping[str, str] = {
    "aes256-sha1": "AES256-SHA",
    "aes128-sha1": "AES128-SHA",
    "3des-sha1": "DES-CBC3-SHA",
    "des-sha1": "DES-CBC-SHA",
    "rc4-sha1": "RC4-SHA",
    "rc4-md5": "RC4-MD5",
    "dhe-aes256-sha1": "DHE-RSA-AES256-SHA",
    "dhe-aes128-sha1": "DHE-RSA-AES128-SHA",
    "null-sha1": "NULL-SHA",
}
TLS = ("tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3")
#: From 9.4(1) on there are elliptic suites. Until CSCuu02848 a firewall with an RSA certificate showed a self-signed elliptic one
#: to whoever offered them; that 9.4(2) has the fix is from memory.
ELLIPTIC_SINCE, MENDED_SINCE = Release.parse("9.4(1)"), Release.parse("9.4(2)")


class Offer(Struct, frozen=True):
    """One version: the suites in the order of the device, and the line that says them."""

    version: str
    suites: tuple[str, ...]
    line: Line


class Offers(Struct, frozen=True):
    """All versions that a head-end takes. ``least`` is the line with the least version; None in a field: not known."""

    tls: tuple[Offer, ...] | None
    dtls: tuple[Offer, ...] | None
    least: Line

    def common(self, versions: tuple[str, ...]) -> tuple[Offer, ...]:
        """Those of TLS that a phone speaks too, best first by the phone's list."""
        return tuple(offer for version in versions for offer in self.tls or () if offer.version == version)


def offers_of(device: HeadEnd) -> Offers:
    """What a head-end offers."""
    return _since(device) if device.release >= CIPHERS_SINCE else _until(device)


def _until(device: HeadEnd) -> Offers:
    shown = _ssl_lines(device)
    least = shown.get("server-version", Line(ALL_SSL, ""))
    encryption = shown.get("encryption")
    words: list[str] = []
    line = Line(ALL_SSL, "")
    if encryption is not None:
        words, line = encryption.text.split()[2:], encryption
    else:
        found = re.search(r"^Enabled cipher order: (.+)$", device.output(SSL) or "", re.MULTILINE)
        if found:
            words, line = found[1].split(), Line(SSL, found[0].strip())
    if not words or not least.text:
        return Offers(None, None, least)
    suites = tuple(OLD_WORDS.get(word, word) for word in words)
    if least.text.split()[2] == "sslv3-only":
        return Offers((), (), least)
    return Offers((Offer("tlsv1", suites, line),), (Offer("dtlsv1", suites, line),), least)


def _since(device: HeadEnd) -> Offers:
    shown = _ssl_lines(device)
    least = shown.get("server-version", Line(ALL_SSL, ""))
    words = least.text.split()[2:]
    if not words or words[0] not in TLS:
        return Offers(None, None, least)
    listed = _listed(device)
    versions = TLS[TLS.index(words[0]) :]
    datagrams = ("dtlsv1.2",) if "dtlsv1.2" in words else ("dtlsv1", "dtlsv1.2")
    tls = [_offer(listed, shown, version) for version in versions if version != "tlsv1.3"]
    dtls = [_offer(listed, shown, version) for version in datagrams]
    return Offers(
        None if None in tls else tuple(offer for offer in tls if offer is not None),
        # A release that has no DTLS 1.2 lists none.
        None if dtls[0] is None else tuple(offer for offer in dtls if offer is not None),
        least,
    )


def _ssl_lines(device: HeadEnd) -> dict[str, Line]:
    """What `ssl` says, by its second word, `cipher` by its third as well: with the defaults, or else what is configured."""
    found: dict[str, Line] = {}
    for command, lines in ((RUNNING, device.lines("ssl")), (ALL_SSL, tuple((device.output(ALL_SSL) or "").splitlines()))):
        for line in lines:
            words = line.split()
            if len(words) > 2 and words[0] == "ssl":
                found.setdefault(f"cipher {words[2]}" if words[1] == "cipher" else words[1], Line(command, line.strip()))
    return found


def _offer(listed: Mapping[str, Offer], shown: Mapping[str, Line], version: str) -> Offer | None:
    """The suites of a version: as the device lists them, or as a configured list has them; None where neither tells them."""
    line = shown.get(f"cipher {version}")
    custom = re.fullmatch(r'ssl cipher \S+ custom "?([^"]+)"?', line.text) if line else None
    if line and custom:
        return Offer(version, tuple(custom[1].split(":")), line)
    found = listed.get(version)
    return Offer(version, found.suites, line) if found and line else found


def _listed(device: HeadEnd) -> dict[str, Offer]:
    """The suites by version as `show ssl ciphers` has them."""
    found: dict[str, Offer] = {}
    heading = ""
    suites: list[str] = []
    for line in [*(device.output(SSL_CIPHERS) or "").splitlines(), "end (x):"]:
        head = re.fullmatch(r"(\S+) \([^)]*\):", line.strip())
        if head:
            if heading:
                found[heading] = Offer(heading, tuple(suites), Line(SSL_CIPHERS, ", ".join(suites) or f"{heading}: no cipher"))
            heading, suites = head[1], []
        elif heading and line.strip():
            suites.append(line.strip())
    return found


def trustpoints_of(device: HeadEnd, interface: str) -> tuple[tuple[str, Line], ...]:
    """The trustpoints of an interface, or else those for every interface without its own, each with its line.

    From 9.4(1) on there may be one with an RSA and one with an EC key. One for the address of a cluster is another's.
    """
    found: dict[str, list[str]] = {}
    for line in device.lines("ssl trust-point"):
        words = line.split()
        if words[-1] != "vpnlb-ip":
            found.setdefault(words[3] if len(words) > 3 else "", []).append(line)
    return tuple((line.split()[2], Line(RUNNING, line)) for line in found.get(interface) or found.get("") or ())


class Choice(Struct, frozen=True):
    """Which certificate a client is shown: ``configured`` or ``self-signed`` of a kind, or none that fits."""

    certificate: str
    kind: str


#: The rows of Cisco's table (after CSCuu02848): what a client offers, what is configured, what it is shown.
CHOICES: Mapping[tuple[str, str], Choice | None] = {
    ("RSA", "RSA"): Choice("configured", "RSA"),
    ("RSA", "EC"): Choice("self-signed", "RSA"),
    ("RSA", ""): Choice("self-signed", "RSA"),
    ("EC", "RSA"): None,
    ("EC", "EC"): Choice("configured", "EC"),
    ("EC", ""): Choice("self-signed", "EC"),
    ("both", "RSA"): Choice("configured", "RSA"),
    ("both", "EC"): Choice("configured", "EC"),
    ("both", ""): Choice("self-signed", "EC"),
    ("RSA", "both"): Choice("configured", "RSA"),
    ("EC", "both"): Choice("configured", "EC"),
    ("both", "both"): Choice("configured", "EC"),
}


def chosen(release: Release, suites: tuple[str, ...], configured: str) -> Choice | None:
    """The certificate for a client of which the device could take ``suites``; ``configured`` is RSA, EC, both or "".

    Between 9.4(1) and the fix, a client that offers both is shown a self-signed elliptic one where an RSA one is configured.
    """
    elliptic = any("ECDSA" in suite for suite in suites)
    plain = any("ECDSA" not in suite for suite in suites)
    offered = "both" if elliptic and plain else "EC" if elliptic else "RSA"
    if offered == "both" and configured == "RSA" and ELLIPTIC_SINCE <= release < MENDED_SINCE:
        return Choice("self-signed", "EC")
    return CHOICES[(offered, configured)]
