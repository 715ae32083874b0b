"""A tunnel of an intent and its ends: ours, which are hosts of the inventory, and one that is not, of a partner or a cloud."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import Discriminator, Field, StrictBool, StrictInt, Tag

from ..errors import IntentError
from .intent_fields import (
    Address,
    CiscoName,
    Day,
    Interface,
    Name,
    NamedRecord,
    Network,
    PeerAddress,
    Record,
    SecretReference,
    Text,
    TunnelPrefix,
)
from .own_checks import OwnCheck

TunnelStatus = Literal["planned", "active", "disabled"]
TerminationRole = Literal["peer", "hub", "spoke"]
#: How a tunnel stands on a Cisco device: an entry of a crypto map, or a tunnel interface (VTI).
Style = Literal["crypto-map", "vti"]


class Waiver(Record):
    """Time-limited exception for weak cryptography, for a reason that somebody signed."""

    until: Day = Field(description="Last day on which the waiver holds (YYYY-MM-DD).")
    ticket: Text = Field(min_length=1, description="Ticket under which the waiver was granted.")
    reason: Text = Field(min_length=1, description="Why stronger cryptography is not possible.")


class Dpd(Record):
    """Dead peer detection (ISAKMP keepalives)."""

    interval_seconds: Annotated[StrictInt, Field(ge=10, le=3600)] = Field(description="Seconds of silence before asking.")
    retries: Annotated[StrictInt, Field(ge=2, le=60)] = Field(description="Seconds between retries after no answer.")


class CiscoTermination(Record):
    """Names on the device; where one is left out, the change picks it from what the device has."""

    crypto_map: CiscoName | None = Field(default=None, description="Crypto map that gets the entry.")
    map_sequence: Annotated[StrictInt, Field(ge=1, le=65535)] | None = Field(
        default=None, description="Sequence number of the crypto map entry."
    )
    access_list: CiscoName | None = Field(default=None, description="Access list that selects the traffic.")
    transform_set: CiscoName | None = Field(
        default=None, description="Transform set of the tunnel; on an ASA with IKEv2 its IPsec proposal."
    )
    tunnel_interface: Annotated[StrictInt, Field(ge=0, le=10413)] | None = Field(
        default=None, description="Number of the tunnel interface, with style vti."
    )


class CiscoTunnel(Record):
    """How the tunnel is built on Cisco devices, the same on all ends that are ours."""

    style: Literal["auto", "crypto-map", "vti"] = Field(
        default="auto",
        description="crypto-map, or vti: a tunnel interface. auto is vti where there is a tunnel_prefix and all ends can do it.",
    )
    mss: Annotated[StrictInt, Field(ge=500, le=1460)] | None = Field(
        default=None, description="Largest TCP segment in bytes through a tunnel interface of IOS; without it 1360 there."
    )
    mtu: Annotated[StrictInt, Field(ge=576, le=1500)] | None = Field(
        default=None, description="IP MTU in bytes of a tunnel interface of IOS; without it 1400 there."
    )
    routes: Literal["auto", "none"] = Field(
        default="auto",
        description="auto: static routes lead traffic for the far end into the tunnel, beside a crypto map where the device does "
        "not send it there already; none, with a crypto map: routing is only checked.",
    )
    nat_exemption: Literal["auto", "off"] = Field(
        default="auto",
        description="auto: traffic of the tunnel is kept out of address translation; off: translation is left alone.",
    )


class Termination(Record):
    """What is known of any end of a tunnel."""

    role: TerminationRole = Field(
        default="peer", description="Role of this end: both are peers, or one is the hub and the other the spoke."
    )
    outside_ip: PeerAddress = Field(description="Address of the outside interface, to which the other end builds.")
    protected_prefixes: tuple[Network, ...] = Field(
        min_length=1, description="Networks behind this end whose traffic goes through the tunnel."
    )


class TunnelTermination(Termination):
    """One end of a tunnel that is ours."""

    host: Name = Field(description="Device of this end: a host of the inventory.")
    interface: Interface = Field(description="Outside interface, as the device writes it (Ethernet0/0).")
    probe_address: Address = Field(
        description="Address of this device inside its protected prefixes: the source of the pings that verify the tunnel."
    )
    cisco: CiscoTermination = Field(default=CiscoTermination(), description="Names on a Cisco device.")

    @property
    def called(self) -> str:
        """How this end is named in a sentence."""
        return self.host


class ForeignTermination(Termination):
    """One end of a tunnel that is not ours: of a partner or a cloud. It has no host, and is never logged in to."""

    partner: Text = Field(default="", description="Who runs this end, for people and for the partner sheet.")
    probe_address: Address | None = Field(
        default=None, description="Address behind this end that answers pings; without it the tunnel is verified without traffic."
    )
    offers: tuple[Name, ...] = Field(
        default=(),
        description="Names of the IKE and IPsec proposals that this end can do; without them it is taken to do all.",
    )

    @property
    def called(self) -> str:
        """How this end is named in a sentence."""
        return self.partner or f"the far end {self.outside_ip}"


#: Keys that only an end of ours has. Where one stands, a missing host was forgotten.
OWN_KEYS = frozenset({"host", "interface", "cisco"})
#: What pydantic writes into the place of an error for either kind of end.
KINDS_OF_END: Mapping[str, type[TunnelTermination] | type[ForeignTermination]] = {
    "own-end": TunnelTermination,
    "foreign-end": ForeignTermination,
}


def _kind_of_end(value: Any) -> str:
    if isinstance(value, Mapping):
        return "own-end" if OWN_KEYS & value.keys() else "foreign-end"
    return "foreign-end" if isinstance(value, ForeignTermination) else "own-end"


AnyTermination = Annotated[
    Annotated[TunnelTermination, Tag("own-end")] | Annotated[ForeignTermination, Tag("foreign-end")],
    Discriminator(_kind_of_end),
]


class Side(Struct, frozen=True):
    """One tunnel seen from an end that is ours."""

    local: TunnelTermination
    remote: TunnelTermination | ForeignTermination

    @property
    def selectors(self) -> tuple[tuple[IPv4Network, IPv4Network], ...]:
        """All pairs (local prefix, remote prefix), in the order of the intent; the far end has the same pairs swapped."""
        return tuple((a, b) for a in self.local.protected_prefixes for b in self.remote.protected_prefixes)


class End(Side, frozen=True):
    """One tunnel seen from one of its ends, where both are ours."""

    remote: TunnelTermination


class Tunnel(NamedRecord):
    """One LAN-to-LAN tunnel: between two hosts, or between a host and an end that is not ours."""

    status: TunnelStatus = Field(default="active", description="Only active tunnels are built and verified.")
    description: Text = Field(default="", description="What the tunnel is for, in one line.")
    encapsulation: Literal["ipsec-tunnel"] = Field(default="ipsec-tunnel", description="Encapsulation.")
    ipsec_profile: Name = Field(description="Name of an IPsec profile.")
    preshared_key_ref: SecretReference = Field(
        description="Where the pre-shared key is kept, as scheme:name (credential:hq-branch-psk). Never the key itself."
    )
    nat_traversal: StrictBool = Field(
        default=False, description="True when there is address translation between the ends; not built yet."
    )
    dpd: Dpd | None = Field(default=None, description="Dead peer detection; without it none.")
    waiver: Waiver | None = Field(default=None, description="Time-limited exception for weak cryptography.")
    tunnel_prefix: TunnelPrefix | None = Field(
        default=None,
        description="A /30 or /31 for the addresses of the tunnel interfaces: the first of the two for the first end.",
    )
    cisco: CiscoTunnel = Field(default=CiscoTunnel(), description="How the tunnel is built on Cisco devices.")
    checks: tuple[OwnCheck, ...] = Field(
        default=(),
        max_length=20,
        description="Checks of your own: what has to hold beside the proof, after a deploy and in verify.",
    )
    terminations: tuple[AnyTermination, AnyTermination] = Field(
        description="The two ends; one without a host is not ours, but of a partner or a cloud."
    )

    @property
    def own(self) -> tuple[TunnelTermination, ...]:
        """The ends that are ours, in the order of the intent."""
        return tuple(end for end in self.terminations if isinstance(end, TunnelTermination))

    @property
    def foreign(self) -> tuple[ForeignTermination, ...]:
        """The ends that are not ours."""
        return tuple(end for end in self.terminations if isinstance(end, ForeignTermination))

    @property
    def sides(self) -> tuple[Side, ...]:
        """The tunnel from each end that is ours, in the order of the intent."""
        a, b = self.terminations
        return tuple(Side(near, far) for near, far in ((a, b), (b, a)) if isinstance(near, TunnelTermination))

    @property
    def ends(self) -> tuple[End, End]:
        """Both ends, in the order of the intent. Raises IntentError where one of them is not ours."""
        a, b = self.terminations
        if isinstance(a, TunnelTermination) and isinstance(b, TunnelTermination):
            return End(a, b), End(b, a)
        raise IntentError(f"tunnel {self.name}: an end without a host is not built yet")

    def tunnel_address(self, end: TunnelTermination | ForeignTermination) -> IPv4Interface | None:
        """Address of the tunnel interface of one of the ends, with its mask; None without a tunnel_prefix."""
        if self.tunnel_prefix is None:
            return None
        first = self.tunnel_prefix.network_address + (1 if self.tunnel_prefix.prefixlen == 30 else 0)
        place = self.terminations.index(end)
        return IPv4Interface((IPv4Address(first + place), self.tunnel_prefix.prefixlen))
