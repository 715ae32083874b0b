"""Estates to look at: a hub with nine sites and a past, a mesh, and one of hundreds of sites."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nr_run.checks.finding import Cause, Evidence, Finding, Status
from nr_run.checks.verdict import Configured, DeviceState, KnownBy, Operating, Verdict, Verification
from nr_run.runbooks.history.file import reading
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.history.moments import moment
from nr_run.runbooks.history.read import ServicePast, pasts

from ..verifications import at, end, flow, verdict, verification

SITES = ("berlin", "cork", "gdansk", "ghent", "graz", "lyon", "oslo", "porto", "turin")
_NOW = {
    "lyon": Operating.DOWN,
    "gdansk": Operating.DEGRADED,
    "graz": Operating.IDLE,
    "turin": Operating.UNKNOWN,
}
_WORDS = {
    Operating.UP: "up: 5 packets each way through both ends, and both counted them",
    Operating.IDLE: "idle: nothing asks for it, and both ends are built as intended",
    Operating.DOWN: "down: IKE does not get past MM_KEY_EXCH, at either end",
    Operating.DEGRADED: "degraded: 1 of 2 pairs of prefixes has SAs",
    Operating.UNKNOWN: "unverified: turin could not be logged in to, and hq shows no SA",
}
_LYON = Finding(
    "ike",
    "hq",
    Status.FAILED,
    "IKE with 198.51.100.6 stands at MM_KEY_EXCH",
    (
        Evidence("hq", "show crypto isakmp sa", "state", "MM_KEY_EXCH", at(2160)),
        Evidence("lyon", "show crypto isakmp sa", "state", "MM_KEY_EXCH", at(2160)),
    ),
)
_KEYS = Cause(
    "F1",
    "the pre-shared keys of the two ends differ",
    "probable",
    "show logging | include 4-IKMP_BAD_MESSAGE",
    "enter the key on both ends again; no other tunnel uses it",
)


def _site(name: str, operating: Operating, minutes: float) -> Verdict:
    known = (
        KnownBy.NOTHING if operating is Operating.UNKNOWN else KnownBy.TABLES if operating is Operating.IDLE else KnownBy.PROBE
    )
    working = operating in (Operating.UP, Operating.DEGRADED)
    flows = (flow(up=working, spis=(7,) if working else ()),)
    there = end(name, role="branch", ike="QM_IDLE" if working else "", ike_up=working, flows=flows)
    ok = Finding("configured", "hq", Status.OK, "both ends have what the intent says")
    failed = operating is Operating.DOWN
    return verdict(
        f"hq-{name}",
        operating,
        minutes,
        title=f"hq <-> {name}",
        configured=Configured.DIFFERS if name == "porto" else Configured.AS_INTENDED,
        known_by=known,
        sentence=_WORDS[operating] + ("; hq has another lifetime than the intent" if name == "porto" else ""),
        findings=(_LYON, ok) if failed else (ok,),
        causes=(_KEYS,) if failed else (),
        ends=(end("hq", role="hub", flows=flows), there),
        sites=("hq", name),
        untested=("10.9.0.0/16, which no address of ours is in",) if name == "gdansk" else (),
    )


def hub(minutes: float = 2160) -> Verification:
    """Nine sites behind a hub; some of them are not well at that moment."""
    now = minutes >= 2130
    verdicts = [
        _site(name, _NOW.get(name, Operating.UP) if now else _before(at_, minutes), minutes) for at_, name in enumerate(SITES)
    ]
    devices = (
        DeviceState("hq", "C8000V, IOS-XE 17.12.4", "", 5, 2.1),
        *(
            DeviceState(name, "881, IOS 15.4(3)M3", "no login: connection timed out" if name == "turin" and now else "", 5, 3.4)
            for name in SITES
        ),
    )
    notices = ("hq has a tunnel to 203.0.113.77 that is in no intent",)
    return verification(*verdicts, minutes=minutes, devices=devices, notices=notices, run=f"20261201T{int(minutes):06}Z-7f3a")


def _before(site: int, minutes: float) -> Operating:
    return Operating.DOWN if site == 2 and 900 < minutes < 1100 else Operating.UP


def with_past(runs: Path) -> tuple[Verification, Sequence[ServicePast]]:
    """The hub with a day and a half of verifications behind it."""
    for minutes in range(0, 2190, 30):
        assert keep(runs, hub(minutes), 12) == []
    found = hub(2160)
    with reading(runs) as connection:
        return found, pasts(connection, moment(found.finished))


def large(sites: int = 500) -> Verification:
    """Two hubs with hundreds of sites; every fiftieth is down."""
    verdicts = []
    for number in range(sites):
        operating = Operating.DOWN if number % 50 == 7 else Operating.UP
        name = f"site{number:03}"
        verdicts.append(verdict(f"{name}", operating, sites=(f"hub{number % 2}", name), title=f"hub <-> {name}"))
    return verification(*verdicts)
