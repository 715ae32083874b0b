"""The BGP sessions of a firewall with speakers at the far ends of its tunnels, and what it learns and tells by them.

Time passes when somebody looks. Sources: RFC 4271 and the ASA 9.19 general configuration guide, chapter BGP: a neighbour one hop
away is lost with its interface, another one when its hold time has passed; of several ways to a network one is used; a network
is told if the routing table has exactly it, and so is what another neighbour told. How long a session takes to come is ours.

Over a tunnel interface a session comes with a TTL of 1 as well as with more. Cisco's guidelines for such interfaces on the same
data plane (Firewall Threat Defense, VTI guidelines: the TTL hop is to be more than one with BGP) and a published guide of a
provider ask for `ebgp-multihop 2`; configurations of other providers do without it: so the lab demands neither.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...core.wire.speaker import Paths, Speaker
from .bgp_config import Neighbour, neighbours, networks
from .learned import DISTANCE, Learned

if TYPE_CHECKING:
    from ...core.wire.stations import Station
    from ..box import AsaBox

#: Lab seconds from the moment that both ends can speak to a session.
CONNECT = 5.0
#: The state of a neighbour that told more than it may.
OVER = "Idle (PfxCt)"
SILENT = "BGP Notification sent, hold time expired"


class Session(Struct):
    """The session with one neighbour: its state and since when, what it told and is told; times in lab seconds.

    ``since`` is None for one that never was up; ``able`` is the moment from which both ends could speak, ``lost`` the one from
    which they cannot, while the hold time runs.
    """

    state: str = "Idle"
    since: float | None = None
    able: float | None = None
    lost: float | None = None
    came: int = 0
    dropped: int = 0
    reset: tuple[float, str] | None = None
    speaker: Speaker | None = None
    station: Station | None = None
    received: Paths = field(default_factory=dict)
    told: Paths = field(default_factory=dict)

    @property
    def up(self) -> bool:
        """Whether it is established."""
        return self.state == "Established"


class Bgp(Struct):
    """The sessions of one box, by the address of the neighbour."""

    box: AsaBox
    sessions: dict[IPv4Address, Session] = field(default_factory=dict)
    learned: tuple[Learned, ...] = ()
    version: int = 1

    def settle(self) -> None:
        """Let time pass for every session, and learn and tell by those that are up."""
        if not self.sessions and self.box.store.get("bgp") is None:
            return
        there = neighbours(self.box.store)
        for address in [each for each in self.sessions if each not in there]:
            self._end(address, self.sessions[address], "Idle", "Neighbor deleted")
            del self.sessions[address]
        for address, neighbour in there.items():
            self._pass(address, neighbour, self.sessions.setdefault(address, Session()))
        self._learn()
        self._tell(there)

    def _pass(self, address: IPv4Address, neighbour: Neighbour, session: Session) -> None:
        now, why = self.box.clock.now(), self._trouble(address, neighbour, session)
        if not why:
            session.lost = None
            session.able = now if session.able is None else session.able
            if not session.up and now >= session.able + CONNECT:
                self._begin(address, session, session.able + CONNECT)
            elif not session.up:
                session.state = "Active"
            if session.up:
                self._flap(address, session, now)
                self._receive(address, neighbour, session)
            return
        state, words, waits = why
        if session.up and waits:
            session.lost = now if session.lost is None else session.lost
            if now < session.lost + self._hold(neighbour, session):
                return
        self._end(address, session, state, words)
        session.state, session.able = state, None

    def _hold(self, neighbour: Neighbour, session: Session) -> float:
        """The smaller hold time of both ends; 0 is for ever."""
        theirs = session.speaker.hold if session.speaker is not None else 0
        both = [seconds for seconds in (neighbour.hold, theirs) if seconds]
        return float(min(both)) if both else float("inf")

    def _trouble(self, address: IPv4Address, neighbour: Neighbour, session: Session) -> tuple[str, str, bool] | None:
        """The state without a session, the words for its end, and whether the hold time runs before; None if both can speak."""
        if neighbour.shutdown:
            return "Idle (Admin)", "Admin. shutdown", False
        if session.state == OVER and not self._again(neighbour, session):
            return OVER, "", False
        if not neighbour.active:
            return "Idle", "Address family not activated", False
        route = self.box.network.route(self.box, address)
        if route is None or (route.via is not None and neighbour.hops < 2):
            return "Idle", SILENT if neighbour.hops > 1 else "Interface flap", neighbour.hops > 1
        far = self._far(route.interface.name) if route.interface.tunnel else None
        speaker = far.speaker(address) if far is not None and self._carries(far) else None
        if far is None or speaker is None:
            return "Active", SILENT, True
        if speaker.system != neighbour.system or speaker.peer_system != neighbour.own:
            return "Idle", "BGP Notification sent, peer in wrong AS", False
        session.speaker, session.station = speaker, far
        return None

    def _again(self, neighbour: Neighbour, session: Session) -> bool:
        """Whether a session that told too much may come back: when the minutes have passed that its line names, if it does."""
        ended = session.reset[0] if session.reset is not None else 0.0
        return bool(neighbour.restart) and self.box.clock.now() >= ended + 60 * neighbour.restart

    def clear(self, address: IPv4Address | None) -> None:
        """End the session with a neighbour, or every one: they come again by themselves."""
        for each, session in self.sessions.items():
            if address in (None, each):
                self._end(each, session, "Idle", "User reset")
                session.able = None
        self.settle()

    def _far(self, interface: str) -> Station | None:
        """Who is at the other end of a tunnel interface."""
        found = self.box.meaning.protectors().on.get(interface, [])
        return self.box.network.owner(found[0].peers[0]) if found and found[0].peers else None

    def _carries(self, far: Station) -> bool:
        """Whether packets go through the tunnel, and not only IKE."""
        ports = {flow.port for flow in self.box.crypto.flows if flow.outbound}
        lost = {"drop-4500" if port == 4500 else "drop-esp" for port in ports}
        return not far.off and not any(fault in station.faults for fault in lost for station in (self.box, far))

    def _begin(self, address: IPv4Address, session: Session, at: float) -> None:
        session.state, session.since = "Established", at
        session.came += 1
        self._say(address, "Up")

    def _say(self, address: IPv4Address, words: str) -> None:
        """The message as `bgp log-neighbor-changes` has it; its form on an ASA is from memory."""
        self.box.log(f"%BGP-5-ADJCHANGE: neighbor {address} {words}")

    def _end(self, address: IPv4Address, session: Session, state: str, words: str) -> None:
        if session.up:
            now = self.box.clock.now()
            session.dropped, session.reset, session.since = session.dropped + 1, (now, words), now
            self._say(address, f"Down {words}")
            if session.station is not None:
                session.station.told(address, ())
        session.state, session.received, session.told, session.lost = state, {}, {}, None

    def _flap(self, address: IPv4Address, session: Session, now: float) -> None:
        """A speaker that ends its sessions has done so as often as the time allows."""
        seconds = session.speaker.flaps if session.speaker is not None else 0
        while seconds and session.up and session.since is not None and now >= session.since + seconds:
            ended = session.since + seconds
            self._end(address, session, "Active", "Peer closed the session")
            session.since, session.reset, session.able = ended, (ended, "Peer closed the session"), ended
            if now >= ended + CONNECT:
                self._begin(address, session, ended + CONNECT)

    def _receive(self, address: IPv4Address, neighbour: Neighbour, session: Session) -> None:
        """What its list lets in, and no more prefixes than are allowed."""
        if not session.up or session.speaker is None:
            return
        session.received = {net: path for net, path in session.speaker.tells().items() if neighbour.lets_in(net)}
        if neighbour.most and len(session.received) > neighbour.most:
            self.box.log(f"%BGP-3-MAXPFXEXCEED: No. of prefix received from {address} exceeds limit")
            if not neighbour.warns:
                self._end(address, session, OVER, "Peer over prefix limit")

    def _learn(self) -> None:
        """Of several ways to a network the one is used that was there first."""
        found: dict[IPv4Network, Learned] = {}
        up = [(session.since or 0.0, address, session) for address, session in self.sessions.items() if session.up]
        for since, address, session in sorted(up, key=lambda item: item[:2]):
            for network, path in session.received.items():
                found.setdefault(network, Learned(network, address, path, since))
        learned = tuple(found[network] for network in sorted(found))
        if learned != self.learned:
            self.learned, self.version = learned, self.version + 1
            self.box.network.owners.changed(self.box)

    def originated(self) -> Paths:
        """The networks that are configured and that the routing table has exactly, by another way than BGP."""
        table = self.box.reading().routes(self.box.network.silent(self.box))
        there = {route.network for route in table if route.source != "bgp"}
        return {network: () for network in networks(self.box.store) if network in there}

    def _tell(self, there: dict[IPv4Address, Neighbour]) -> None:
        """Each neighbour is told our networks and what others told, as far as its list lets it."""
        own = self.originated() if any(session.up for session in self.sessions.values()) else {}
        for address, session in self.sessions.items():
            if not session.up or session.speaker is None or session.station is None:
                continue
            others = {each.network: each.path for each in self.learned if each.via != address and each.network not in own}
            session.told = {net: path for net, path in {**own, **others}.items() if there[address].lets_out(net)}
            session.station.told(address, session.speaker.takes(session.told.items()))

    def used(self, network: IPv4Network) -> bool:
        """Whether the routing table has what was learned, and not a better route to the same network."""
        table = self.box.reading().routes(self.box.network.silent(self.box))
        return any(route.network == network and route.source == "bgp" for route in table) and not any(
            route.network == network and route.distance < DISTANCE for route in table
        )
