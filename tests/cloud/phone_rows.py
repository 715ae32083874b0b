"""The errors of the vendor's document on IP phones behind an ASA, planted one by one in a head-end of the lab.

Source: Cisco, document 115785, AnyConnect VPN phone: troubleshooting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from nr_run.checks.phones.phone_file import read_phone_file
from nr_run.checks.phones.renewal import renewal
from nr_run.checks.phones.shown import HeadEnd, commands_for
from nr_run.inventory.errors import NothingMatched
from nr_run.inventory.models.platforms import platform_for
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site

from ..client_logs.phone_texts import FIREWALL, HASH, USER, console, other, syslog, told
from ..remote_access.ground import CREDENTIALS, RELEASES, Site, run, shown
from ..remote_access.mistakes import MISTAKES
from ..remote_access.test_details import chain, with_text
from ..services.l2l.example import intent, members_of, text_of
from .rows import Place, Row, Said

#: The digest of the document, which stands bare where its element was.
DIGEST = "5X6B6plUwUSXZnjQ4kGM33mpMXY="


def _row(error: str, has: str, place: Place, sentence: str, plant: Callable[[], Sequence[Said]]) -> Row:
    return Row(error, has, place, sentence, plant)


def _planted(error: str, has: str, mistake: str, *profiles: str) -> Row:
    """A mistake in the head-end: the audit names its cause on each of these, and the phone does not connect."""
    (wrong,) = [one for one in MISTAKES if one.name == mistake]

    def plant() -> list[Said]:
        found = [run(wrong.plant(Site(profile=profile))) for profile in profiles or ("asa919",)]
        if any(one.connected or one.causes != {wrong.cause} for one in found):
            return []
        return [Said("verify", cause.id) for one in found for cause in one.audit.causes]

    return Row(error, has, "verify", wrong.cause, plant)


def _never_asked() -> list[Said]:
    """What the audit asks of any release."""
    asked = [line for release in RELEASES.values() for line in commands_for(platform_for("ASA", release).release)]
    found = [line for line in asked if "debug" in line]
    return [Said("verify", line) for line in found] or [Said("never built", "debug")]


def _another_address() -> list[Said]:
    """The syslog has an address that differs by a typing error: what it says is of somebody else, and not of this phone."""
    messages = syslog(other("somebody", "203.0.113.16", FIREWALL["csd"]))
    try:
        told(console(HASH), messages, phone=USER)
    except NothingMatched as refused:
        return [Said("verify", str(refused))]
    return []


def _bare_digest() -> list[Said]:
    """A copy of a phone's file has lost the element around the digest."""
    text = (
        "<device><vpnGroup><addresses><url1>https://vpn.example.com/P</url1></addresses><credentials>\n"
        f"<hashAlg>0</hashAlg>\n{DIGEST}\n</credentials></vpnGroup></device>"
    )
    found = [item.text for item in read_phone_file("f", text).hashes]
    return [Said("never built", "a digest that is lost with its element")] if found == [DIGEST] else []


def _device() -> HeadEnd:
    async def ask() -> HeadEnd:
        return await shown(Rehearsal({"fw": Site().order}, 1.0, CREDENTIALS), Site())

    return asyncio.run(ask())


def _bound_too_early() -> list[Said]:
    """The new certificate is bound while a phone trusts the old one."""
    new = phone_site.certificate("vpn.example.com", ("vpn.example.com", "new.example.com"))
    anchor = "crypto ca trustpool policy"
    device = with_text(_device(), (anchor, chain("NEW", new) + anchor))
    early = with_text(device, ("ssl trust-point SSL outside", "ssl trust-point NEW outside"))
    old = read_phone_file("SEP00005E005301.cnf.xml", phone_site.phone_file(phone_site.certificate(), check=False))
    before, after = renewal(device, "outside", "NEW", [old]), renewal(early, "outside", "NEW", [old])
    return [Said("verify", after.verdict)] if before.verdict != after.verdict else []


def _own_policy() -> list[Said]:
    """A LAN-to-LAN tunnel on a head-end of phones does not inherit from the default policy."""
    member, _ = members_of(intent(), "ASA 9.19(1)", "ASA 9.19(1)")
    lines = [line.strip() for line in text_of(member)]
    own = any(line.startswith("default-group-policy NR-") for line in lines)
    return [Said("never built", "DfltGrpPolicy for a tunnel")] if own else []


def _no_type() -> list[Said]:
    """The tunnel group has no pool: its attributes are not in the document."""
    site = replace(Site(), more=(f"tunnel-group {phone_site.GROUP} general-attributes", f" no address-pool {phone_site.POOL}"))
    return [Said("verify", cause.sentence) for cause in run(site).audit.causes]


ROWS: tuple[Row, ...] = (
    _planted("E3-1", "two label sets of one licence", "no licence for phones", "asa82", "asa91"),
    _row("E3-2", "a debug that drowns a busy device", "never built", "debug", _never_asked),
    _row("E3-3", "a typing error in an address of a syslog", "verify", "no client of the syslog is CP-", _another_address),
    _row("E3-4", "a digest that has lost its element", "never built", "lost with its element", _bare_digest),
    _planted("E3-5", "a digest of another certificate", "the phone trusts another one"),
    _planted("E3-6", "a list of ciphers for TLS 1.2 alone", "no AES in DTLS"),
    _planted("E3-7", "old versions of SSL", "SSLv3 alone", "asa91"),
    _planted("E3-8", "Secure Desktop for phones", "CSD of everybody"),
    _planted("E3-9", "a group of no type", "the group is of another type"),
    _row("E3-9", "a group without its attributes", "verify", "pool", _no_type),
    _planted("E3-10", "a dynamic policy that is seen in syslogs alone", "a record for phones terminates"),
    _planted("E3-11", "a lock to another group", "locked by DfltGrpPolicy"),
    _planted("E3-12", "a certificate with a star", "a wildcard"),
    _planted("E3-13", "a cluster that sends phones on", "a cluster"),
    _row("E3-14", "a certificate that is renewed before phones know it", "verify", "trust", _bound_too_early),
    _planted("E3-15", "a filter of the default policy", "a filter of DfltGrpPolicy"),
    _row("E3-15", "a tunnel that inherits from the default policy", "never built", "DfltGrpPolicy", _own_policy),
    _planted("E3-16", "an elliptic certificate", "an elliptic certificate"),
)
