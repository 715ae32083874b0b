"""The errors of the vendor's example of VPN clients beside a LAN-to-LAN tunnel on IOS 12.2, planted one by one.

Source: Cisco, Configuring a LAN-to-LAN tunnel and VPN clients on a 2611 and a 3640 with IOS 12.2(8)T.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from nr_run.changes.objects import read
from nr_run.checks.finding import Status
from nr_run.checks.readiness.device_facts import Device
from nr_run.checks.readiness.precheck import RUNNING, nvram
from nr_run.inventory.errors import ChangeError, IntentError
from nr_run.inventory.intents.strength import FORBIDDEN
from nr_run.parsers import parse
from nr_run.services.common.building import build
from nr_run.services.l2l.service import L2L
from nr_run.services.ra.blueprint import profile
from nr_run.services.ra.intent import load
from nr_run.services.ra.prechecks import translation
from nr_run.services.ra.service import REMOTE_ACCESS
from nr_run.services.service import Site

from ..services.ra.groups import BARE, HOST, KEYS, PARTS, PLATFORM, deployed, group, planned
from .rows import Place, Row, Said

EXAMPLE = Path(__file__).parents[2] / "inventory" / "remote-access.yaml"
FULL = f"{BARE}crypto isakmp policy 10\n hash md5\n authentication pre-share\n"


def _of_intent(old: str, new: str) -> list[Said]:
    """What the file says with a change in it."""
    text = EXAMPLE.read_text()
    assert old in text
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / EXAMPLE.name).write_text(text.replace(old, new))
        try:
            load(Path(folder))
        except IntentError as refused:
            return [Said("intent", str(refused))]
    return []


def _intent(error: str, has: str, sentence: str, old: str, new: str) -> Row:
    return Row(error, has, "intent", sentence, partial(_of_intent, old, new))


def _row(error: str, has: str, place: Place, sentence: str, plant: Callable[[], Sequence[Said]]) -> Row:
    return Row(error, has, place, sentence, plant)


def _built(running: str = BARE) -> list[str]:
    """All that is written for the clients and for the tunnel, with what the clients get."""
    made = []
    for deployment in PARTS.values():
        for member in (member for member in deployment.members if member.host == HOST):
            made += [build(stage, Site(member, PLATFORM, running, KEYS, None)).text for stage in deployment.stages]
    return [line for text in made for line in text.splitlines()]


def _unbuilt(error: str, has: str, *patterns: str) -> Row:
    def plant() -> list[Said]:
        found = [line for line in _built() if any(pattern in line for pattern in patterns)]
        return [Said("verify", line) for line in found] or [Said("never built", ", ".join(patterns))]

    return Row(error, has, "never built", ", ".join(patterns), plant)


def _always(error: str, has: str, *lines: str) -> Row:
    """What was forgotten in the document is written, whatever the intent."""

    def plant() -> list[Said]:
        missing = [line for line in lines if not any(line in one for one in _built())]
        return [Said("verify", line) for line in missing] or [Said("never built", f"without {lines[0]}")]

    return Row(error, has, "never built", f"without {lines[0]}", plant)


def _defaults() -> list[Said]:
    """A policy that says its values by what it does not show is the one that is wanted, and used."""
    there = f"{BARE}crypto isakmp policy 3\n encr 3des\n authentication pre-share\n group 2\n"
    used = [item.title for item in planned("tunnel", there).change.reused]
    return [Said("plan", f"{title} is used again") for title in used if title.startswith("isakmp-policy")]


def _weak_policy() -> list[Said]:
    """A policy with DES, MD5 and group 1 by its defaults stands, and none like it is wanted."""
    made = [item for item in planned("tunnel", FULL).change.created if item.family.name == "isakmp-policy"]
    whole = all({"encr", "hash", "group"} <= {line.split()[0] for line in item.children} for item in made)
    return [Said("never built", "a policy of DES, MD5 and group 1 by default")] if made and whole else []


def _one_value() -> list[Said]:
    """The key of the group is the password of a user as well."""
    deployment = PARTS["staff"]
    (member,) = deployment.members
    try:
        build(deployment.stages[1], Site(member, PLATFORM, BARE, {**KEYS, "credential:jane": KEYS["credential:key"]}, None))
    except ChangeError as refused:
        return [Said("plan", str(refused))]
    return []


def _names() -> list[Said]:
    """The name of the group on the router, and in what the client is given."""
    wanted = group("3000client")
    deployment = REMOTE_ACCESS.deployment(wanted)
    (member,) = deployment.members
    text = build(deployment.stages[1], Site(member, PLATFORM, BARE, KEYS, None)).text
    same = "configuration group 3000client\n" in text and "GroupName=3000client" in profile(wanted).splitlines()
    return [Said("never built", "two names of one group")] if same else []


def _translated() -> list[Said]:
    """The router translates, and the replies to clients with it."""
    running = BARE.replace(
        "line vty",
        "ip nat inside source list 101 interface Ethernet0/0 overload\naccess-list 101 permit ip any any\nline vty",
    )
    running = running.replace(" ip address 172.18", " ip nat outside\n ip address 172.18").replace(
        " ip address 10.10.10.1", " ip nat inside\n ip address 10.10.10.1"
    )
    device = Device(HOST, PLATFORM, {RUNNING: running}, planned("staff", running).change, "now")
    return [Said("precheck", item.sentence) for item in translation(device, group()) if item.status is not Status.OK]


def _damaged() -> list[Said]:
    """Headings in other letters, and a line of counters that was wrapped, are read as what they are."""
    table = parse("ios", "show crypto isakmp sa", "DST src state conn-id slot\n172.18.124.159 64.102.55.142 QM_IDLE 1 0\n")
    good = table.complete and len(table.state) == 1
    return [Said("never built", "a reading that the letters of a heading decide")] if good else []


def _asked() -> list[str]:
    """All commands whose answers are judged, of both services."""
    asked = []
    for service, name in ((REMOTE_ACCESS, "staff"), (L2L, "tunnel")):
        deployment = PARTS[name]
        for member in deployment.members:
            asked += [str(question) for question in service.survey(deployment, member)]  # type: ignore[arg-type]
            for stage in deployment.stages:
                asked += list(stage.gate.asks(member, PLATFORM)) if hasattr(stage.gate, "judge") else []
    return asked


def _never_asked(error: str, has: str, *patterns: str) -> Row:
    def plant() -> list[Said]:
        asked = _asked()
        found = [line for line in asked if any(pattern in line for pattern in patterns)]
        return [Said("verify", line) for line in found] or ([Said("never built", ", ".join(patterns))] if asked else [])

    return Row(error, has, "never built", ", ".join(patterns), plant)


def _nvram() -> list[Said]:
    """The NVRAM of a 2611 holds 32 KB."""
    running = BARE.replace("line vty", "".join(f"access-list 7 permit 192.0.2.{n % 250}\n" for n in range(1200)) + "line vty")
    device = Device(HOST, PLATFORM, {RUNNING: running}, planned("staff", BARE).change, "now")
    return [Said("precheck", item.sentence) for item in nvram(device) if item.status is Status.FAILED]


def _no_repeat() -> list[Said]:
    """Both services beside each other on a router: a second run has nothing to do."""
    running = deployed("tunnel", deployed("staff", BARE))
    again = [planned(name, running).change for name in ("staff", "tunnel")]
    kept = read("ios", running).objects.keys() >= read("ios", BARE).objects.keys()
    return [Said("never built", "what is of the router and not of the service")] if kept and not any(again) else []


ROWS: tuple[Row, ...] = (
    _row("E0-1", "a policy that names neither cipher nor group", "never built", "DES, MD5 and group 1 by default", _weak_policy),
    _row("E0-2", "a configuration that hides its defaults", "plan", "isakmp-policy 3 is used again", _defaults),
    _intent(
        "E0-3",
        "a key in clear",
        "a secret is never written into the intent",
        "group_key_ref: credential:staff-group-key",
        "group_key: cisco123",
    ),
    _row("E0-3", "one value for the group and for a user", "plan", "is a password as well", _one_value),
    _unbuilt("E0-3", "a password of type 0", "password 0", "key 0", "cisco123"),
    _row("E0-4", "two names of one group", "never built", "two names of one group", _names),
    _intent("E0-5", "a pool of public addresses", "is not private (RFC 1918)", "first: 192.168.77.10", "first: 14.1.1.100"),
    _unbuilt("E0-6", "MD5 beside triple DES, without PFS for the tunnel", "md5"),
    _row(
        *("E0-6", "MD5 in an intent", "never built", "hmac-md5"),
        lambda: [Said("never built", word) for word in FORBIDDEN if word == "hmac-md5"],
    ),
    _unbuilt("E0-7", "SNMP, HTTP and a console without a timeout", "snmp-server", "ip http", "exec-timeout"),
    _unbuilt("E0-8", "lines without a login that works", "line vty", "enable secret", "line con"),
    _row("E0-9", "translation before the crypto map", "precheck", "may translate", _translated),
    _always("E0-10", "no dead peer detection, no group, no PFS", "set pfs group2", "crypto map NR-MAP"),
    _always("E0-11", "all traffic of clients, and nothing that sends it back out", " acl RA-staff", "permit ip 10.10.10.0"),
    _intent(
        "E0-12",
        "a client that is out of maintenance",
        "waiver: is missing",
        "    waiver:\n      until: 2028-06-30\n      ticket: SEC-1043\n",
        "    notes:\n",
    ),
    _row("E0-13", "letters and lines that a translation has changed", "never built", "the letters of a heading", _damaged),
    _never_asked("E0-14", "a table of the engine that does not add up with SAs", "show crypto engine"),
    _row("E0-15", "an NVRAM of 32 KB", "precheck", "bytes that may be used of the NVRAM", _nvram),
    _never_asked("E0-16", "log lines by uptime, without a clock", "show logging"),
    _row("E0-7", "lines of the document that are of the router", "never built", "what is of the router", _no_repeat),
)
