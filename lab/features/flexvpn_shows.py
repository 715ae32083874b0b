"""What IOS-XE shows of certificates, of sessions that may come again, of authorization policies, and of a file's hash.

Sources: Cisco's document on auto-reconnect with a C8000V for the five counters; outputs of `show crypto pki certificates verbose`
and `show crypto pki trustpoints` of IOS-XE routers in public repositories; the `verify /md5` page of the command reference. That
a try which fails counts among those that came in is not certain.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from ..core.configuration.forms import ExecForm
from ..core.flash import file_name
from . import flexvpn

if TYPE_CHECKING:
    from ..ios.commands.execs import Call, Handler

EXECS = (
    ExecForm("show crypto ikev2 stats reconnect", "show_reconnect", 1),
    ExecForm("show crypto ikev2 authorization policy [<word:name>]", "show_author", 1),
    ExecForm("show crypto pki certificates [<word:name>]", "show_certificates", 1),
    ExecForm("show crypto pki certificates {verbose}:verbose [<word:name>]", "show_certificates", 1),
    ExecForm("show crypto pki trustpoints [<word:name>]", "show_trustpoints", 1),
    ExecForm("show crypto pki trustpoints {status}:status", "show_trustpoints", 1),
    ExecForm("verify /md5 <word:url>", "verify_md5"),
)


async def reconnect(call: Call) -> list[str]:
    """`show crypto ikev2 stats reconnect`."""
    box = call.box
    box.network.settle(box)
    held, state = flexvpn.settle(box), box.crypto.reconnects
    active = sum(flexvpn.is_active(box, item) for item in held)
    return [
        f"Total incoming reconnect connection:             {state.success + state.failed}",
        f"Success reconnect connection:                    {state.success}",
        f"Failed reconnect connection:                     {state.failed}",
        f"Reconnect capable active session count:          {active}",
        f"Reconnect capable inactive session count:        {len(held) - active}",
    ]


async def authorization(call: Call) -> list[str]:
    """`show crypto ikev2 authorization policy`."""
    lines: list[str] = []
    for entry in call.box.store.all("ikev2 authorization"):
        if call.values.get("name", "") not in ("", entry.key[0]):
            continue
        pool, domain, routes = (entry.child(f"author {kind}") for kind in ("pool", "domain", "routes"))
        lines += [
            f" IKEv2 Authorization Policy : {entry.key[0]}",
            f"   pool : {pool.values['name'] if pool else 'none'}",
            f"   def-domain : {domain.values['domain'] if domain else 'none'}",
            f"   route set acl : {routes.values['acl'] if routes else 'none'}",
            "   route accept any tag : 1 distance : 1",
            "",
        ]
    return lines


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S} UTC {moment:%b} {moment.day} {moment.year}"


async def certificates(call: Call) -> list[str]:
    """`show crypto pki certificates`, short or verbose, of all trustpoints or one."""
    lines: list[str] = []
    for entry in call.box.store.all("pki trustpoint"):
        found = flexvpn.certificate(call.box, entry.key[0])
        if call.values.get("name", "") in ("", entry.key[0]) and found is not None:
            lines += _certificate(found, verbose="verbose" in call.values)
    return lines


def _certificate(found: flexvpn.Certificate, *, verbose: bool) -> list[str]:
    lines = ["Router Self-Signed Certificate", "  Status: Available"]
    lines += ["  Version: 3"] if verbose else []
    lines += [
        "  Certificate Serial Number (hex): 01",
        "  Certificate Usage: General Purpose",
        "  Issuer: ",
        f"    hostname={found.names[0]}",
        f"    {found.subject}",
        "  Subject:",
        f"    Name: {found.names[0]}",
        f"    hostname={found.names[0]}",
        f"    {found.subject}",
        "  Validity Date: ",
        f"    start date: {_time(found.begins)}",
        f"    end   date: {_time(found.ends)}",
    ]
    if verbose:
        lines += [
            "  Subject Key Info:",
            "    Public Key Algorithm: rsaEncryption",
            f"    RSA Public Key: ({found.bits} bit)",
            "  Signature Algorithm: SHA256 with RSA Encryption",
            "  X509v3 extensions:",
            "    X509v3 Subject Alternative Name:",
            *(f"        {name}" for name in found.names),
            *(["    Extended Key Usage:", *(f"        {usage}" for usage in found.usages)] if found.usages else []),
        ]
    return [*lines, f"  Associated Trustpoints: {found.trustpoint} ", "  Storage: nvram:flex#1.cer", ""]


async def trustpoints(call: Call) -> list[str]:
    """`show crypto pki trustpoints`, with or without their status."""
    lines: list[str] = []
    for entry in call.box.store.all("pki trustpoint"):
        if call.values.get("name", "") not in ("", entry.key[0]):
            continue
        found = flexvpn.certificate(call.box, entry.key[0])
        lines.append(f"Trustpoint {entry.key[0]}:")
        if "status" in call.values:
            lines += _status(found)
            continue
        lines += [*(["    Subject Name: ", f"    {found.subject}"] if found else ["    Trustpoint not configured yet"]), ""]
    return lines


def _status(found: flexvpn.Certificate | None) -> list[str]:
    if found is None:
        return ["  State:", "    Keys generated ............. No", "    Issuing CA authenticated ... No",
                "    Certificate request(s) ..... None", ""]  # fmt: skip
    return [
        "  Issuing CA certificate configured:",
        "    Subject Name:",
        f"     {found.subject}",
        "  Router General Purpose certificate configured:",
        "    Subject Name:",
        f"     {found.subject}",
        "  Last enrollment status: Granted",
        "  State:",
        "    Keys generated ............. Yes (General Purpose, non-exportable)",
        "    Issuing CA authenticated ....... Yes",
        "    Certificate request(s) ..... Yes",
        "",
    ]


async def verify_md5(call: Call) -> list[str]:
    """`verify /md5 bootflash:X`: dots while it counts, then the hash."""
    url = call.values["url"]
    disk, colon, _ = url.partition(":")
    lines = call.box.flash.files.get(file_name(url)) if colon and disk in call.box.disks else None
    if lines is None:
        return [f"%Error verifying {url} (No such file or directory)", ""]
    told = hashlib.md5(content(lines), usedforsecurity=False).hexdigest()
    return [".Done!", f"verify /md5 ({url}) = {told}", ""]


def content(lines: list[str]) -> bytes:
    """A file as bytes."""
    return "".join(f"{line}\n" for line in lines).encode()


HANDLERS: dict[str, Handler] = {
    "show_reconnect": reconnect,
    "show_author": authorization,
    "show_certificates": certificates,
    "show_trustpoints": trustpoints,
    "verify_md5": verify_md5,
}
