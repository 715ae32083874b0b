"""What the probes of a router find out, what its track objects make of it, and where policy routing sends a packet by that.

Time passes when somebody looks or a packet is sent: a probe that was due since asks the network as it is then. Sources: Cisco IOS
IP SLAs and IP Application Services command references: `state` is up on OK only, `reachability` on OverThreshold as well; a new
state counts after its delay. Of one clause of a route map the next hops whose track is up come first, in their order, then the
interface; a clause with neither, and a clause that denies, leaves the packet to the routing table.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..core.configuration.store import Entry, Store
from ..ios import model
from . import watch_forms

if TYPE_CHECKING:
    from ..core.box import Box

#: Milliseconds that an answer takes.
RTT = 24


class Probe(Struct):
    """One operation at work: when it began and asks next, in lab seconds, and what its last try came to."""

    began: float
    due: float
    code: str = "Unknown"
    last: float = 0.0
    successes: int = 0
    failures: int = 0


class Tracked(Struct):
    """One track object: its state and since when, the other one that it waits for, and how often it changed."""

    up: bool
    since: float
    changes: int = 1
    other_since: float | None = None


class Watch(Struct):
    """The probes and track objects of one box."""

    box: Box
    probes: dict[str, Probe] = field(default_factory=dict)
    tracks: dict[str, Tracked] = field(default_factory=dict)
    store: Store | None = None
    #: Packets that a clause of a route map has led, by its name and number.
    matched: dict[tuple[str, str], int] = field(default_factory=dict)

    def led(self, source: IPv4Address, destination: IPv4Address) -> IPv4Address | str | None:
        """Where policy routing sends a packet of a host: a next hop, an interface, or None: by the routing table.

        What the box sends itself came in nowhere, and is led by no interface's route map.
        """
        if not any(entry.child("policy") for entry in self.box.store.all("interface")):
            return None
        inside = (i for i in self.box.meaning.interfaces() if i.network is not None and source in i.network)
        came_in = next((i.name for i in inside if i.address != source), "")
        interface = self.box.store.get("interface", came_in)
        line = interface.child("policy") if interface is not None else None
        clauses = [entry for entry in self.box.store.all("route-map") if line and entry.values["name"] == line.values["map"]]
        for clause in sorted(clauses, key=lambda entry: int(entry.values["seq"])):
            lists = [item.values["acl"] for item in clause.all("match ip address")]
            if lists and not any(model.permits(self.box.store, name, source, destination) for name in lists):
                continue
            if clause.values["action"] == "deny":
                return None
            key = clause.values["name"], clause.values["seq"]
            self.matched[key] = self.matched.get(key, 0) + 1
            return self._set(clause)
        return None

    def _set(self, clause: Entry) -> IPv4Address | str | None:
        self.settle()
        for hop in sorted(clause.all("verify"), key=lambda line: int(line.values["order"])):
            if self.is_up(hop.values["track"]):
                return IPv4Address(hop.values["via"])
        for hop in clause.all("set ip next-hop"):
            return IPv4Address(hop.values["via"])
        out = clause.child("set interface")
        return out.values["name"] if out is not None else None

    def settle(self) -> None:
        """Let time pass: probes that are due ask, tracks follow them."""
        store, now = self.box.store, self.box.clock.now()
        if self.store is not store:  # the box was restarted
            self.store, self.probes, self.tracks = store, {}, {}
        working = {entry.key[0]: entry for entry in store.all("sla schedule") if "now" in entry.text.split()}
        self.probes = {number: probe for number, probe in self.probes.items() if number in working}
        for number in working:
            probe = self.probes.setdefault(number, Probe(now, now))
            operation = store.get("sla", number)
            if operation is not None and now >= probe.due:
                self._ask(operation, probe, now)
        known = {entry.key[0] for entry in store.all("track")}
        self.tracks = {number: track for number, track in self.tracks.items() if number in known}
        for entry in store.all("track"):
            self._follow(entry, now)

    def _ask(self, operation: Entry, probe: Probe, now: float) -> None:
        every = watch_forms.number_of(operation, "frequency")
        times = 1 + int((now - probe.due) // every)
        answered = self._answered(operation)
        late = watch_forms.number_of(operation, "threshold") < RTT
        probe.code = ("Over threshold" if late else "OK") if answered else "Timeout"
        probe.successes, probe.failures = probe.successes + times * answered, probe.failures + times * (not answered)
        probe.last, probe.due = now, probe.due + times * every

    def _answered(self, operation: Entry) -> bool:
        from ..core.wire.network import Outcome  # the network knows boxes, and a box has a watch

        kind = operation.child("sla kind")
        target = target_of(kind) if kind is not None else None
        if kind is None or target is None:
            return False
        route = self.box.network.route(self.box, target)
        source = self._source(kind) or (route.interface.address if route is not None else None)
        if source is None or self.box.network.echo(self.box, source, target) is not Outcome.REPLY:
            return False
        return not kind.text.startswith("http") or self.box.network.gives_pages(target)

    def _source(self, kind: Entry) -> IPv4Address | None:
        if "source" in kind.values:
            return IPv4Address(kind.values["source"])
        named = (i for i in self.box.meaning.interfaces() if i.name == kind.values.get("interface"))
        return next((interface.address for interface in named), None)

    def _follow(self, entry: Entry, now: float) -> None:
        probe = self.probes.get(entry.values["operation"])
        good = {"OK"} if entry.values["aspect"] == "state" else {"OK", "Over threshold"}
        up = probe is not None and probe.code in good
        track = self.tracks.get(entry.key[0])
        if track is None:
            self.tracks[entry.key[0]] = Tracked(up, now)
            return
        if up == track.up:
            track.other_since = None
            return
        if track.other_since is None:
            track.other_since = now
        if now - track.other_since >= delay_of(entry, up=up):
            track.up, track.since, track.other_since = up, now, None
            track.changes += 1
            words = f"{entry.key[0]} ip sla {entry.values['operation']} {entry.values['aspect']}"
            self.box.log(f"%TRACK-6-STATE: {words} {'Down -> Up' if up else 'Up -> Down'}")

    def is_up(self, number: str) -> bool:
        """Whether a track object is there and up, as it was when somebody looked last."""
        track = self.tracks.get(number)
        return track is not None and track.up


def target_of(kind: Entry) -> IPv4Address | None:
    """Where an operation asks; None for a name."""
    host = kind.values.get("target") or kind.values["url"].removeprefix("http://").partition("/")[0].partition(":")[0]
    try:
        return IPv4Address(host)
    except ValueError:
        return None


def delay_of(entry: Entry, *, up: bool) -> int:
    """Seconds that a new state of a track object is waited for."""
    line = entry.child("delay")
    return int(line.values.get("up" if up else "down", "0")) if line is not None else 0
