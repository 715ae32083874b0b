"""The warnings of IOS-XE 17.18 and later behind a line that configures something insecure.

Sources: Cisco's "Resilient Infrastructure Security Warnings Reference" for the form and the prefix; the AAA and SNMP lines are
those of captures at 17.18. Which lines of IPsec warn could not be read anywhere: that keys of type 0, DES, 3DES, MD5 and small
groups do is concluded from Cisco's list of what will be removed, and their reasons are in the words of the captures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from ...core.configuration.store import Store
from ...core.faults import Faults


class Warned(Struct, frozen=True):
    """Lines that a pattern finds, and what is said behind them; the group `secret` of a line is told as a star."""

    pattern: re.Pattern[str]
    module: str
    reason: str
    remedy: str
    dynamic: bool = False


def _warned(pattern: str, module: str, reason: str, remedy: str, *, dynamic: bool = False) -> Warned:
    return Warned(re.compile(pattern), module, reason, remedy, dynamic)


WARNED = (
    _warned(
        r"^(?:username \S+ (?:privilege \d+ )?|enable )password (?P<secret>.+)",
        "AAA",
        "Configured with weak encryption instead of secure type 6 or 9",
        "Use secret with type 9 encryption",
    ),
    _warned(
        r"^crypto isakmp key (?!6 )(?:0 )?(?P<secret>\S+) ",
        "CRYPTO",
        "Pre-shared key is stored in plain text instead of type 6",
        "Use password encryption aes and a key of type 6",
    ),
    _warned(
        r"^(?:pre-shared-key (?:local |remote )?|authentication (?:local|remote) pre-share key )(?!6 )(?:0 )?(?P<secret>\S+)",
        "CRYPTO",
        "Pre-shared key is stored in plain text instead of type 6",
        "Use password encryption aes and a key of type 6",
    ),
    _warned(r"^encr(?:yption)? (?:3des|des)\b", "CRYPTO", "Weak encryption algorithm", "Use AES with 256 bits"),
    _warned(r"^hash (?:md5|sha)$", "CRYPTO", "Weak hash algorithm", "Use sha256 or higher"),
    _warned(r"^(?:group|set pfs group) ?(?:1|2|5)$", "CRYPTO", "Weak Diffie-Hellman group", "Use group 19, 20 or 21"),
    _warned(r"^crypto ipsec transform-set .*(?:esp-3?des|md5|sha-hmac)", "CRYPTO", "Weak transform", "Use esp-gcm 256"),
    _warned(r"^transport input .*(?:telnet|all)", "LINE", "Telnet is not encrypted", "Use transport input ssh"),
    _warned(r"^ip http server$", "HTTP", "HTTP is not encrypted", "Use ip http secure-server"),
    _warned(r"^snmp-server community ", "SNMP", "SNMP version 1 or 2c is not encrypted", "Use SNMP version 3", dynamic=True),
)


#: What 26.1 says of a line that it blocks. That it blocks is in Cisco's documents; the words were found nowhere and are ours.
BLOCKED = "% Command rejected: insecure configuration is restricted. See system mode insecure."


def warnings(faults: Faults, line: str, *, always: bool = False) -> list[str]:
    """What is printed behind a line that was taken; nothing behind a `no` form, and on most releases only with the fault."""
    if "security-warnings" not in faults and not always:
        return []
    line = " ".join(line.split())
    return [_text(item, line, found) for item in WARNED if (found := item.pattern.search(line))]


def blocked(line: str) -> list[str]:
    """What is printed instead of taking an insecure line; nothing for one that is none.

    Whether a line of IPsec is blocked is not established: weak algorithms are refused by the compliance shield, and keys in clear
    are warned of.
    """
    line = " ".join(line.split())
    found = [(item, match) for item in WARNED if item.module != "CRYPTO" and (match := item.pattern.search(line))]
    return [*(_text(item, line, match) for item, match in found), BLOCKED] if found else []


def security_mode(store: Store) -> list[str]:
    """`show system security mode`."""
    return [f"System Security Mode : {'Insecure' if store.get('system mode') is not None else 'Secure'}"]


def configuration(lines: Iterable[str]) -> list[str]:
    """`show system insecure configuration`: the lines that are configured and warned of."""
    found = [(text.strip(), item) for text in lines for item in WARNED if item.pattern.search(text.strip())]
    told = [f"Total Active Insecure Commands: {len(found)}", "Database State: Stable"]
    for number, (text, item) in enumerate(found, start=1):
        match = item.pattern.search(text)
        secret = match.groupdict().get("secret") if match is not None else None
        told += [
            "",
            f"| ACTIVE INSECURE CONFIGURATION ENTRY [{number}/{len(found)}]",
            f"  Module: {item.module}",
            f"  CLI Command: {text.replace(secret, '*') if secret else text}",
            f"  Reason: {item.reason}",
            f"  Remediation: {item.remedy}",
            "  Status: ACTIVE",
            "  Severity: HIGH",
        ]
    return told


def _text(item: Warned, line: str, found: re.Match[str]) -> str:
    if item.dynamic:
        return f"INSECURE DYNAMIC WARNING - Module: {item.module}, Reason: {item.reason}, Remediation: {item.remedy}"
    secret = found.groupdict().get("secret")
    told = line.replace(secret, "*") if secret else line
    return f"SECURITY WARNING - Module: {item.module}, Command: {told}, Reason: {item.reason}, Remediation: {item.remedy}"
