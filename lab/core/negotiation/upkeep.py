"""Maintenance of SAs over time: rekeying, expiry, dead peers, tunnel interfaces that reconnect, delete notifications."""

from __future__ import annotations

import asyncio
import time
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from ..records import EVERYTHING
from ..wire.routing import NONE, Silent
from ..wire.stations import Heard, Station, outside
from .sa import Flow, Ike2Sa, IkeSa, IpsecSa

if TYPE_CHECKING:
    from ..wire.network import Network

MOMENT = 0.5  # lab seconds within which nothing ends that had not ended before
SWEEP_SECONDS = 0.1  # real seconds between two looks at all boxes, for each ten of them: the work of a second stays the same
#: A look at a box and its peers is not repeated before so many times what it took have passed, so that a hub that pings each
#: of its spokes does not spend its time on looking at all of them; and at most so many real seconds for each SA pair.
REST, FLOW_SECONDS = 9, 0.002
NUDGE_SECONDS = 1.0  # lab seconds from a change of the configuration to the first try of a tunnel interface
REKEY_SECONDS = 30  # lab seconds before its end at which an SA that was used is rekeyed
AGAIN_SECONDS = 10.0  # lab seconds between two tries of a tunnel interface
AGAIN_REAL_SECONDS = 0.5  # and real ones, so that a fast clock does not keep the machine busy


class Upkeep:
    """Maintains the SAs of all boxes."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.swept = float("-inf")
        self._rests: dict[str, float] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._looks: set[asyncio.TimerHandle] = set()
        self._shown: dict[str, Silent] = {}

    def settle(self, box: Station) -> None:
        """Let time pass for a box and those that it has SAs with: rekey what ends soon and was used, drop what has ended.

        Now and then it passes for all, whoever asks; a box that was settled at this moment already is left alone.
        """
        network, now, heard = self.network, self.network.clock.now(), Heard()
        real = time.monotonic()
        if real - self.swept >= SWEEP_SECONDS * max(1.0, len(network.boxes) / 10):
            self.swept = real
            boxes = list(network.boxes.values())
        elif real < self._rests.get(box.name, 0.0):
            return
        else:
            boxes = [box, *(other for flow in box.crypto.flows if (other := network.owner(flow.peer)) is not None)]
        for each in boxes:
            self._renew_due(each, now)
        for each in boxes:
            held = each.crypto.ike or each.crypto.ike2 or each.crypto.flows
            if held and now - each.crypto.settled >= MOMENT:
                each.crypto.settled = now
                self._cut_recursive(each)
                self._settle(each, now, heard)
                self.look_at_tunnels(each)
        done = time.monotonic()
        self._rests[box.name] = done + min(REST * (done - real), FLOW_SECONDS * len(box.crypto.flows))

    def _renew_due(self, box: Station, now: float) -> None:
        """Rekey what ends soon, or was to be rekeyed since the last look: a busy machine looks late, and no SA ends of that.

        On every box before anything ends on any: whoever began rekeys for both.
        """
        ike = self.network.ike
        for flow in list(box.crypto.flows) if ike is not None and now - box.crypto.settled >= MOMENT else ():
            youngest = flow.outbound[-1] if flow.outbound else None
            client = flow.peer in self.network.clients
            if youngest is None or youngest.remaining(now) > REKEY_SECONDS:
                continue
            if not (flow.initiator or client or self._ends_sooner(flow, youngest)):
                continue
            missed = box.crypto.settled < youngest.made + youngest.seconds - REKEY_SECONDS
            used = youngest.packets or flow.inbound[-1].packets or self._stays_up(box, flow)
            if ike is not None and (used or client) and (missed or youngest.remaining(now) > 0):
                ike.renew(box, flow)

    def _ends_sooner(self, flow: Flow, sa: IpsecSa) -> bool:
        """Whether the other end keeps an SA for longer: in IKEv2 each has a lifetime of its own, and whose is over first rekeys
        (RFC 7296 2.8)."""
        other = self.network.owner(flow.peer)
        theirs = other.crypto.inbound(sa.spi) if other is not None else None
        return flow.version == 2 and theirs is not None and theirs[1].seconds > sa.seconds

    def _settle(self, box: Station, now: float, heard: Heard) -> None:
        box.crypto.ike = [row for row in box.crypto.ike if row.expires > now]
        for row in [row for row in box.crypto.ike2 if row.expires <= now]:
            if not (row.initiator and self.network.ike is not None and self.network.ike.renew_ike(box, row)):
                self.drop_ike2(box, [row])
        self._probe_peers(box, heard)
        for flow in list(box.crypto.flows):
            self._age(box, flow, now)

    def _probe_peers(self, box: Station, heard: Heard) -> None:
        """Dead peer detection: delete the SAs with a peer that has not answered for as long as its keepalives wait."""
        for row in [row for row in box.crypto.ike if row.up]:
            peer = next((address for address in (row.dst, row.src) if self.network.owner(address) is not box), row.dst)
            local = row.src if peer == row.dst else row.dst
            if peer not in self.network.clients and self._dead(box, local, peer, 1, box.meaning.keepalive(peer), heard):
                box.crypto.ike.remove(row)
                box.crypto.flows = [flow for flow in box.crypto.flows if flow.peer != peer or flow.version != 1]
        for younger in [row for row in box.crypto.ike2 if row.up]:
            if younger.client is not None and not younger.client.asleep:
                continue
            if self._dead(box, younger.local, younger.remote, 2, younger.patience, heard):
                box.crypto.ike2.remove(younger)
                box.crypto.flows = [flow for flow in box.crypto.flows if not younger.carries(flow)]
                box.session_changed(younger.remote, up=False)

    def _dead(self, box: Station, local: IPv4Address, peer: IPv4Address, version: int, patience: int, heard: Heard) -> bool:
        """True if a peer has not answered for longer than its keepalives wait."""
        if not patience:
            return False
        now, other = self.network.clock.now(), self.network.ike_peer(box, peer, version)
        if other is not None and outside(box, local) in heard.by(other):
            box.crypto.silent.pop(peer, None)
        elif now - box.crypto.silent.setdefault(peer, now) > patience:
            del box.crypto.silent[peer]
            return True
        return False

    def _age(self, box: Station, flow: Flow, now: float) -> None:
        had = bool(flow.outbound)
        flow.inbound = [sa for sa in flow.inbound if sa.remaining(now) > 0]
        flow.outbound = [sa for sa in flow.outbound if sa.remaining(now) > 0]
        if had and not flow.outbound:
            self._drop_childless(box, flow)
            if not flow.from_acl:
                box.crypto.flows.remove(flow)

    def _stays_up(self, box: Station, flow: Flow) -> bool:
        """True if a flow is rekeyed without traffic, as that of a tunnel interface is."""
        return any(protector.name == flow.map for protector in box.meaning.protectors().tunnels)

    def look_in(self, box: Station, seconds: float) -> None:
        """Schedule the maintenance of a box in so many lab seconds."""

        def look() -> None:
            self._looks.discard(handle)
            if box.name in self.network.boxes:
                self.settle(box)

        handle = asyncio.get_running_loop().call_later(max(0.0, seconds) / self.network.clock.speed, look)
        self._looks.add(handle)

    # Tunnel interfaces

    def changed(self, box: Station) -> None:
        """After a configuration change: delete SAs that no protector has any more, and let tunnel interfaces negotiate soon."""
        if not box.store.steady:
            return
        if any(flow.tunnel for flow in box.crypto.flows):
            there = {(tunnel.name, tunnel.local, *tunnel.peers) for tunnel in box.meaning.protectors().tunnels}
            self.drop(box, [f for f in box.crypto.flows if f.tunnel and (f.map, f.local, f.peer) not in there])
        self._try_in(box, NUDGE_SECONDS)

    def _try_in(self, box: Station, seconds: float) -> None:
        if box.name in self._waiting:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # a box that is made before the lab runs
            return
        delay = seconds / self.network.clock.speed
        self._waiting[box.name] = loop.call_later(delay, self._try, box)

    def _try(self, box: Station) -> None:
        """Start IKE for each tunnel interface without an SA, and schedule the next try while there is one."""
        self._waiting.pop(box.name, None)
        if box.name not in self.network.boxes or not box.store.steady:
            return
        lacking = False
        for tunnel in box.meaning.protectors().tunnels:
            carried = any(flow.outbound for flow in box.crypto.flows if flow.map == tunnel.name)
            if not tunnel.complete or carried or self.network.ike is None:
                continue
            lacking = True
            if self._into_itself(box, tunnel.peers[0]):
                box.routed_into_itself(tunnel.interface)
            elif not box.off:
                self.network.ike.need(box, tunnel, EVERYTHING)
        self.look_at_tunnels(box)
        if lacking:
            self._try_in(box, max(AGAIN_SECONDS, AGAIN_REAL_SECONDS * self.network.clock.speed))

    def _into_itself(self, box: Station, far: IPv4Address) -> bool:
        """Whether the way to where a tunnel ends leads into a tunnel."""
        route = self.network.route(box, far)
        return route is not None and bool(route.interface.tunnel)

    def _cut_recursive(self, box: Station) -> None:
        """Recursive routing: delete the SAs of a tunnel whose own destination is routed into a tunnel."""
        for tunnel in box.meaning.protectors().tunnels:
            carried = [flow for flow in box.crypto.flows if flow.map == tunnel.name and flow.outbound]
            if carried and self._into_itself(box, tunnel.peers[0]):
                box.routed_into_itself(tunnel.interface)
                self.drop(box, carried)

    def look_at_tunnels(self, box: Station) -> None:
        """Tell a box which of its tunnel interfaces went up or down since the last look; one that went down tries again."""
        before, now = self._shown.get(box.name, NONE), self.network.silent(box)
        if before == now:
            return
        self._shown[box.name] = now
        names = {i.name for i in box.meaning.interfaces() if i.tunnel}
        for name in sorted(names & (before ^ now)):
            box.tunnel_changed(name, up=name in before)
        if now - before:
            self._try_in(box, NUDGE_SECONDS)

    def translated_here(self, box: Station, row: Ike2Sa) -> bool:
        """True if this end of an SA is behind NAT."""
        return outside(box, row.local) != row.local

    def stop(self) -> None:
        """The lab ends."""
        for handle in [*self._waiting.values(), *self._looks]:
            handle.cancel()
        self._waiting.clear()
        self._looks.clear()

    # Deletions

    def _told(self, box: Station, peer: IPv4Address) -> Station | None:
        """The peer, if notifications of this box reach it; else None."""
        other = self.network.neighbour(box, peer)
        if other is None or "drop-ike" in box.faults or "drop-ike" in other.faults:
            return None
        return other if self.network.hears(box, other, peer) else None

    def drop(self, box: Station, flows: list[Flow]) -> None:
        """Delete the SAs of flows and notify the other end, which deletes its own."""
        for flow in flows:
            if flow in box.crypto.flows:
                box.crypto.flows.remove(flow)
            other = self._told(box, flow.peer)
            gone = {sa.spi for sa in flow.outbound}
            for theirs in list(other.crypto.flows) if other is not None else []:
                if other is not None and gone & {sa.spi for sa in theirs.inbound}:
                    other.crypto.flows.remove(theirs)
                    self._forget_childless(other, theirs)
                    self.look_at_tunnels(other)
            self._forget_childless(box, flow)
        self.look_at_tunnels(box)

    def _forget_childless(self, box: Station, flow: Flow) -> None:
        """The session ends with its last SA, and the IKEv2 SA with the last one that it made."""
        if not flow.outbound:
            return
        if flow.version == 2:
            self._drop_childless(box, flow)
        elif not any(other.outbound for other in box.crypto.flows if other.version == 1 and other.peer == flow.peer):
            box.session_changed(flow.peer, up=False)

    def _drop_childless(self, box: Station, flow: Flow) -> None:
        """An IKEv2 SA ends with the last SA that it made, of which this flow had one."""
        rows = [row for row in box.crypto.ike2 if row.carries(flow)]
        self.drop_ike2(box, [row for row in rows if not any(f.outbound for f in box.crypto.flows if row.carries(f))])

    def drop_ike(self, box: Station, rows: list[IkeSa]) -> None:
        """Delete IKEv1 SAs and notify the other end."""
        for row in rows:
            box.crypto.bury([row], self.network.clock.now())
            peer = row.src if self.network.owner(row.dst) is box else row.dst
            other = self._told(box, peer)
            if other is not None:
                other.crypto.bury([r for r in other.crypto.ike if r.cookie == row.cookie], self.network.clock.now())

    def drop_ike2(self, box: Station, rows: list[Ike2Sa], *, told: bool = True) -> None:
        """Delete IKEv2 SAs with their child SAs. The other end does the same if it is notified."""
        for row in rows:
            other = self._told(box, row.remote) if told else None
            self._forget(box, row)
            theirs = [r for r in other.crypto.ike2 if r.cookie == row.cookie] if other is not None else []
            for each in theirs:
                if other is not None:
                    self._forget(other, each)

    def _forget(self, box: Station, row: Ike2Sa) -> None:
        if row in box.crypto.ike2:
            box.crypto.ike2.remove(row)
        mine = [flow for flow in box.crypto.flows if row.carries(flow)]
        box.crypto.flows = [flow for flow in box.crypto.flows if flow not in mine]
        if row.up:
            box.session_changed(row.remote, up=False)
        self.look_at_tunnels(box)
