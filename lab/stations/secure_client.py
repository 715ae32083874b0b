"""A scripted Secure Client: IKEv2 with AnyConnect-EAP, an address of the pool, traffic, sleep, and coming back by its session.

It shows the identity of all its kind at first, and takes the head-end's certificate only while that is valid and for a server.
Where the head-end lets sessions come again, it was given an identity of its own and a token: it comes back with these after a
sleep, proved by a pre-shared key. Sources: FlexVPN configuration guide (auto-reconnect) and Cisco's document on it with a C8000V.
What it offers, and after how long a head-end gives up a silent client (45 seconds and two tries), are from memory.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from ..core.errors import LabError
from ..core.negotiation.sa import Flow, Held, Ike2Sa, Remote, new_spi
from ..core.negotiation.upkeep import REKEY_SECONDS
from ..core.records import Identity, Proposal, Selector, Suite, Transform
from ..features import flexvpn

if TYPE_CHECKING:
    from ..core.box import Box
    from ..core.wire.network import Network

OFFER = Proposal(
    "client",
    ("aes-gcm-256", "aes-cbc-256", "aes-gcm-128", "aes-cbc-192", "aes-cbc-128"),
    ("sha512", "sha384", "sha256", "sha1"),
    ("sha512", "sha384", "sha256", "sha1"),
    ("21", "20", "19", "24", "14", "5", "2"),
)
_CIPHERS = ("esp-256-aes", "esp-192-aes", "esp-aes")
_DIGESTS = ("esp-sha512-hmac", "esp-sha384-hmac", "esp-sha256-hmac", "esp-sha-hmac")
TRANSFORMS: frozenset[Transform] = frozenset(
    [(cipher, digest) for cipher in _CIPHERS for digest in _DIGESTS] + [("esp-gcm 256",), ("esp-gcm",)]
)
DPD_SECONDS, DPD_RETRY = 45, 2
#: Silence after which the head-end gives a client up.
PATIENCE = DPD_SECONDS + 5 * DPD_RETRY
INIT, AUTH, LOGIN = 0.5, 1.0, 0.5
WORDS = {
    "no answer": "The secure gateway is not responding.",
    "policy": "The IPsec VPN connection was terminated: no proposal was chosen.",
    "profile": "The secure gateway rejected the connection attempt: no profile takes this client.",
    "certificate": "The certificate on the secure gateway is invalid. A VPN connection will not be established.",
    "user": "Login failed.",
    "authorization": "The secure gateway has rejected the connection attempt: authorization failed.",
    "pool": "The secure gateway has rejected the connection attempt: no assigned address.",
    "transform": "The IPsec VPN connection was terminated: no child SA.",
    "reconnect": "Reconnect failed. A new connection requires re-authentication.",
}


@dataclass(frozen=True, slots=True)
class EapLogin:
    """What a person has typed."""

    host: IPv4Address
    user: str
    password: str = field(default="", repr=False)


class _Agreed(Struct, frozen=True):
    """What both ends have found before an SA is made."""

    found: flexvpn.HeadEnd
    suite: Suite
    profile: str
    transform: Transform
    seconds: int
    kilobytes: int


class SecureClient(Struct):
    """One client behind the provider. `token` is what it was given to come back with, empty where nothing was."""

    name: str
    address: IPv4Address
    network: Network
    host: IPv4Address | None = None
    server: Box | None = None
    row: Ike2Sa | None = None
    token: str = ""
    connecting: bool = False

    @property
    def assigned(self) -> IPv4Address | None:
        """Its address of the pool."""
        return self.row.client.assigned if self.row is not None and self.row.client is not None else None

    @property
    def connected(self) -> bool:
        """Whether the head-end has SAs with it."""
        return self.server is not None and self.row in self.server.crypto.ike2 and bool(self.flows)

    @property
    def flows(self) -> list[Flow]:
        """Its flow in the head-end."""
        return [flow for flow in self.server.crypto.flows if flow.peer == self.address and flow.outbound] if self.server else []

    @property
    def holds(self) -> IPv4Address | None:
        """Its address of the pool while it has one."""
        return self.assigned if self.connected else None

    def told(self, reason: str = "") -> dict[str, Any]:
        """What a person sees, with the counters of the head-end for this client."""
        if self.server is not None:
            self.network.settle(self.server)
        up = self.connected
        return {
            "connected": up,
            "address": str(self.assigned) if up and self.assigned else "",
            "failed": reason,
            "says": WORDS[reason] if reason else "",
            "encaps": sum(flow.encaps for flow in self.flows),
            "decaps": sum(flow.decaps for flow in self.flows),
            "reconnects": bool(self.token),
        }

    def answers(self, flow: Flow, destination: IPv4Address) -> bool:
        """A packet has come out of the tunnel: an echo request is answered."""
        if destination != self.assigned or self._asleep:
            return False
        flow.decaps += 1
        return True

    @property
    def _asleep(self) -> bool:
        return self.row is not None and self.row.client is not None and self.row.client.asleep

    async def connect(self, login: EapLogin) -> dict[str, Any]:
        """Connect with a name and a password. LabError while it is connected."""
        if self.connected or self.connecting:
            raise LabError(f"{self.name} is connected already.")
        self.connecting = True
        try:
            return self.told(await self._connect(login))
        finally:
            self.connecting = False

    async def _connect(self, login: EapLogin) -> str:
        self._forget()
        self.host = login.host
        box = self._reached()
        await self.network.clock.sleep(INIT)
        if box is None:
            return "no answer"
        self.server = box
        agreed = self._agree(box)
        await self.network.clock.sleep(AUTH)
        if isinstance(agreed, str):
            return agreed
        found = flexvpn.certificate(box, agreed.found.trustpoint)
        if found is None or not box.clock_set or not found.fits(box.wall()):
            return "certificate"
        await self.network.clock.sleep(LOGIN)
        if not _may_log_in(box, agreed.found, login):
            return "user"
        pool = flexvpn.group_pool(box.store, agreed.found)
        if pool is None:
            return "authorization"
        address = flexvpn.free_address(box, pool)
        if address is None:
            return "pool"
        self._install(box, agreed, address, flexvpn.KEY_ID, login.user)
        return ""

    def _reached(self) -> Box | None:
        """The head-end, if it answers: it is there, takes IKEv2, and knows a way back."""
        box = self.network.owner(self.host) if self.host is not None else None
        if box is None or box.off or "drop-ike" in box.faults or not box.store.all("ikev2 profile"):
            return None
        route = self.network.route(box, self.address)
        return cast("Box", box) if route is not None and route.via in self.network.gateways else None

    def _agree(self, box: Box) -> _Agreed | str:
        """Algorithms of both phases and the profile that takes it, or why there are none."""
        assert self.host is not None
        suite = _first(mine.agreed(OFFER) for mine in box.meaning.proposals(self.host))
        if suite is None:
            return "policy"
        found = flexvpn.of_client(box.store, self.host)
        if found is None:
            return "profile"
        child = flexvpn.transforms(box.store, found.template)
        common = [item for item in child[1] if item in TRANSFORMS] if child is not None else []
        if child is None or not common:
            return "transform"
        return _Agreed(found, suite, child[0], common[0], child[2], child[3])

    def _install(self, box: Box, agreed: _Agreed, address: IPv4Address, name: str, user: str) -> None:
        """The SAs, on an interface that is cloned for it."""
        now, found = self.network.clock.now(), agreed.found
        taken = {row.client.clone for row in box.crypto.ike2 if row.client is not None}
        clone = next(number for number in range(1, len(taken) + 2) if number not in taken)
        assert self.host is not None
        row = box.crypto.new_ike2(self.host, self.address, now, new_spi(), initiator=False)
        port = 49152 + secrets.randbelow(16000)
        row.client = Remote(clone, f"Virtual-Template{found.template}", address, name, user, port, again=not user)
        row.state, row.suite, row.profile, row.port = "READY", agreed.suite, found.name, 4500
        row.sent, row.received = Identity("address", str(self.host)), Identity("key-id", name)
        row.spi, row.far_spi = new_spi() << 32 | new_spi(), new_spi() << 32 | new_spi()
        row.expires, row.patience, row.interval = now + row.lifetime, PATIENCE, DPD_SECONDS
        own = Selector(IPv4Network("0.0.0.0/0"), IPv4Network(f"{address}/32"))
        flow = Flow(f"Virtual-Access{clone}-head-0", 65537, own, self.address, from_acl=False, version=2, port=4500)
        flow.local = self.host
        for side in (flow.inbound, flow.outbound):
            side.append(box.crypto.new_sa(new_spi(), agreed.transform, now, agreed.seconds, agreed.kilobytes))
        box.crypto.flows.append(flow)
        self.row, self.server = row, box
        self._hold(box, found, user)
        self.network.upkeep.look_in(box, agreed.seconds - REKEY_SECONDS + 1)
        box.session_changed(self.address, up=True)

    def _hold(self, box: Box, found: flexvpn.HeadEnd, user: str) -> None:
        """The head-end remembers the session under a new identity, if its profile says so."""
        assert self.row is not None
        assert self.row.client is not None
        self.token = ""
        if found.reconnect:
            self.token = "".join(secrets.choice(string.ascii_letters) for _ in range(18))
            held = Held(self.token, user, self.row.client.assigned, found.name, found.reconnect, self.row)
            box.crypto.reconnects.held.append(held)

    async def send(self, destination: IPv4Address, count: int) -> dict[str, Any]:
        """Ping something behind the head-end, or the head-end itself, through the tunnel."""
        answered = sum(self._echo(destination) for _ in range(count))
        return {**self.told(), "sent": count, "answered": answered}

    def _echo(self, destination: IPv4Address) -> bool:
        box, own = self.server, self.assigned
        if box is None or own is None or not self.connected or self._asleep or "drop-esp" in box.faults:
            return False
        flow = self.flows[0]
        flow.decaps += 1
        flow.inbound[-1].packets += 1
        if not box.meaning.reaches(destination, own, tunnelled=True):
            return False
        flow.encaps += 1
        flow.outbound[-1].packets += 1
        return True

    async def idle(self, seconds: float) -> dict[str, Any]:
        """Stay as it is for so many lab seconds."""
        await self.network.clock.sleep(seconds)
        return self.told()

    def suspend(self) -> dict[str, Any]:
        """The computer sleeps: no word to the head-end, which gives the client up after a while."""
        if not self.connected or self.row is None or self.row.client is None or self.server is None:
            raise LabError(f"{self.name} is not connected, so there is nothing to suspend.")
        self.row.client.asleep = True
        for item in self.server.crypto.reconnects.held:
            if item.row is self.row:
                item.lost = self.network.clock.now() + PATIENCE
        self.server.crypto.silent[self.address] = self.network.clock.now()
        self.network.upkeep.look_in(self.server, PATIENCE + 1)
        return self.told()

    async def resume(self) -> dict[str, Any]:
        """The computer wakes up: the client comes back by its session, or has to log in again."""
        box, token = self.server, self.token
        if box is None or self.row is None or not (self._asleep or self.row not in box.crypto.ike2):
            raise LabError(f"{self.name} does not sleep.")
        if not token:
            self.disconnect()
            return self.told("reconnect")
        await self.network.clock.sleep(INIT)
        if self._reached() is None:
            return self.told("no answer")
        await self.network.clock.sleep(AUTH)
        self.network.settle(box)
        state = box.crypto.reconnects
        held = next((item for item in flexvpn.settle(box) if item.token == token), None)
        agreed = self._agree(box)
        if held is None or isinstance(agreed, str) or not agreed.found.reconnect:
            state.failed += 1
            self._forget()
            return self.told("reconnect")
        self._leave(box)
        state.held.remove(held)
        state.success += 1
        self._install(box, agreed, held.assigned, token.encode().hex().upper(), "")
        return self.told()

    def _leave(self, box: Box) -> None:
        """What the head-end has of it goes."""
        if self.row is not None and self.row in box.crypto.ike2:
            self.network.upkeep.drop_ike2(box, [self.row])
        box.crypto.silent.pop(self.address, None)

    def _forget(self) -> None:
        if self.server is not None:
            self._leave(self.server)
        self.row, self.server, self.token = None, None, ""

    def disconnect(self) -> dict[str, Any]:
        """Say good-bye: the head-end deletes what it has with this client, and does not expect it back."""
        box = self.server
        if box is not None:
            box.crypto.reconnects.held = [item for item in box.crypto.reconnects.held if item.row is not self.row]
        self._forget()
        return self.told()


def _may_log_in(box: Box, found: flexvpn.HeadEnd, login: EapLogin) -> bool:
    from ..features import remote_access

    asked = remote_access.asks_locally(box.store, found.users_list)
    return asked and box.credentials_match(login.user, login.password) is not None


def _first(found: Iterable[Suite | None]) -> Suite | None:
    return next((suite for suite in found if suite is not None), None)
