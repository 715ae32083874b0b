"""A scripted Cisco VPN client 4.x: aggressive mode with its group, a user, an address of the pool, quick mode, traffic.

What it offers and the reasons it tells a person are those of the "VPN Client Administrator Guide" 4.x (IKE proposals; error
reasons 412, 413, 427); which reason goes with which failure, and how long the rows of one that failed stay, is from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from ..core.errors import LabError
from ..core.negotiation.exchange import Step, walk
from ..core.negotiation.protector import Protector
from ..core.negotiation.sa import Flow, IkeSa, new_spi
from ..core.negotiation.upkeep import REKEY_SECONDS
from ..core.records import Policy, Selector, Transform
from ..core.wire.stations import Outcome
from ..features import remote_access

if TYPE_CHECKING:
    from ..core.box import Box
    from ..core.wire.network import Network

#: Ciphers and hashes of its IKE proposals with a group key, all with Diffie-Hellman group 2; DES goes with MD5 alone.
OFFERS = (
    ("aes 256", "sha"),
    ("aes 256", "md5"),
    ("aes", "sha"),
    ("aes", "md5"),
    ("3des", "sha"),
    ("3des", "md5"),
    ("des", "md5"),
)
_ESP = ("esp-256-aes", "esp-aes", "esp-3des")
#: Of its phase-2 proposals; it asks for no perfect forward secrecy.
TRANSFORMS: tuple[Transform, ...] = (
    *((cipher, digest) for cipher in _ESP for digest in ("esp-md5-hmac", "esp-sha-hmac")),
    ("esp-des", "esp-md5-hmac"),
)
NO_ANSWER = "Reason 412: The remote peer is no longer responding."
NO_USER = "Reason 413: User authentication failed."
AT_PEER = "Reason 427: Unknown Error Occurred at Peer."
REASONS = {
    "no answer": NO_ANSWER, "policy": NO_ANSWER, "group": NO_ANSWER, "key": NO_ANSWER, "user": NO_USER,
    "mode config": AT_PEER, "pool": AT_PEER, "transform": NO_ANSWER,
}  # fmt: skip
EXCHANGE, DIALOGUE, QUICK = 2.0, 0.5, 1.0
#: Lab seconds for which the row of an attempt that failed stands in the router.
LINGERS = 30.0


@dataclass(frozen=True, slots=True)
class Login:
    """What a person has typed, and what the profile holds."""

    host: IPv4Address
    group: str
    key: str = field(repr=False)
    user: str = ""
    password: str = field(default="", repr=False)


class VpnClient(Struct):
    """One client behind the provider. `assigned` is its address of the pool, `server` the box that it has a session with."""

    name: str
    address: IPv4Address
    network: Network
    assigned: IPv4Address | None = None
    server: Box | None = None
    sending: bool = False
    connecting: bool = False

    @property
    def flows(self) -> list[Flow]:
        """Its flows in the router, with SAs."""
        return [flow for flow in self.server.crypto.flows if flow.peer == self.address and flow.outbound] if self.server else []

    @property
    def connected(self) -> bool:
        """Whether the router has SAs with it."""
        return bool(self.flows)

    @property
    def holds(self) -> IPv4Address | None:
        """Its address of the pool, which nobody else is given: not when its session has ended without a word to it."""
        return self.assigned if self.connecting or self.connected else None

    def told(self, reason: str = "") -> dict[str, Any]:
        """What a person sees, with the counters of the router for this client."""
        if self.server is not None:
            self.network.settle(self.server)
        up = self.connected
        return {
            "connected": up,
            "address": str(self.assigned) if up and self.assigned else "",
            "failed": reason,
            "says": REASONS[reason] if reason else "",
            "encaps": sum(flow.encaps for flow in self.flows),
            "decaps": sum(flow.decaps for flow in self.flows),
        }

    def answers(self, flow: Flow, destination: IPv4Address) -> bool:
        """A packet has come out of the tunnel: an echo request is answered, a reply to its own is not."""
        if destination != self.assigned:
            return False
        if not self.sending:
            _count_in(flow)
        return True

    async def connect(self, login: Login) -> dict[str, Any]:
        """Connect; what came of it, with the reason of a failure. LabError while it is connected."""
        if self.connected or self.connecting:
            raise LabError(f"{self.name} is connected already.")
        self.connecting = True
        try:
            return await self._connect(login)
        finally:
            self.connecting = False

    async def _connect(self, login: Login) -> dict[str, Any]:
        self.assigned, self.server = None, None
        box = self._reached(login.host)
        if box is None:
            await self.network.clock.sleep(EXCHANGE)
            return self.told("no answer")
        self.server = box
        now = self.network.clock.now
        box.crypto.bury([row for row in box.crypto.ike if row.between(login.host, self.address)], now())
        row = box.crypto.new_ike(login.host, self.address, new_spi())
        attempt = Attempt(self, box, login, row)
        reason = await attempt.run()
        if reason:
            row.reason, row.expires = reason, now() + LINGERS
            self.assigned = None
        return self.told(reason)

    def _reached(self, host: IPv4Address) -> Box | None:
        """The router at an address, if it answers: it is there, and knows a way back."""
        box = self.network.owner(host)
        if box is None or box.off or "drop-ike" in box.faults or not box.meaning.answers_ike(host):
            return None
        route = self.network.route(box, self.address)
        there = route is not None and route.via in self.network.gateways
        return cast("Box", box) if there else None

    async def send(self, destination: IPv4Address, count: int) -> dict[str, Any]:
        """Ping something behind the router, or the router itself; what is not in the tunnel goes to the provider and is lost."""
        answered = sum(self._echo(destination) for _ in range(count))
        return {**self.told(), "sent": count, "answered": answered}

    def _echo(self, destination: IPv4Address) -> bool:
        box, own = self.server, self.assigned
        found = [flow for flow in self.flows if own is not None and flow.selector.covers(destination, own)]
        if box is None or own is None or not found or "drop-esp" in box.faults:
            return False
        flow = min(found, key=lambda item: -item.selector.source.prefixlen)
        _count_in(flow)
        if not box.meaning.reaches(destination, own, tunnelled=True):
            return False
        self.sending = True
        try:
            return self.network.sent_back(box, destination, own) is not Outcome.LOST
        finally:
            self.sending = False

    async def idle(self, seconds: float) -> dict[str, Any]:
        """Stay connected without a packet for so many lab seconds."""
        await self.network.clock.sleep(seconds)
        return self.told()

    def disconnect(self) -> dict[str, Any]:
        """Say good-bye: the router deletes what it has with this client."""
        box = self.server
        if box is not None:
            self.network.drop(box, [flow for flow in box.crypto.flows if flow.peer == self.address])
            rows = [row for row in box.crypto.ike if self.address in (row.src, row.dst)]
            box.crypto.bury(rows, self.network.clock.now())
        self.assigned, self.server = None, None
        return self.told()


def _count_in(flow: Flow) -> None:
    flow.decaps += 1
    flow.inbound[-1].packets += 1


class Attempt(Struct):
    """One attempt to connect."""

    client: VpnClient
    box: Box
    login: Login
    row: IkeSa
    policy: Policy | None = None
    group: remote_access.Group | None = None

    async def run(self) -> str:
        """Go through the exchanges; why it failed, or nothing. On success the SAs are there."""
        network = self.client.network

        def show(state: str) -> None:
            self.row.state = state

        reason = await walk(self._steps(), self, show, network)
        if reason:
            return reason
        show("QM_IDLE")
        self.row.policy = self.policy
        self.row.expires = network.clock.now() + (self.policy.lifetime if self.policy else 0)
        await network.clock.sleep(QUICK)
        return self._quick_mode()

    def _steps(self) -> tuple[Step[Attempt], ...]:
        asks = bool(self._settings.authentication)
        return (
            Step(EXCHANGE / 2, "AG_NO_STATE", Attempt._propose),
            Step(EXCHANGE / 2, "AG_INIT_EXCH", Attempt._authenticate),
            *((Step(DIALOGUE, "CONF_XAUTH", Attempt._ask_user),) if asks else ()),
            Step(DIALOGUE, "CONF_ADDR", Attempt._give_address),
        )

    @property
    def _dynamic(self) -> list[Protector]:
        found = self.box.meaning.protectors().at.get(self.login.host, [])
        return [protector for protector in found if protector.dynamic]

    @property
    def _settings(self) -> remote_access.MapSettings:
        found = self.box.meaning.protectors().at.get(self.login.host, [])
        return remote_access.map_settings(self.box.store, found[0].name if found else "")

    def _propose(self) -> str:
        """Its first message has proposals and the name of the group: the router takes both, or says nothing."""
        fitting: Iterable[Policy] = self.box.meaning.policies()
        fitting = (
            item for item in fitting if item.auth == "pre-share" and item.group == "2" and (item.encr, item.hash) in OFFERS
        )
        self.policy = next(iter(fitting), None)
        listed = remote_access.groups_locally(self.box.store, self._settings.authorization)
        self.group = remote_access.group(self.box.store, self.login.group) if listed else None
        reason = "policy" if self.policy is None else "group" if self.group is None or not self.group.key else ""
        if reason:
            self.box.log(f"%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Aggressive mode failed with peer at {self.client.address}")
        return reason

    def _authenticate(self) -> str:
        """With another group key the client's answer cannot be read."""
        if self.group is not None and self.group.key == self.login.key:
            return ""
        self.box.bad_message(self.client.address)
        return "key"

    def _ask_user(self) -> str:
        """Extended authentication, by the list of the map."""
        known = remote_access.asks_locally(self.box.store, self._settings.authentication)
        level = self.box.credentials_match(self.login.user, self.login.password) if known else None
        return "" if level is not None else "user"

    def _give_address(self) -> str:
        """Mode configuration: the client asks, and the map has to say that requests are answered."""
        if not self._settings.responds:
            return "mode config"
        taken = {flow.selector.destination.network_address for flow in self.box.crypto.flows if not flow.from_acl}
        taken |= {address for other in self.client.network.clients.values() if (address := other.holds) is not None}
        pool = self.group.pool if self.group is not None else ""
        free = (address for address in remote_access.addresses(self.box.store, pool) if address not in taken)
        self.client.assigned = next(free, None)
        return "" if self.client.assigned is not None else "pool"

    def _quick_mode(self) -> str:
        """The first template of the map that has one of its transforms: one flow for the router itself, one for each network."""
        for protector in self._dynamic:
            for template in protector.templates:
                offer = template.child(1)
                common = [item for item in offer.transforms if item in TRANSFORMS] if offer is not None else []
                if common and not template.pfs and not template.lines:
                    self._install(protector, template, common[0])
                    return ""
        self.box.quick_mode_failed(self.client.address)
        return "transform"

    def _install(self, protector: Protector, template: Protector, transform: Transform) -> None:
        assert self.group is not None
        own, now = IPv4Network(f"{self.client.assigned}/32"), self.client.network.clock.now()
        for network in dict.fromkeys((IPv4Network(f"{self.login.host}/32"), *self.group.networks)):
            flow = Flow(protector.name, protector.seq, Selector(network, own), self.client.address, from_acl=False)
            flow.local = self.login.host
            for side in (flow.inbound, flow.outbound):
                side.append(self.box.crypto.new_sa(new_spi(), transform, now, template.seconds, template.kilobytes))
            self.box.crypto.flows.append(flow)
        self.client.network.upkeep.look_in(self.box, template.seconds - REKEY_SECONDS + 1)
        self.box.session_changed(self.client.address, up=True)
