"""Causes in the connection profile of phones: URL, tunnel group, effective group policy, addresses, dynamic access policies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import dap
from .case import Case, GroupUrl
from .certificate import authorities_of
from .finding import Line, PhoneFinding, Remedy, Severity
from .policy import DEFAULT, Policy, Value, policy_of
from .pools import defined, pools_named
from .shown import DAP_FILE, DEFAULT_POLICY, RUNNING, as_typed, split_words

#: Minutes below which a limit ends a conversation.
SHORT_SESSION, SHORT_IDLE = 60, 5


def group_url(case: Case) -> Iterator[PhoneFinding]:
    """The URL has to be an enabled one, exactly."""
    if not case.group:
        return
    mine = [item for item in case.group_urls if item.group == case.group]
    if case.asked.phone is None:
        if not any(item.enabled for item in mine):
            yield _no_url(case, mine, "")
        return
    led = {url.text: next((i for i in case.group_urls if i.url.key == url.key), None) for url in case.urls}
    missing = [text for text, item in led.items() if item is None or not item.enabled or item.group != case.group]
    if not case.asked.phone.urls:
        yield _no_url(case, mine, "")
    elif not case.urls:
        return
    elif len(missing) == len(led):
        yield _no_url(case, [item for item in led.values() if item] or mine, missing[0])
    elif missing:
        case.notes.append(
            f"of the phones' URLs {', '.join(missing)} lead to no tunnel group here: they may be another head-end's"
        )


def _no_url(case: Case, shown: list[GroupUrl], url: str) -> PhoneFinding:
    header, _ = case.device.of_group(case.group, "webvpn-attributes")
    evidence = [*(item.line for item in shown), *([Line(case.asked.phone.name, url)] if url and case.asked.phone else [])]
    words = f"the phones' URL {url} is" if url else f"{case.group} has no group-url that is"
    remedy = (
        Remedy("let the URL lead to the tunnel group", (header, f" group-url {url} enable"))
        if url
        else Remedy(
            "let the URL of the phones lead to the tunnel group", (header, " group-url https://NAME/PATH enable"), may_fix=False
        )
    )
    return case.found(
        "group-url",
        Severity.CAUSE,
        f"{words} {'no group-url that is enabled' if url else 'enabled'}, so a phone comes to the page of the default group",
        evidence or (Line(f"{RUNNING}, {header}", ""),),
        remedy,
    )


def tunnel_group(case: Case) -> Iterator[PhoneFinding]:
    """There, and for remote access."""
    if not case.group:
        return
    line = next((found for found in case.device.lines(f"tunnel-group {as_typed(case.group)}") if " type " in found), "")
    if not line and case.group.startswith("Default"):
        return
    if split_words(line)[3:] not in (["remote-access"], ["webvpn"]):
        kind = f"of type {split_words(line)[3]}" if line else "not there"
        yield case.found(
            "tunnel-group",
            Severity.CAUSE,
            f"tunnel group {case.group} is {kind}: phones need remote-access",
            (Line(RUNNING, line),),
            Remedy("a tunnel group has its type for life: make one of type remote-access, with the URL and the policy of phones"),
        )


def policy(case: Case) -> Iterator[PhoneFinding]:
    """The effective policy: each value wherever it comes from."""
    found = case.policy
    if found is None:
        return
    if found.external:
        case.unread.append(f"group policy {found.name} is external: its content is on its server, and was not read")
        return
    if found.missing:
        _, line = policy_of(case.device, case.group)
        yield case.found(
            "group-policy",
            Severity.CAUSE,
            f"group policy {found.name} of {case.group} is not there",
            (line,),
            Remedy("make the policy, or name another one"),
        )
        return
    if found.unknown:
        case.unread.append(f"{', '.join(found.unknown)} of group policy {found.name} are not known: {_why(case)}")
    yield from _protocol(case, found)
    yield from _logins(case, found)
    yield from _lock(case, found)
    yield from _filter(case, found)
    yield from _limits(case, found)


def _why(case: Case) -> str:
    shown = case.device.output(DEFAULT_POLICY)
    return f"{DEFAULT_POLICY!r} does not show them" if shown else case.device.why_not(DEFAULT_POLICY)


def _line(case: Case, found: Policy, text: str, sentence: str) -> Remedy:
    """A line of the policy itself; one of DfltGrpPolicy is nobody's to change for the sake of phones."""
    if found.name == DEFAULT:
        return Remedy(
            f"make a group policy for phones, name it in their tunnel group, and say there: {text}",
            (f"group-policy {DEFAULT} attributes", f" {text}"),
            "every tunnel of the device that inherits from it, LAN-to-LAN ones too",
            may_fix=False,
        )
    others = _others_with(case, found.name)
    wide = f"tunnel group {', '.join(others)}, which has {found.name} too" if others else f"every tunnel group with {found.name}"
    return Remedy(sentence, (f"group-policy {as_typed(found.name)} attributes", f" {text}"), wide, may_fix=not others)


def _others_with(case: Case, name: str) -> tuple[str, ...]:
    """Tunnel groups, LAN-to-LAN ones too, that have the policy of phones: it is not the phones' own then."""
    groups = dict.fromkeys(split_words(line)[1] for line in case.device.lines("tunnel-group") if len(split_words(line)) > 2)
    return tuple(group for group in groups if group != case.group and policy_of(case.device, group)[0] == name)


def _told(value: Value) -> str:
    return f"{value.attribute} is {value.value} ({value.where})"


def _protocol(case: Case, found: Policy) -> Iterator[PhoneFinding]:
    value, wanted = found["vpn-tunnel-protocol"], "svc" if case.old else "ssl-client"
    if value.value is not None and wanted not in value.words:
        # What it inherits is in force, and stays so: a value of its own takes the place of all of it.
        kept = " ".join((*value.words, wanted))
        yield case.found(
            "protocol",
            Severity.CAUSE,
            f"SSL clients are not allowed: {_told(value)}, without {wanted}",
            (value.line,),
            _line(case, found, f"vpn-tunnel-protocol {kept}", "allow them in the policy itself"),
        )


def _logins(case: Case, found: Policy) -> Iterator[PhoneFinding]:
    value = found["vpn-simultaneous-logins"]
    if value.value == "0":
        yield case.found(
            "logins",
            Severity.CAUSE,
            f"no login is allowed: {_told(value)}",
            (value.line,),
            _line(case, found, "vpn-simultaneous-logins 3", "allow three, which the factory has"),
        )


def _lock(case: Case, found: Policy) -> Iterator[PhoneFinding]:
    value = found["group-lock"]
    if value.value not in (None, "none", case.group):
        yield case.found(
            "group-lock",
            Severity.CAUSE,
            f"{_told(value)}, and phones come to {case.group}",
            (value.line,),
            _line(case, found, f"group-lock value {as_typed(case.group)}", "lock it to the tunnel group of phones"),
        )


def _filter(case: Case, found: Policy) -> Iterator[PhoneFinding]:
    value = found["vpn-filter"]
    if value.value in (None, "none"):
        return
    entries = [line for line in case.device.lines(f"access-list {value.value}") if " remark " not in line]
    permits = [line for line in entries if " permit " in line and not line.endswith(" inactive")]
    lines = (value.line, *(Line(RUNNING, line) for line in entries[:3]))
    words = "and that list is not there" if not entries else "which permits nothing" if not permits else ""
    if words:
        yield case.found(
            "filter",
            Severity.CAUSE,
            f"{_told(value)}, {words}",
            lines,
            _line(case, found, "vpn-filter none", "have no filter; a `no vpn-filter` would inherit again"),
        )
    else:
        yield case.found(
            "filter",
            Severity.NOTE,
            f"{_told(value)}: whether it lets phones reach the call manager and its TFTP server is for a person to judge",
            lines,
            Remedy("permit what phones need, or have no filter: vpn-filter none"),
        )


def _limits(case: Case, found: Policy) -> Iterator[PhoneFinding]:
    hours = found["vpn-access-hours"]
    if hours.value not in (None, "none"):
        yield case.found(
            "access-hours",
            Severity.RISK,
            f"{_told(hours)}: outside of that time range no phone connects",
            (hours.line, *(Line(RUNNING, line) for line in case.device.lines(f"time-range {hours.value}"))),
            _line(case, found, "vpn-access-hours none", "allow every hour"),
        )
    for name, least in (("vpn-session-timeout", SHORT_SESSION), ("vpn-idle-timeout", SHORT_IDLE)):
        value = found[name]
        if value.value is not None and value.value.isdigit() and int(value.value) < least:
            yield case.found(
                "timeout",
                Severity.RISK,
                f"{_told(value)}: a session ends after {value.value} minutes",
                (value.line,),
                _line(case, found, f"{name} none", "have no such limit for phones"),
            )
    scope = found["dhcp-network-scope"]
    if scope.value not in (None, "none"):
        yield case.found(
            "address-scope",
            Severity.RISK,
            f"{_told(scope)}: phones get an address only if a DHCP server of the tunnel group serves that network",
            (scope.line,),
            _line(case, found, "dhcp-network-scope none", "take addresses of the pool"),
        )
    yield from _no_datagrams(case, found)
    banner = found["banner"]
    if banner.value not in (None, "none"):
        case.notes.append(f"banner of group policy {found.name} is not none ({banner.where}): a phone has nobody to read it")


def _no_datagrams(case: Case, found: Policy) -> Iterator[PhoneFinding]:
    """The section webvpn of the policy, or else of DfltGrpPolicy, may switch DTLS off."""
    words = "svc dtls" if case.old else "anyconnect ssl dtls"
    for name in dict.fromkeys((found.name, DEFAULT)):
        section = case.device.of_policy(name)
        line = section.first(f"webvpn: {words}") if section else ""
        if line.endswith(" none"):
            where = "in the policy itself" if name == found.name else f"inherited from {DEFAULT}"
            yield case.found(
                "dtls-off",
                Severity.RISK,
                f"{words} is none ({where}): phones speak over TCP, which is heard when packets are lost",
                (Line(f"{RUNNING}, group-policy {name} attributes", line),),
                Remedy(f"say {words} enable in the section webvpn of {found.name}"),
            )
        if line:
            return


def authentication(case: Case) -> Iterator[PhoneFinding]:
    """By certificate: the device has to know who has signed those of phones."""
    if not case.group:
        return
    header, section = case.device.of_group(case.group, "webvpn-attributes")
    line = section.first("authentication") if section else ""
    if "certificate" not in line.split():
        case.notes.append(f"{case.group} asks by {line or 'aaa (the default)'}: a person types user and password on the phone")
        return
    known = authorities_of(case.device)
    if not known:
        yield case.found(
            "client-certificate",
            Severity.CAUSE,
            f"{case.group} asks for the phone's own certificate, and the device knows no authority to check it by",
            (Line(f"{RUNNING}, {header}", line), Line(RUNNING, "")),
            Remedy(
                "take the certificates of those who have signed the phones' (the manufacturer for MIC, CAPF for LSC) from the"
                " call manager, and import each into a trustpoint of its own (crypto ca authenticate)"
            ),
        )
    elif not any(re.search(r"cisco|capf|cap-rtp", name, re.IGNORECASE) for name in known):
        case.notes.append(
            f"the authorities that the device knows are {', '.join(known)}: none is called after the manufacturer or CAPF, so see"
            " that one of them has signed the phones' certificates"
        )


def mapped(case: Case) -> Iterator[PhoneFinding]:
    """A rule on certificates may lead a phone to another tunnel group than its URL does. Nothing is found; it is noted."""
    lines = case.webvpn.all("certificate-group-map")
    if lines and not case.webvpn.first("tunnel-group-preference group-url"):
        case.notes.append(f"a phone with a certificate may be led to another tunnel group than by its URL: {'; '.join(lines)}")
    return iter(())


def addresses(case: Case) -> Iterator[PhoneFinding]:
    """Where a session gets its address from."""
    if not case.group or case.policy is None:
        return
    header, section = case.device.of_group(case.group, "general-attributes")
    named, value = pools_named(case), case.policy["address-pools"]
    served = section is not None and (section.first("dhcp-server") or section.first("authorization-server-group"))
    if not named:
        if not served:
            yield case.found(
                "address-pool",
                Severity.CAUSE,
                f"sessions of {case.group} get no address: there is no address-pool, no address-pools and no DHCP server",
                (Line(f"{RUNNING}, {header}", ""), value.line),
                Remedy("name a pool of addresses", (header, " address-pool NAME"), may_fix=False),
            )
        return
    there = defined(case.device)
    for name, line in named:
        if name not in there:
            yield case.found(
                "address-pool",
                Severity.CAUSE,
                f"pool {name} of {case.group} is not there",
                (Line(f"{RUNNING}, {header}", line), Line(RUNNING, "")),
                Remedy("make the pool", (f"ip local pool {name} FIRST-LAST mask MASK",), may_fix=False),
            )


def access_policies(case: Case) -> Iterator[PhoneFinding]:
    """Which records of dynamic access are taken for a phone, and what becomes of its session."""
    if not case.group or case.policy is None:
        return
    records, why = dap.records_of(case.device)
    facts = {"aaa.cisco.tunnelgroup": case.group, "aaa.cisco.grouppolicy": case.policy.name}
    verdicts = [(record, record.selects(facts)) for record in records]
    taken = [record for record, selected in verdicts if selected]
    open_ones = [record for record, selected in verdicts if selected is None]
    action, line = dap.action_of(case.device, dap.DEFAULT)
    ending = [record for record in taken if record.action != "continue"]
    if ending:
        yield _ended(case, ending[0].name, ending[0].action, (ending[0].line, *_criteria(ending[0])))
    elif any(record.action != "continue" for record in open_ones) or (open_ones and not taken and action != "continue"):
        names = ", ".join(record.name for record in open_ones)
        case.unread.append(why or f"whether {names} of the dynamic access policies apply to a phone could not be determined")
    elif not taken and action != "continue":
        yield _ended(case, dap.DEFAULT, action, (line, *(c for record in records for c in _criteria(record))))


def _criteria(record: dap.Record) -> tuple[Line, ...]:
    return tuple(Line(DAP_FILE, f"{record.name}: {criterion}") for criterion in record.criteria or ())


def _ended(case: Case, name: str, action: str, evidence: tuple[Line, ...]) -> PhoneFinding:
    return case.found(
        "dap",
        Severity.CAUSE,
        f"dynamic access policy {name} is taken for phones, and its action is {action}",
        evidence,
        Remedy(
            f"make a record for phones with the criterion aaa.cisco.tunnelgroup = {case.group} and the action continue, in ASDM: "
            "the criteria are in a file, not in the configuration"
        ),
    )
