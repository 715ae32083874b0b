"""What an ASA shows of a head-end for AnyConnect: configuration with its defaults, TLS, certificates, licences, files.

Sources: captures of `show ssl`, `show running-config all ssl`, `show running-config all group-policy` and `show vpn-sessiondb
anyconnect` in public collections and in Cisco's document on IP phones. `show ssl ciphers`, `show crypto ca certificates` and
`show vpn-sessiondb license-summary` are from memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ...core.configuration.store import Entry, Layout
from ..box import AsaBox, PhoneSession
from ..meaning import tls
from . import text as asa_text

PARTS: dict[str, Layout] = {
    "dynamic-access-policy-record": ("dap",),
    "ip local pool": ("ip local pool",),
    "ssl": asa_text.SSL,
    "vpn load-balancing": ("load-balancing",),
    "webvpn": ("webvpn",),
}
#: What a policy without a value of its own, and without one of DfltGrpPolicy, has. The protocols by release are from memory.
FACTORY = (
    ("banner", "banner none"),
    ("wins-server", "wins-server none"),
    ("dns-server", "dns-server none"),
    ("dhcp-network-scope", "dhcp-network-scope none"),
    ("vpn-access-hours", "vpn-access-hours none"),
    ("vpn-simultaneous-logins", "vpn-simultaneous-logins 3"),
    ("vpn-idle-timeout", "vpn-idle-timeout 30"),
    ("vpn-session-timeout", "vpn-session-timeout none"),
    ("vpn-filter", "vpn-filter none"),
    ("vpn-tunnel-protocol", ""),
    ("group-lock", "group-lock none"),
    ("split-tunnel-policy", "split-tunnel-policy tunnelall"),
    ("split-tunnel-network-list", "split-tunnel-network-list none"),
    ("default-domain", "default-domain none"),
    ("address-pools", "address-pools none"),
)


def protocols(box: AsaBox) -> tuple[str, ...]:
    """What the protocols of DfltGrpPolicy are while nobody said otherwise."""
    if box.old:
        return ("IPSec", "l2tp-ipsec", "webvpn")
    return ("ikev1", "ikev2", "l2tp-ipsec", *(() if box.modern else ("ssl-clientless",)))


def default_policy(box: AsaBox) -> dict[str, str]:
    """Every attribute of DfltGrpPolicy, with the line that says it."""
    own = box.store.get("group-policy attributes", "DfltGrpPolicy")
    lines = dict(FACTORY) | {"vpn-tunnel-protocol": f"vpn-tunnel-protocol {' '.join(protocols(box))} "}
    for child in own.children.values() if own is not None else []:
        lines[child.form.family] = child.text
    return lines


def part(box: AsaBox, part: str) -> list[str]:
    """`show running-config PART`."""
    return asa_text.text(box.store, PARTS[part], clear=False)


def all_group_policy(box: AsaBox, name: str = "") -> list[str]:
    """`show running-config all group-policy [NAME]`: that of the box with its defaults, others with what is their own."""
    lines: list[str] = []
    if name in ("", "DfltGrpPolicy"):
        lines += ["group-policy DfltGrpPolicy internal", "group-policy DfltGrpPolicy attributes"]
        lines += [f" {line}" for line in default_policy(box).values()]
    others = asa_text.text(box.store, (asa_text.GROUP_POLICY,), clear=False)
    taken = False
    for line in others:
        if not line.startswith(" "):
            at = line.split()[1]
            taken = at != "DfltGrpPolicy" and name in ("", at)
        lines += [line] if taken else []
    return lines


def all_ssl(box: AsaBox) -> list[str]:
    """`show running-config all ssl`."""
    store = box.store

    def line(family: str, default: str) -> str:
        entry = store.get(family)
        return entry.text if entry is not None else default

    bound = [entry.text for entry in store.all("ssl trust-point")]
    if not box.modern:
        return [
            line("ssl server-version", "ssl server-version any"),
            line("ssl client-version", "ssl client-version any"),
            line("ssl encryption", f"ssl encryption {tls.OLD_ORDER}"),
            *bound,
        ]
    ciphers = []
    for version in tls.VERSIONS:
        entry = store.get("ssl cipher", version)
        ciphers.append(entry.text if entry is not None else f"ssl cipher {version} medium")
    return [
        line("ssl server-version", "ssl server-version tlsv1"),
        line("ssl client-version", "ssl client-version tlsv1"),
        *ciphers,
        line("ssl dh-group", "ssl dh-group group14"),
        line("ssl ecdh-group", "ssl ecdh-group group19"),
        *bound,
    ]


def ssl(box: AsaBox) -> list[str]:
    """`show ssl`."""
    server = box.store.get("ssl server-version")
    least = server.values["version"] if server is not None else "tlsv1" if box.modern else "any"
    bound = box.store.all("ssl trust-point")
    trust = ["SSL trust-points:"] if bound or box.modern else ["No SSL trust-points configured"]
    if box.modern:
        name = {"tlsv1": "TLSv1", "tlsv1.1": "TLSv1.1", "tlsv1.2": "TLSv1.2"}[least]
        head = [
            f"Accept connections using {name} or greater and negotiate to TLSv1.2 or lower",
            "Start connections using TLSv1 and negotiate to TLSv1 or greater",
            "SSL DH Group: group14 (2048-bit modulus, FIPS)",
            "SSL ECDH Group: group19 (256-bit EC)",
        ]
        own = ["  Self-signed (RSA 2048 bits RSA-SHA256) certificate available"]
        named = [f"  Interface {e.key[0]}: {e.values['trustpoint']} (RSA 2048 bits RSA-SHA256)" for e in bound if e.key[0]]
        named += [f"  Default: {e.values['trustpoint']}" for e in bound if not e.key[0]]
        return [*head, *trust, *own, *named, "Certificate authentication is not enabled"]
    line = box.store.get("ssl encryption")
    enabled = line.values["ciphers"].split() if line is not None else tls.OLD_ORDER.split()
    words = "SSLv2, SSLv3 or TLSv1 and negotiate to SSLv3 or TLSv1" if least == "any" else "TLSv1 and negotiate to TLSv1 only"
    head = [
        f"Accept connections using {words}",
        "Start connections using SSLv3 and negotiate to SSLv3 or TLSv1",
        f"Enabled cipher order: {' '.join(enabled)}",
        f"Disabled ciphers: {' '.join(word for word in tls.OLD_WORDS if word not in enabled)}",
    ]
    named = [f"  {e.key[0]} interface: {e.values['trustpoint']}" for e in bound if e.key[0]]
    return [*head, *trust, *named, "Certificate authentication is not enabled"]


def ssl_ciphers(box: AsaBox) -> list[str]:
    """`show ssl ciphers`, from 9.3(2) on."""
    lines = ["Current cipher configuration:"]
    for version in tls.VERSIONS:
        how, suites = tls.level(box.store, version)
        lines += [f"{version} ({how}):", *(f"  {suite}" for suite in suites)]
    return lines


def certificates(box: AsaBox, name: str = "") -> list[str]:
    """`show crypto ca certificates [TRUSTPOINT]`."""
    lines: list[str] = []
    for chain in box.store.all("ca chain"):
        if name in ("", chain.key[0]):
            lines += [line for entry in chain.all("certificate") for line in (*_certificate(entry, chain.key[0]), "")]
    return lines


def _certificate(entry: Entry, trustpoint: str) -> Iterator[str]:
    shown = x509.load_der_x509_certificate(bytes.fromhex(entry.values["hex"]))
    key = shown.public_key()
    kind = f"RSA ({key.key_size} bits)" if isinstance(key, rsa.RSAPublicKey) else "ECDSA"
    kind = f"EC ({key.key_size} bits)" if isinstance(key, ec.EllipticCurvePublicKey) else kind
    yield "CA Certificate" if "ca" in entry.values else "Certificate"
    yield "  Status: Available"
    yield f"  Certificate Serial Number: {shown.serial_number:02x}"
    yield "  Certificate Usage: General Purpose"
    yield f"  Public Key Type: {kind}"
    yield "  Signature Algorithm: SHA256 with RSA Encryption"
    yield "  Issuer Name: "
    yield f"    cn={_common_name(shown.issuer)}"
    yield "  Subject Name:"
    yield f"    cn={_common_name(shown.subject)}"
    yield "  Validity Date: "
    yield f"    start date: {_when(shown.not_valid_before_utc)}"
    yield f"    end   date: {_when(shown.not_valid_after_utc)}"
    yield "  Storage: config"
    yield f"  Associated Trustpoints: {trustpoint} "


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _when(moment: object) -> str:
    return f"{moment:%H:%M:%S} UTC {moment:%b} {moment:%d} {moment:%Y}"


def licences(box: AsaBox) -> list[str]:
    """`show activation-key`: the rows that `show version` has as well."""
    lines = box.profile.version.splitlines()
    begin = next((at for at, line in enumerate(lines) if line.startswith("Licensed features")), len(lines))
    end = next((at for at, line in enumerate(lines) if at > begin and not line.strip()), len(lines))
    return ["Serial Number:  JMX00000000", "Running Permanent Activation Key: 0x00000000 ", "", *lines[begin:end]]


def licensed(box: AsaBox, name: str) -> str:
    """The value of a licence as `show version` has it; nothing where the release has no such licence."""
    found = re.search(rf"^{re.escape(name)} +: (\S+)", box.profile.version, re.MULTILINE)
    return found[1] if found else ""


def license_summary(box: AsaBox) -> list[str]:
    """`show vpn-sessiondb license-summary`."""
    premium = licensed(box, "AnyConnect Premium Peers") or licensed(box, "SSL VPN Peers") or "2"
    essentials = licensed(box, "AnyConnect Essentials") == "Enabled"
    phone = licensed(box, "AnyConnect for Cisco VPN Phone") == "Enabled"
    used = box.phone_sessions
    line = "-" * 75

    def word(on: bool) -> str:
        return " ENABLED" if on else "DISABLED"

    return [
        line,
        "VPN Licenses and Configured Limits Summary                                 ",
        line,
        "                                     Status : Capacity : Installed :  Limit",
        "                                  -----------------------------------------",
        f"AnyConnect Premium               : {word(True)} : {premium:>8} : {premium:>9} :   NONE",
        f"AnyConnect Essentials            : {word(essentials)} : {premium:>8} : {'0':>9} :   NONE",
        f"AnyConnect for Cisco VPN Phone   : {word(phone)}",
        line,
        "",
        line,
        "VPN Licenses Usage Summary                                                 ",
        line,
        "                          Local : Shared :   All  :   Peak :  Eff.  :       ",
        "                         In Use : In Use : In Use : In Use :  Limit : Usage",
        "                       ----------------------------------------------------",
        f"AnyConnect Premium     : {used:>6} : {0:>6} : {used:>6} : {used:>6} : {premium:>6} : {100 * used // int(premium):>4}%",
        f"  AnyConnect Client    :                 : {used:>6} : {used:>6}          : {100 * used // int(premium):>4}%",
        line,
    ]


def sessions(box: AsaBox) -> list[str]:
    """`show vpn-sessiondb anyconnect`: the phones that are connected, and the sessions that others have."""
    if not box.phone_sessions:
        return ["INFO: There are presently no active sessions of the type specified"]
    lines = ["", "Session Type: AnyConnect", ""]
    others = (
        PhoneSession(f"user{number}", "10.99.0.1", "203.0.113.99", "Staff", "Staff", "00:00:00 UTC Thu Jan 1 2026", 1000 + number)
        for number in range(box.other_sessions)
    )
    for phone in (*box.phones.values(), *others):
        lines += [
            f"Username     : {phone.user:<22} Index        : {phone.index}",
            f"Assigned IP  : {phone.assigned:<22} Public IP    : {phone.public}",
            "Protocol     : AnyConnect-Parent SSL-Tunnel DTLS-Tunnel",
            "License      : AnyConnect Premium, AnyConnect for Cisco VPN Phone",
            "Encryption   : AES256                 Hashing      : SHA1",
            "Bytes Tx     : 1024                   Bytes Rx     : 1024",
            f"Group Policy : {phone.policy:<22} Tunnel Group : {phone.group}",
            f"Login Time   : {phone.since}",
            "Duration     : 0h:00m:30s",
            "Inactivity   : 0h:00m:00s",
            "NAC Result   : Unknown",
            "VLAN Mapping : N/A                    VLAN         : none",
            "",
        ]
    return lines


def more_file(box: AsaBox, path: str) -> list[str]:
    """`more disk0:/NAME`."""
    name = path.partition(":")[2].lstrip("/")
    if ":" not in path or name not in box.flash.files:
        return [f"%Error opening {path} (No such file or directory)"]
    return list(box.flash.files[name])
