"""The audit of one head-end: all checks, and what comes of them. Pure; what was not shown is told and never taken for well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from . import on_box, on_profile, on_tls, pools
from .case import AuditAsked, Case
from .finding import PhoneFinding, Severity
from .policy import Policy
from .shown import SESSIONS, SESSIONS_OLD, HeadEnd

Check = Callable[[Case], Iterator[PhoneFinding]]
#: In the order in which a phone meets them, as far as there is one.
CHECKS: tuple[Check, ...] = (
    on_box.release,
    on_box.licences,
    on_box.peers,
    on_box.webvpn,
    on_box.port,
    on_tls.transport,
    on_tls.certificate,
    on_box.load_balancing,
    on_profile.tunnel_group,
    on_profile.group_url,
    on_profile.mapped,
    on_profile.authentication,
    on_box.desktop,
    on_profile.access_policies,
    on_profile.policy,
    on_profile.addresses,
    pools.in_use,
)
_WEIGHT = {Severity.CAUSE: 0, Severity.RISK: 1, Severity.NOTE: 2}


class Audit(Struct, frozen=True):
    """What came of one head-end. ``phones`` are sessions of IP phones that it has now."""

    host: str
    platform: str
    interface: str
    group: str
    policy: Policy | None
    findings: tuple[PhoneFinding, ...]
    unread: tuple[str, ...]
    notes: tuple[str, ...]
    phones: tuple[str, ...] = ()

    @property
    def causes(self) -> tuple[PhoneFinding, ...]:
        """What keeps phones out."""
        return tuple(found for found in self.findings if found.severity is Severity.CAUSE)

    @property
    def verdict(self) -> str:
        """One sentence; a device on which nothing was found is never called healthy."""
        if self.causes:
            count = len(self.causes)
            words = f"{count} cause{'' if count == 1 else 's'} found"
            return f"{words}, and not all could be judged" if self.unread else words
        return "no cause found in what could be read; the rest is not known" if self.unread else "no cause found on this device"

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        values = self.policy.values if self.policy else ()
        return {
            "host": self.host,
            "platform": self.platform,
            "interface": self.interface,
            "tunnel_group": self.group,
            "group_policy": {
                "name": self.policy.name if self.policy else "",
                "values": [
                    {"attribute": value.attribute, "value": value.value, "from": value.origin.value, "line": value.line.text}
                    for value in values
                ],
            },
            "verdict": self.verdict,
            "findings": [found.as_dict() for found in self.findings],
            "unread": list(self.unread),
            "notes": list(self.notes),
            "phones_connected": list(self.phones),
        }


def audit(device: HeadEnd, asked: AuditAsked) -> Audit:
    """Judge one head-end."""
    case = Case(device, asked)
    found = [finding for check in CHECKS for finding in check(case)]
    group = case.group
    return Audit(
        device.host,
        f"{device.platform.model} with {device.release}",
        case.interface,
        group,
        case.policy,
        tuple(sorted(found, key=lambda one: _WEIGHT[one.severity])),
        tuple(dict.fromkeys(case.unread)),
        tuple(dict.fromkeys(case.notes)),
        connected(device),
    )


def connected(device: HeadEnd) -> tuple[str, ...]:
    """User names of the sessions that are those of IP phones, by their names (`CP-7962G-SEP...`)."""
    lines = (device.output(SESSIONS) or device.output(SESSIONS_OLD) or "").splitlines()
    users = [line.split(":", 1)[1].split()[0] for line in lines if line.startswith("Username") and line.split(":", 1)[1].strip()]
    return tuple(user for user in users if user.startswith("CP-") and "-SEP" in user)


def borne_out(first: Audit, second: Audit | None, why: str) -> Audit:
    """What two readings say alike; what only one says is told as not known. ``why``: there was no second reading."""
    if second is None:
        return replace(first, unread=(*first.unread, f"what was found was not seen a second time: {why}"))
    known = {found.id for found in first.findings} & {found.id for found in second.findings}
    once = {found.id for found in (*first.findings, *second.findings)} - known
    doubts = tuple(f"{name} was found in one of two readings, so it is not known" for name in sorted(once))
    findings = tuple(found for found in second.findings if found.id in known)
    return replace(second, findings=findings, unread=(*second.unread, *doubts))
