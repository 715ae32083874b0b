"""All that is at hand when a cause is looked for: what our ends showed while it was tried, and what they are configured with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from ....checks.finding import Evidence
from ....checks.observations.observation import Flow, Observation, Probe
from ....checks.observations.questions import INTERFACES, Question
from ....checks.observations.questions import IkeRow as Row
from ..endpoint import Watched, flow_of, phase_1_up, phase_2_up
from .configured_end import ConfiguredEnd


class Case(Struct, frozen=True):
    """Our ends, the near one first, and readings from while IKE was tried: states such as MM_KEY_EXCH are gone a minute later.

    ``configured`` has what a device is configured with, by host: without it a signature that rests on it is not tried.
    ``large`` are pings of full size that may not be cut in pieces, by the host that sent them.
    """

    ends: tuple[Watched, ...]
    during: Sequence[Observation] = ()
    configured: Mapping[str, ConfiguredEnd] = field(default_factory=dict)
    large: Mapping[str, Probe | None] = field(default_factory=dict)
    #: Packets of its flow that the anti-replay window dropped while pings were sent, by host.
    replayed: Mapping[str, int] = field(default_factory=dict)

    @property
    def near(self) -> Watched:
        """The end from which the tunnel is brought up."""
        return self.ends[0]

    @property
    def foreign(self) -> bool:
        """True if the far end is not ours, so that nothing was seen of it."""
        return len(self.ends) == 1

    @property
    def version(self) -> int:
        """Version of IKE."""
        return self.near.end.ike_version

    def of(self, watched: Watched) -> ConfiguredEnd | None:
        """What an end is configured with, as far as that was read."""
        return self.configured.get(watched.host)

    @property
    def both(self) -> tuple[ConfiguredEnd, ConfiguredEnd] | None:
        """What the two ends are configured with, the near one first; None unless both were read."""
        found = [there for watched in self.ends if (there := self.of(watched)) is not None]
        return (found[0], found[1]) if len(found) == 2 else None

    # What was tried

    @property
    def tried(self) -> bool:
        """True if something wanted the tunnel: traffic of ours, an interface that negotiates by itself, or a try that is seen.

        A row that is deleted is what is left of a try, which may be of any time: it says nothing of now.
        """
        pinged = any(watched.probe is not None for watched in self.ends)
        seen = any(not row.up and not row.deleted for watched in self.ends for row in self.rows(watched))
        return bool(self.during) or pinged or self.near.end.tunnel is not None or seen

    def readings(self, watched: Watched) -> tuple[Observation, ...]:
        """Readings of one end from the first try on."""
        return (*(seen for seen in self.during if seen.host == watched.host), watched.after)

    def rows(self, watched: Watched) -> tuple[Row, ...]:
        """IKE SAs of one end with the peer, in all of its readings.

        What is left of a try counts where there is nothing else, and only if it was not there in the first reading of all: an
        older one may be of any time, and of our own clearing.
        """
        readings = [seen for seen in self.readings(watched) if seen.answer(watched.end.ike)]
        known = [seen for seen in (*readings, watched.before) if seen.answer(watched.end.ike)]
        first = min(known, key=lambda seen: seen.time, default=None)
        history = Counter(_left(_rows(watched, first))) if first is not None and readings != [first] else Counter()
        return tuple(row for seen in readings for row in _of_now(_rows(watched, seen), history))

    def remains(self, watched: Watched) -> bool:
        """True if an end has nothing of the peer but what is left of tries: it may have heard of this one, or not."""
        rows = [r for seen in self.readings(watched) if seen.answer(watched.end.ike) for r in _rows(watched, seen)]
        return bool(rows) and all(row.deleted for row in rows)

    def strangers(self, watched: Watched) -> tuple[Row, ...]:
        """IKE SAs of one end that are not up and are with somebody else than the peer."""
        end = watched.end
        return tuple(
            row
            for seen in self.readings(watched)
            if seen.answer(end.ike)
            for row in seen.ike(end.ike_version)
            if not row.up and not row.deleted and end.peer not in row.addresses
        )

    def states(self, watched: Watched) -> set[str]:
        """States of its IKE SAs with the peer."""
        return {row.state for row in self.rows(watched)}

    @property
    def all_states(self) -> set[str]:
        """States of both ends."""
        return {state for watched in self.ends for state in self.states(watched)}

    @property
    def silent(self) -> tuple[Watched, ...]:
        """Ends that have no IKE SA with the peer in any reading."""
        return tuple(watched for watched in self.ends if not self.rows(watched))

    # What is up

    @property
    def ike_is_up(self) -> bool:
        """True if every end of ours has a live IKE SA."""
        return all(phase_1_up(watched.end, watched.after) for watched in self.ends)

    @property
    def ipsec_is_up(self) -> bool:
        """True if every end of ours has an SA pair."""
        return all(phase_2_up(watched.end, watched.after) for watched in self.ends)

    @property
    def nothing_sent(self) -> bool:
        """True if nothing of the near end ever met the tunnel. An interface negotiates by itself, so there it says nothing."""
        if self.near.end.tunnel:
            return False
        flow = self.near.flow(self.near.after)
        return flow is None or not (flow.encapsulated_packets or flow.send_errors)

    @property
    def left_out(self) -> tuple[Flow, ...]:
        """Flows of pairs that are not pinged, which have no SA though packets want one: their send errors rose."""
        found: list[Flow] = []
        for watched in self.ends:
            for pair in watched.end.flow_pairs if not watched.end.tunnel else ():
                before, after = (flow_of(watched.end, seen, pair) for seen in (watched.before, watched.after))
                if after and not after.sas and (after.send_errors or 0) > ((before.send_errors or 0) if before else 0):
                    found.append(after)
        return tuple(found)

    @property
    def flows(self) -> tuple[Flow | None, ...]:
        """The probed flow of each end."""
        return tuple(watched.flow(watched.after) for watched in self.ends)

    def is_shut(self, watched: Watched) -> bool:
        """True if an interface of the tunnel is down by its configuration, or by what the device shows."""
        there = self.of(watched)
        if there is not None and there.shut:
            return True
        if watched.after.answer(INTERFACES) is None:
            return False
        name = there.outside if there else watched.end.interface
        return any(row.name in (name, watched.end.interface) and not row.up for row in watched.after.interfaces)

    # What it is told by

    def evidence(self, question: Question | None = None) -> tuple[Evidence, ...]:
        """What was read of the IKE SAs, or of the flows, of each end."""
        return tuple(self._evidence(watched, question) for watched in self.ends)

    def _evidence(self, watched: Watched, question: Question | None) -> Evidence:
        if question is None:
            words = ", ".join(sorted(self.states(watched))) or "none"
            return watched.after.evidence(watched.end.ike, f"states of IKE with {watched.end.peer}", words)
        flow = watched.flow(watched.after)
        words = "none"
        if flow:
            words = f"{len(flow.sas)} SAs, {flow.encapsulated_packets} encaps, {flow.decapsulated_packets} decaps"
        return watched.after.evidence(question, "flow", words)


def _rows(watched: Watched, seen: Observation) -> tuple[Row, ...]:
    return seen.rows(watched.end.peer, watched.end.ike_version)


def _left(rows: tuple[Row, ...]) -> list[tuple[object, ...]]:
    return [(row.number, row.state) for row in rows if row.deleted]


def _of_now(rows: tuple[Row, ...], history: Counter[tuple[object, ...]]) -> tuple[Row, ...]:
    """The rows that are no remains, or else the remains that are no history."""
    live = tuple(row for row in rows if not row.deleted)
    if live:
        return live
    fresh = Counter(_left(rows)) - history
    return tuple(row for row in rows if (row.number, row.state) in fresh)
