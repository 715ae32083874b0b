"""The clients of a head-end, each put together from two places: the router's session with it, and its IKEv2 session.

Both have to say the same: a client whose tunnel is for another address than the one it was assigned is not what it seems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address

from msgspec import Struct
from msgspec.structs import replace

from ...changes.objects import Config
from ...parsers.records.ikev2 import Ikev2Session, ReconnectStats
from ...parsers.records.session import CryptoSession
from ..l2l.placing.versions import is_version
from .intent import FlexVpn
from .names import own_name
from .reading import IKEV2_SESSIONS, RECONNECTS, RUNNING, SESSIONS, configured, read

#: First and last address of a pool.
Range = tuple[IPv4Address, IPv4Address]

_HOST = re.compile(r"permit ip \S+ host (?P<address>\d\S+)")


class Client(Struct, frozen=True):
    """One client. ``user`` is empty after a reconnect, which is by the token of the session; ``again`` says that it was one.

    ``packets_in`` and ``packets_out`` are those of its tunnel; ``wrong`` is what of it contradicts itself, empty for nothing.
    """

    peer: IPv4Address
    port: int
    address: IPv4Address | None
    user: str
    again: bool
    packets_in: int
    packets_out: int
    encryption: str | None
    integrity: str | None
    wrong: str = ""
    #: Its address is of a pool that gave way to another one while it was in.
    earlier: bool = False
    #: It has no tunnel for packets.
    bare: bool = False
    #: The list of sessions does not have it.
    unlisted: bool = False

    @property
    def sends(self) -> bool:
        """True if packets went both ways."""
        return bool(self.packets_in and self.packets_out)

    @property
    def title(self) -> str:
        """Who and where, for a sentence."""
        who = self.user or ("come back by its session" if self.again else "nobody by name")
        return f"the client at {self.peer} ({who}) with {self.address}"


class Clients(Struct, frozen=True):
    """All clients of one head-end, and the counters of the whole device; ``unread`` is why that is not known."""

    clients: tuple[Client, ...] = ()
    reconnects: ReconnectStats | None = None
    unread: str = ""

    @property
    def working(self) -> tuple[Client, ...]:
        """Those that send, who came in by what is wanted now, and of whom everything says the same."""
        return tuple(client for client in self.clients if client.sends and not client.wrong and not client.earlier)


def clients_of(wanted: FlexVpn, host: str, outputs: Mapping[str, str]) -> Clients:
    """The clients in what the router has shown."""
    sessions, ikes, stats = (read(host, command, outputs) for command in (SESSIONS, IKEV2_SESSIONS, RECONNECTS))
    unread = next((answer.unread for answer in (sessions, ikes, stats) if answer.unread), "")
    if unread:
        return Clients(unread=unread)
    earlier = pools_before(wanted, configured(outputs[RUNNING])) if RUNNING in outputs else ()
    return Clients(joined(wanted, sessions.state, ikes.state, earlier), stats.state)


def pools_before(wanted: FlexVpn, config: Config) -> tuple[Range, ...]:
    """First and last address of the pools of a head-end that stand beside the one that is wanted."""
    own = (item.groups for item in config.of("address-pool") if is_version(item.groups["name"], own_name(wanted)))
    ranges = ((IPv4Address(found["first"]), IPv4Address(found.get("last") or found["first"])) for found in own)
    return tuple(one for one in ranges if one != (wanted.pool.first, wanted.pool.last))


def joined(
    wanted: FlexVpn, sessions: Sequence[CryptoSession], ikes: Sequence[Ikev2Session], earlier: Sequence[Range] = ()
) -> tuple[Client, ...]:
    """Sessions of our profile with the IKEv2 session of the same peer and port; ``earlier`` are pools that gave way."""
    own = [one for one in sessions if one.profile == own_name(wanted) and one.status.startswith("UP")]
    # The one that began last is the client: where it has come back from elsewhere, the router may have the former one still.
    own.sort(key=lambda one: one.uptime_seconds if one.uptime_seconds is not None else 0)
    return _each_address_once([*(_client(one, ikes, wanted, earlier) for one in own), *_unlisted(wanted, sessions, ikes)])


def _unlisted(wanted: FlexVpn, sessions: Sequence[CryptoSession], ikes: Sequence[Ikev2Session]) -> Iterator[Client]:
    """Clients by their IKEv2 session alone: the list of sessions has no end, and one that is cut between two reads as whole."""
    listed = {(one.peer, one.peer_port) for one in sessions}
    for ike in ikes:
        for sa in ike.ikes:
            address = IPv4Address(str(sa.assigned_address)) if sa.assigned_address is not None else None
            if address is None or not wanted.pool.has(address) or (sa.remote_address, sa.remote_port) in listed:
                continue
            peer, port = IPv4Address(str(sa.remote_address)), sa.remote_port
            words = f"{address} is assigned to {peer} port {port}, which is in no list of sessions: it was not shown to its end"
            yield Client(peer, port, address, sa.remote_eap_id or "", False, 0, 0, None, None, wrong=words, unlisted=True)


def _each_address_once(found: Sequence[Client]) -> tuple[Client, ...]:
    """A second session with the address of another one is no second client: it is told, and not counted."""
    first: dict[IPv4Address, Client] = {}
    made: list[Client] = []
    for client in found:
        other = first.setdefault(client.address, client) if client.address is not None else client
        words = f"{client.address} is that of the session from {other.peer} port {other.port} too, which began later"
        made.append(client if other is client or client.wrong else replace(client, wrong=words))
    return tuple(made)


def _client(session: CryptoSession, ikes: Sequence[Ikev2Session], wanted: FlexVpn, earlier: Sequence[Range]) -> Client:
    end = (session.peer, session.peer_port)
    found = next((ike for ike in ikes for sa in ike.ikes if (sa.remote_address, sa.remote_port) == end), None)
    sa = found.ikes[0] if found is not None and found.ikes else None
    child = found.children[0] if found is not None and found.children else None
    assigned = sa.assigned_address if sa is not None else None
    before = assigned is not None and any(first <= IPv4Address(str(assigned)) <= last for first, last in earlier)
    again = any("R" in ike.capabilities for ike in session.ikes)
    return Client(
        peer=IPv4Address(str(session.peer)),
        port=session.peer_port,
        address=IPv4Address(str(assigned)) if assigned is not None else None,
        user=(sa.remote_eap_id or "") if sa is not None else "",
        again=again,
        packets_in=sum(flow.decrypted_packets or 0 for flow in session.flows),
        packets_out=sum(flow.encrypted_packets or 0 for flow in session.flows),
        encryption=child.encryption if child is not None else None,
        integrity=child.integrity if child is not None else None,
        wrong=_contradiction(
            session, str(assigned) if assigned else "", again, (sa.auth_verify or "") if sa else "", wanted, before
        ),
        earlier=before,
        bare=not (session.status.startswith("UP-ACTIVE") and session.flows),
    )


def _contradiction(session: CryptoSession, assigned: str, again: bool, verified: str, wanted: FlexVpn, earlier: bool) -> str:
    """What two places say differently of one client."""
    if not assigned:
        return f"the session of {session.peer} port {session.peer_port} has no IKEv2 session with an assigned address beside it"
    if not session.status.startswith("UP-ACTIVE") or not session.flows:
        return f"the session of {session.peer} port {session.peer_port} is {session.status}, and has no tunnel for packets"
    hosts = [match["address"] for flow in session.flows if (match := _HOST.fullmatch(flow.selector.strip()))]
    if hosts and hosts != [assigned]:
        return f"the tunnel of {session.peer} is for {', '.join(hosts)}, and {assigned} is assigned to it"
    if not (earlier or wanted.pool.has(IPv4Address(assigned))):
        return f"{assigned} of {session.peer} is not of the pool"
    if again is not (verified == "PSK"):
        return f"the session of {session.peer} is {'' if again else 'no '}reconnect, and it was verified by {verified}"
    return ""
