"""The file that a phone takes from its TFTP server: where it connects to, which certificate it trusts, what it is.

Sources: Cisco's document on AnyConnect IP phones, and phone files in public documentation (`certHash1`, `loadInformation`). A
file that was copied from a web page may have lost the element around the hash (a bare line between `hashAlg` and the end of
`credentials`); a signed file has bytes that are no XML before and behind. So the part that is about the VPN is read by itself.
"""

from __future__ import annotations

import base64
import binascii
import re
from xml.etree import ElementTree

from msgspec import Struct

from ...inventory.errors import IntentError

#: Bytes of a digest, and which one it is.
DIGESTS = {20: "SHA-1", 32: "SHA-256"}
#: What `hashAlg` says; that 1 is SHA-256 is from memory, so the length decides.
_GROUP, _END = re.compile(r"<vpnGroup\b"), "</vpnGroup>"
_LOAD = re.compile(r"<loadInformation\b[^>]{0,200}>\s*([^<\s]+)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[: ]?){20,32}")


class CertificateHash(Struct, frozen=True):
    """One certificate that a phone trusts: the digest, and how it stands in the file."""

    digest: bytes
    text: str

    @property
    def algorithm(self) -> str:
        """SHA-1 or SHA-256, by its length."""
        return DIGESTS[len(self.digest)]


class PhoneFile(Struct, frozen=True):
    """The part of a phone's file that is about the VPN. ``checks_host`` None: it does not say.

    ``load`` is the name of its firmware, from which the model follows, "" where it does not stand there.
    """

    name: str
    urls: tuple[str, ...]
    hashes: tuple[CertificateHash, ...]
    checks_host: bool | None
    auth_method: str
    load: str


def read_digest(text: str) -> CertificateHash | None:
    """A digest in base64, or in hexadecimal with or without colons; None for anything else."""
    plain = text.strip()
    if _HEX.fullmatch(plain):
        digest = bytes.fromhex(re.sub(r"[: ]", "", plain))
    else:
        try:
            digest = base64.b64decode(plain, validate=True)
        except (binascii.Error, ValueError):
            return None
    return CertificateHash(digest, plain) if len(digest) in DIGESTS else None


def read_phone_file(name: str, text: str) -> PhoneFile:
    """What a phone is told. Raises IntentError in a sentence where the file is none, or has no part about the VPN."""
    text = _without_comments(text)
    found = _GROUP.search(text)
    if found is None:
        raise IntentError(f"{name}: there is no vpnGroup in this file, so it is not the file of a phone with a VPN profile")
    start, end = found.start(), text.find(_END, found.start())
    if end < 0:
        raise IntentError(f"{name}: the vpnGroup of this file has no end: the file is cut")
    group_text = text[start : end + len(_END)]
    # What an author left out stands in brackets, which is text and no element; a doctype is refused, since it may name files.
    if "<!" in group_text:
        raise IntentError(f"{name}: the vpnGroup has a declaration in it, which no phone's file has")
    try:
        group = ElementTree.fromstring(group_text)  # noqa: S314 - no declaration is in it, so no entity is expanded
    except ElementTree.ParseError as error:
        line = text[:start].count("\n") + error.position[0]
        raise IntentError(f"{name}, line {line}: the vpnGroup is no well-formed XML: {error}") from None
    urls = [node for node in group.iter() if re.fullmatch(r"url\d+", node.tag)]
    load = _LOAD.search(text)
    return PhoneFile(
        name,
        tuple(text.strip() for node in sorted(urls, key=lambda node: int(node.tag[3:])) if (text := node.text or "").strip()),
        tuple(_hashes(name, group)),
        _yes_or_no(group.findtext("enableHostIDCheck")),
        (group.findtext("authMethod") or "").strip(),
        load[1] if load else "",
    )


def _without_comments(text: str) -> str:
    """The text without what is commented out, which no phone reads; a line stays the line that it is."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end + 3
    return "".join([*parts, text[at:]])


def _hashes(name: str, group: ElementTree.Element) -> list[CertificateHash]:
    """Every text below `credentials` that is not `hashAlg`, whatever element it stands in, or none."""
    found: list[CertificateHash] = []
    for credentials in group.iter("credentials"):
        texts = [credentials.text or ""]
        for child in credentials:
            texts += [*(() if child.tag == "hashAlg" else child.itertext()), child.tail or ""]
        for text in (part for whole in texts for part in whole.split("\n") if part.strip()):
            digest = read_digest(text)
            if digest is None:
                raise IntentError(
                    # It may be anything, a password too: so it is not repeated.
                    f"{name}: a text of {len(text.strip())} characters below credentials is no digest of a certificate: 20 bytes"
                    " (SHA-1) or 32 (SHA-256), in base64 or hexadecimal"
                )
            found.append(digest)
    return found


def _yes_or_no(text: str | None) -> bool | None:
    plain = (text or "").strip()
    return None if plain not in ("0", "1") else plain == "1"
