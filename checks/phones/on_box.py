"""Causes that concern the whole device: release, licences, webvpn, CSD, load balancing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from ...inventory.models.release import Release
from .case import EVERYBODY, Case
from .finding import Line, PhoneFinding, Remedy, Severity
from .shown import LICENCE_USE, RUNNING, VERSION, HeadEnd

FIRST_RELEASE, WITHOUT_CSD_SINCE = Release.parse("8.0(4)"), Release.parse("8.2(1)")
_PHONE_LICENCES = ("AnyConnect for Cisco VPN Phone", "AnyConnect for Linksys phone")
_PEERS = ("AnyConnect Premium Peers", "SSL VPN Peers", "WebVPN Peers")
_STRONG = ("Encryption-3DES-AES", "VPN-3DES-AES")
_WEBVPN = f"{RUNNING}, webvpn"


def release(case: Case) -> Iterator[PhoneFinding]:
    """Old enough to know no phones."""
    running = case.device.release
    if running < FIRST_RELEASE:
        shown = re.search(r".*Software Version .*", case.device.output(VERSION) or "")
        evidence = Line(VERSION, shown[0].strip() if shown else "")
        yield case.found(
            "release",
            Severity.CAUSE,
            f"{running} has no AnyConnect for phones: it came with {FIRST_RELEASE}",
            (evidence,),
            Remedy(f"upgrade to {FIRST_RELEASE} or later"),
        )


def licences(case: Case) -> Iterator[PhoneFinding]:
    """The licence for phones, and that the scheme with Premium is the one in force."""
    known = case.device.licences
    if not known:
        case.unread.append(f"the licences are not known: {case.device.why_not(VERSION)}")
        return
    row = next((known[name] for name in _PHONE_LICENCES if name in known), None)
    if row is None:
        case.unread.append(f"the licence for phones is not known: {VERSION!r} has no row {_PHONE_LICENCES[0]!r}")
    elif row[0] != "Enabled":
        yield case.found(
            "phone-licence",
            Severity.CAUSE,
            f"the licence for phones is {row[0].lower()}",
            (row[1],),
            Remedy("install an activation key with AnyConnect for Cisco VPN Phone (with Smart Licensing: the AnyConnect tier)"),
        )
    strong = next((known[name] for name in _STRONG if name in known), None)
    if strong is not None and strong[0] == "Disabled":
        yield case.found(
            "strong-encryption",
            Severity.CAUSE,
            "the licence for strong encryption is disabled: whatever is configured, the device has no AES, and phones need it",
            (strong[1],),
            Remedy("install the activation key for 3DES and AES, which costs nothing"),
        )
    essentials = known.get("AnyConnect Essentials")
    if essentials is not None and essentials[0] == "Enabled" and not case.webvpn.first("no anyconnect-essentials"):
        yield case.found(
            "essentials",
            Severity.CAUSE,
            "AnyConnect Essentials is in force instead of Premium, and phones are let in with Premium only",
            (essentials[1], Line(_WEBVPN, case.webvpn.first("anyconnect-essentials"))),
            Remedy(
                "take Essentials out of force; the number of Premium peers is the limit then",
                ("webvpn", " no anyconnect-essentials"),
                f"{EVERYBODY}: the number of sessions is that of the Premium licence then",
            ),
        )


def peers(case: Case) -> Iterator[PhoneFinding]:
    """Whether a session more is allowed."""
    row = next((case.device.licences[name] for name in _PEERS if name in case.device.licences), None)
    if row is not None and row[0] == "0":
        yield case.found(
            "peers", Severity.CAUSE, "the licence allows no Premium peer", (row[1],), Remedy("install more Premium peers")
        )
        return
    use = premium_use(case.device)
    if use is None:
        words = f"how many sessions are in use is not known: {_unread_use(case, case.device.output(LICENCE_USE))}"
        # From memory: before 8.4 no release has that command, so that it is no answer that was kept from us.
        (case.notes if case.old else case.unread).append(words)
    elif use.used >= use.limit:
        yield case.found(
            "peers",
            Severity.CAUSE,
            f"all {use.limit} Premium peers are in use",
            (use.line,),
            Remedy("end sessions that nobody uses, or install more Premium peers"),
        )


class PremiumUse(Struct, frozen=True):
    """Sessions that the licence Premium counts, and how many it allows."""

    used: int
    limit: int
    line: Line


def premium_use(device: HeadEnd) -> PremiumUse | None:
    """As the device sums it up; None where it does not."""
    row = r"^AnyConnect Premium +: +(\d+) : +\d+ : +(\d+) : +\d+ : +(\d+) :.*$"
    found = re.search(row, device.output(LICENCE_USE) or "", re.MULTILINE)
    return PremiumUse(int(found[2]), int(found[3]), Line(LICENCE_USE, found[0].strip())) if found else None


def _unread_use(case: Case, text: str | None) -> str:
    return (
        case.device.why_not(LICENCE_USE)
        if text is None
        else f"{LICENCE_USE!r} has no row of AnyConnect Premium that is understood"
    )


def webvpn(case: Case) -> Iterator[PhoneFinding]:
    """Whether anything answers where phones come to, and takes clients."""
    for url in case.urls:
        if re.fullmatch(r"[\d.]+", url.host) and url.host not in case.device.interfaces.values():
            case.notes.append(
                f"no interface has the address {url.host} of the phones' URL: it is translated on the way, or another device's"
            )
    if not case.interface:
        case.unread.append("the interface that phones connect to is not known: give --interface NAME")
    else:
        enabled = [line for line in case.webvpn.all("enable") if line.split()[1:2] == [case.interface]]
        if not enabled:
            yield case.found(
                "webvpn-interface",
                Severity.CAUSE,
                f"webvpn is not enabled on {case.interface}, where phones come to",
                (Line(_WEBVPN, "; ".join(case.webvpn.all("enable"))),),
                Remedy(
                    "enable it there",
                    ("webvpn", f" enable {case.interface}"),
                    f"TLS is answered on {case.interface} from then on",
                ),
            )
        elif enabled[0].endswith(" tls-only"):
            yield case.found(
                "dtls-off",
                Severity.RISK,
                f"{case.interface} has no DTLS: phones speak over TCP, which is heard when packets are lost",
                (Line(_WEBVPN, enabled[0]),),
                Remedy(
                    f"enable {case.interface} without tls-only", ("webvpn", f" enable {case.interface}"), EVERYBODY, may_fix=False
                ),
            )
    word = "svc" if case.old else "anyconnect"
    if not case.webvpn.first(f"{word} enable"):
        yield case.found(
            "client-disabled",
            Severity.CAUSE,
            f"clients are not enabled: there is no {word} enable",
            (Line(_WEBVPN, case.webvpn.first(f"no {word} enable")),),
            Remedy("enable them", ("webvpn", f" {word} enable"), "every AnyConnect client"),
        )


def port(case: Case) -> Iterator[PhoneFinding]:
    """The port of the phones' URL."""
    line = case.webvpn.first("port")
    own = int(line.split()[1]) if line else 443
    strange = [url for url in case.urls if url.port != own]
    if case.urls and len(strange) == len(case.urls):
        yield case.found(
            "webvpn-port",
            Severity.CAUSE,
            f"webvpn answers at port {own}, and the phones' URL {strange[0].text} means port {strange[0].port}",
            (Line(_WEBVPN, line), Line(_of_file(case), strange[0].text)),
            Remedy(
                "write the port into the URL of the VPN gateway at the call manager, and into the group-url: "
                + _with_port(strange[0].host, own)
            ),
        )


def _with_port(host: str, own: int) -> str:
    return f"https://{host}{'' if own == 443 else f':{own}'}/..."


def _of_file(case: Case) -> str:
    return case.asked.phone.name if case.asked.phone else ""


def desktop(case: Case) -> Iterator[PhoneFinding]:
    """CSD, later Hostscan: on for everybody, and no exception for those who come by the group URL."""
    line = next((found for word in ("csd enable", "hostscan enable") if (found := case.webvpn.first(word))), "")
    if not line or not case.group:
        return
    header, section = case.device.of_group(case.group, "webvpn-attributes")
    if section is not None and section.first("without-csd"):
        return
    if case.device.release < WITHOUT_CSD_SINCE:
        remedy = Remedy(
            f"before {WITHOUT_CSD_SINCE} there is no exception: switch it off for all",
            ("webvpn", f" no {line}"),
            f"{EVERYBODY}: nobody is examined any more",
            may_fix=False,
        )
    else:
        remedy = Remedy("leave phones out; it holds for who comes by the group-url", (header, " without-csd"))
    yield case.found(
        "csd",
        Severity.CAUSE,
        f"{line.split()[0]} is wanted of everybody, and {case.group} has no without-csd",
        (Line(_WEBVPN, line), Line(f"{RUNNING}, {header}", "")),
        remedy,
    )


def load_balancing(case: Case) -> Iterator[PhoneFinding]:
    """A cluster answers with a redirect."""
    section = case.device.section("vpn load-balancing")
    if section is not None and section.first("participate"):
        yield case.found(
            "load-balancing",
            Severity.CAUSE,
            "the device takes part in VPN load balancing, and sends clients on to another one (302), which phones do not follow",
            (Line(f"{RUNNING}, vpn load-balancing", section.first("participate")),),
            Remedy(
                "give phones a head-end of their own, which is in no cluster; or take this device out of the cluster",
                ("vpn load-balancing", " no participate"),
                "every client of the cluster",
                may_fix=False,
            ),
        )
