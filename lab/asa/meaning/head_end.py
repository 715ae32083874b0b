"""What the configuration of an ASA means to a client of AnyConnect that is an IP phone: who answers, and who is let in.

Sources: Cisco's document on AnyConnect IP phones and the ASA command references. Inheritance of a group policy: its own line,
else that of DfltGrpPolicy, else what the box is made with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Address
from xml.etree import ElementTree

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ...core.configuration.store import Entry
from ..box import AsaBox
from ..outputs.shows_webvpn import default_policy, licensed
from . import lists, tls
from .pools import pool_of

#: Who has signed the certificates that phones are made with.
MANUFACTURER = "Cisco Manufacturing CA"


def interface_for(box: AsaBox, host: str, port: int) -> str | None:
    """The interface that answers at a name or an address: a name is taken for that of the interface of the default route."""
    section = box.store.get("webvpn")
    if section is None:
        return None
    line = section.child("port")
    if port != (int(line.values["n"]) if line is not None else 443):
        return None
    at = _nameif(box, host)
    return at if any(entry.key == (at,) for entry in section.all("enable")) else None


def _nameif(box: AsaBox, host: str) -> str:
    for entry in box.store.all("interface"):
        name, address = entry.child("nameif"), entry.child("ip address")
        if name is not None and address is not None and address.values.get("ip") == host:
            return name.values["nameif"]
    default = [entry for entry in box.store.all("route") if entry.values.get("net") == str(IPv4Address(0))]
    return default[0].values["nameif"] if default and not re.fullmatch(r"[\d.]+", host) else ""


def tls_only(box: AsaBox, nameif: str) -> bool:
    """Whether the interface has no DTLS."""
    section = box.store.get("webvpn")
    return section is not None and any("tls" in entry.values for entry in section.all("enable") if entry.key == (nameif,))


def _release(box: AsaBox) -> tuple[int, int, int]:
    numbers = [int(word) for word in re.findall(r"\d+", box.profile.release)][:3]
    return (*numbers, 0, 0, 0)[:3]  # type: ignore[return-value]


def _shows_elliptic(box: AsaBox) -> bool:
    """Whether the release has elliptic curves, and shows a certificate of its own for them: from 9.4(1) to the fix."""
    return (9, 4, 1) <= _release(box) < (9, 4, 2)


def usable(box: AsaBox, nameif: str, offer: Sequence[str], ciphers: Sequence[str]) -> list[str]:
    """Of the suites of the box, in its order, those that the client has and that there is a certificate for.

    A client that has no elliptic suite is shown a certificate that the box made for itself, where its own is elliptic.
    """
    both = [name for name in offer if name in ciphers]
    elliptic = _has_elliptic_key(box, nameif)
    if _shows_elliptic(box) or elliptic is None:
        return both
    fitting = [name for name in both if tls.elliptic(name) == elliptic]
    return fitting or (both if elliptic else [])


def _has_elliptic_key(box: AsaBox, nameif: str) -> bool | None:
    bound = tls.bound(box.store, nameif)
    der = tls.identity(box.store, bound.values["trustpoint"]) if bound is not None else None
    if der is None:
        return None
    return isinstance(x509.load_der_x509_certificate(der).public_key(), ec.EllipticCurvePublicKey)


def certificate(box: AsaBox, nameif: str, suite: str) -> bytes:
    """What is shown to a client: the one that is configured, or one that the box made for itself."""
    bound = tls.bound(box.store, nameif)
    der = tls.identity(box.store, bound.values["trustpoint"]) if bound is not None else None
    if der is None or tls.elliptic(suite) != _has_elliptic_key(box, nameif):
        return self_signed(elliptic=tls.elliptic(suite))
    return der


@cache
def self_signed(*, elliptic: bool) -> bytes:
    """The certificate that a box makes for itself; it is another one after each reload."""
    from datetime import UTC, datetime

    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ASA Temporary Self Signed Certificate")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=7300))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def redirects(box: AsaBox) -> bool:
    """Whether it sends clients on to another box of its cluster."""
    section = box.store.get("load-balancing")
    return section is not None and section.child("participate") is not None


def group_of(box: AsaBox, url: str) -> str | None:
    """The tunnel group that a URL leads to."""
    for entry in box.store.all("tunnel-group webvpn"):
        for line in entry.all("group-url"):
            if line.values["url"].rstrip("/").lower() == url.rstrip("/").lower() and line.values["state"] == "enable":
                return entry.key[0]
    return None


def policy_of(box: AsaBox, group: str) -> str:
    """The group policy of a tunnel group."""
    section = box.store.get("tunnel-group general", group)
    line = section.child("default-group-policy") if section is not None else None
    return line.values["policy"] if line is not None else "DfltGrpPolicy"


def effective(box: AsaBox, group: str, attribute: str) -> str:
    """The line of an attribute, wherever it comes from, without its name."""
    own = box.store.get("group-policy attributes", policy_of(box, group))
    line = own.child(attribute) if own is not None else None
    text = line.text if line is not None else default_policy(box)[attribute]
    return text.removeprefix(attribute).strip().removeprefix("value ").strip()


def assigned(box: AsaBox, group: str) -> str:
    """The first free address of the pool; nothing where there is none."""
    section = box.store.get("tunnel-group general", group)
    lines = section.all("address-pool") if section is not None else []
    name = lines[0].key[0] if lines else effective(box, group, "address-pools")
    free = pool_of(box, name)[1]
    return str(free[0]) if free else ""


def refusal(box: AsaBox, group: str) -> str:
    """Why a session of a phone does not begin, in a word; empty where it does."""
    kind = box.store.get("tunnel-group", group)
    webvpn = box.store.get("webvpn")
    wanted = "svc" if box.old else "ssl-client"
    checks = (
        ("type", kind is None or kind.values["type"] != "remote-access"),
        ("client", webvpn is None or webvpn.child("client enable") is None),
        ("desktop", webvpn is not None and _desktop(box, webvpn, group)),
        ("issuer", not _knows_issuer(box, group)),
        ("licence", not _licensed(box, webvpn)),
        ("peers", box.other_sessions >= _peers(box)),
        ("logins", effective(box, group, "vpn-simultaneous-logins") == "0"),
        ("protocol", wanted not in effective(box, group, "vpn-tunnel-protocol").split()),
        ("lock", effective(box, group, "group-lock") not in ("none", group)),
        ("dap", _record(box, group) != "continue"),
        ("address", not assigned(box, group)),
        ("filter", _filtered(box, effective(box, group, "vpn-filter"))),
    )
    return next((word for word, wrong in checks if wrong), "")


def _knows_issuer(box: AsaBox, group: str) -> bool:
    """Whether a phone's own certificate can be checked, where it is asked for."""
    section = box.store.get("tunnel-group webvpn", group)
    line = section.child("authentication") if section is not None else None
    if line is None or "certificate" not in line.text.split():
        return True
    ours = [entry for chain in box.store.all("ca chain") for entry in chain.all("certificate") if "ca" in entry.values]
    subjects = [x509.load_der_x509_certificate(bytes.fromhex(entry.values["hex"])).subject for entry in ours]
    names = [item.value for subject in subjects for item in subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    return MANUFACTURER in names


def weak_only(box: AsaBox) -> bool:
    """Whether the licence leaves the box without 3DES and AES."""
    return "Disabled" in (licensed(box, "Encryption-3DES-AES"), licensed(box, "VPN-3DES-AES"))


def _desktop(box: AsaBox, webvpn: Entry, group: str) -> bool:
    section = box.store.get("tunnel-group webvpn", group)
    spared = section is not None and section.child("without-csd") is not None
    return webvpn.child("desktop enable") is not None and not spared


def _licensed(box: AsaBox, webvpn: Entry | None) -> bool:
    essentials = webvpn.child("essentials") if webvpn is not None else None
    off = essentials is not None and essentials.text.startswith("no ")
    if licensed(box, "AnyConnect Essentials") == "Enabled" and not off:
        return False
    names = ("AnyConnect for Cisco VPN Phone", "AnyConnect for Linksys phone")
    return any(licensed(box, name) == "Enabled" for name in names)


def _peers(box: AsaBox) -> int:
    shown = licensed(box, "AnyConnect Premium Peers") or licensed(box, "SSL VPN Peers") or licensed(box, "WebVPN Peers")
    return int(shown) if shown.isdigit() else 0


def _filtered(box: AsaBox, name: str) -> bool:
    """Whether a list lets nothing pass."""
    return name != "none" and not any(entry.values["ace"].startswith("permit") for entry in lists.named(box.store, name))


def _record(box: AsaBox, group: str) -> str:
    """What the records of dynamic access say of a session: those that are met, or else the default one."""
    actions = [_action(box, name) for name, wanted in _criteria(box) if wanted == group and box.store.get("dap", name)]
    if not actions:
        return _action(box, "DfltAccessPolicy")
    return "terminate" if "terminate" in actions else actions[0]


def _action(box: AsaBox, name: str) -> str:
    entry = box.store.get("dap", name)
    line = entry.child("dap action") if entry is not None else None
    return line.values["action"] if line is not None else "continue"


def _criteria(box: AsaBox) -> list[tuple[str, str]]:
    """Names of the records in the file, and the tunnel group that each is for."""
    text = "\n".join(box.flash.files.get("dap.xml", ()))
    if not text:
        return []
    found = []
    for record in ElementTree.fromstring(text).iter("dapRecord"):  # noqa: S314 - a file of the lab itself
        name = (record.findtext("dapName/value") or "").strip()
        for attribute in record.iter("attr"):
            if (attribute.findtext("name") or "").strip() == "aaa.cisco.tunnelgroup":
                found.append((name, (attribute.findtext("value") or "").strip()))
    return found
