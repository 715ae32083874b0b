"""Intent: which tunnels there have to be, in NetBox's VPN vocabulary (names and choice values of NetBox 4.7).

What NetBox has no word for follows Nautobot (``protected_prefixes``, ``nat_traversal``) or stands in the ``cisco`` block.
A pre-shared key is never part of it: ``preshared_key_ref`` says where the key is kept. The models hold what one record can
say about itself; what two records or a device have to agree on is in `validation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeVar

from msgspec import Struct, field
from pydantic import Field, field_validator

from ..errors import IntentError, NothingMatched
from ..files.did_you_mean import hint
from .auto_proposals import IKE_PREFERENCE, IPSEC_PREFERENCE
from .intent_crypto import (
    AUTHENTICATION_ALGORITHMS,
    AUTO,
    ENCRYPTION_ALGORITHMS,
    IKEPolicy,
    IKEProposal,
    IPSecPolicy,
    IPSecProfile,
    IPSecProposal,
)
from .intent_fields import NamedRecord, Record
from .intent_tunnel import (
    CiscoTermination,
    CiscoTunnel,
    Dpd,
    End,
    ForeignTermination,
    Side,
    Style,
    Termination,
    Tunnel,
    TunnelTermination,
    Waiver,
)

__all__ = [
    "AUTHENTICATION_ALGORITHMS",
    "ENCRYPTION_ALGORITHMS",
    "CiscoTermination",
    "CiscoTunnel",
    "Crypto",
    "Dpd",
    "End",
    "ForeignTermination",
    "IKEPolicy",
    "IKEProposal",
    "IPSecPolicy",
    "IPSecProfile",
    "IPSecProposal",
    "Intent",
    "IntentFile",
    "NamedRecord",
    "Record",
    "Side",
    "Style",
    "Termination",
    "Tunnel",
    "TunnelTermination",
    "Waiver",
]

R = TypeVar("R", bound=NamedRecord)


class IntentFile(Record):
    """One intent file. Records of all files of a folder make up the intent; a name is defined once."""

    schema_version: Literal[1] = Field(description="Version of this file format.")
    ike_proposals: tuple[IKEProposal, ...] = Field(default=(), description="Offers for phase 1.")
    ike_policies: tuple[IKEPolicy, ...] = Field(default=(), description="Phase 1.")
    ipsec_proposals: tuple[IPSecProposal, ...] = Field(default=(), description="Offers for phase 2.")
    ipsec_policies: tuple[IPSecPolicy, ...] = Field(default=(), description="Phase 2.")
    ipsec_profiles: tuple[IPSecProfile, ...] = Field(default=(), description="Phase 1 and phase 2 together.")
    tunnels: tuple[Tunnel, ...] = Field(default=(), description="Tunnels.")

    @field_validator("ike_proposals", "ipsec_proposals")
    @classmethod
    def _auto_is_taken(
        cls, records: tuple[IKEProposal, ...] | tuple[IPSecProposal, ...]
    ) -> tuple[IKEProposal, ...] | tuple[IPSecProposal, ...]:
        for record in records:
            if record.name == AUTO or record.name.startswith(f"{AUTO}-"):
                raise ValueError(f"{record.name} may not be called so: auto is the word for what nr-run picks itself")
        return records


@dataclass(frozen=True, slots=True)
class Crypto:
    """The cryptography of one tunnel with every reference followed. Proposals are ordered, best first.

    ``auto``: parts for which the intent says auto, of ``ike``, ``ipsec`` and ``pfs``. Their proposals are all that may be picked,
    strongest first, until `strength.narrow` knows what the ends can do.
    """

    ike_version: Literal[1, 2]
    ike_mode: Literal["main", "aggressive"] | None
    ike_proposals: tuple[IKEProposal, ...]
    ipsec_proposals: tuple[IPSecProposal, ...]
    pfs_group: int | None
    auto: frozenset[str] = frozenset()


class Intent(Struct, frozen=True):
    """All records of an intent by name. ``places`` says where a tunnel is written (``file:line``), as far as it is known."""

    ike_proposals: Mapping[str, IKEProposal]
    ike_policies: Mapping[str, IKEPolicy]
    ipsec_proposals: Mapping[str, IPSecProposal]
    ipsec_policies: Mapping[str, IPSecPolicy]
    ipsec_profiles: Mapping[str, IPSecProfile]
    tunnels: Mapping[str, Tunnel]
    places: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *files: IntentFile, places: Mapping[str, str] | None = None) -> Intent:
        """The intent that these files make up together. Raises IntentError when a name is defined twice."""
        return cls(
            ike_proposals=_by_name("IKE proposal", [r for f in files for r in f.ike_proposals]),
            ike_policies=_by_name("IKE policy", [r for f in files for r in f.ike_policies]),
            ipsec_proposals=_by_name("IPsec proposal", [r for f in files for r in f.ipsec_proposals]),
            ipsec_policies=_by_name("IPsec policy", [r for f in files for r in f.ipsec_policies]),
            ipsec_profiles=_by_name("IPsec profile", [r for f in files for r in f.ipsec_profiles]),
            tunnels=_by_name("tunnel", [r for f in files for r in f.tunnels]),
            places=MappingProxyType(dict(places or {})),
        )

    def resolve(self, tunnel: Tunnel) -> Crypto:
        """The cryptography of a tunnel. Raises IntentError when it names a record that does not exist."""
        profile = _get(self.ipsec_profiles, tunnel.ipsec_profile, f"tunnel {tunnel.name}: ipsec_profile")
        ike = _get(self.ike_policies, profile.ike_policy, f"IPsec profile {profile.name}: ike_policy")
        ipsec = _get(self.ipsec_policies, profile.ipsec_policy, f"IPsec profile {profile.name}: ipsec_policy")
        offers = tuple(name for end in tunnel.foreign for name in end.offers)
        said = {"ike": ike.proposals == (AUTO,), "ipsec": ipsec.proposals == (AUTO,), "pfs": ipsec.pfs_group == AUTO}
        return Crypto(
            ike_version=ike.version,
            ike_mode=ike.mode,
            ike_proposals=_listed(ike.proposals, self.ike_proposals, offers, IKE_PREFERENCE, f"IKE policy {ike.name}: proposals"),
            ipsec_proposals=_listed(
                ipsec.proposals, self.ipsec_proposals, offers, IPSEC_PREFERENCE, f"IPsec policy {ipsec.name}: proposals"
            ),
            pfs_group=ipsec.pfs_group if ipsec.pfs_group != "auto" else None,
            auto=frozenset(part for part, auto in said.items() if auto),
        )

    def select(self, names: Sequence[str] = (), *, any_status: bool = False) -> tuple[Tunnel, ...]:
        """The named tunnels, each once and in the order given; without names all active ones in the order of the files.

        ``any_status``: a name may also be of a tunnel that is not active, for taking it away. Raises NothingMatched for a name
        that is unknown or not active, and when nothing is active at all.
        """
        if not names:
            active = tuple(tunnel for tunnel in self.tunnels.values() if tunnel.status == "active")
            if not active:
                raise NothingMatched("no tunnel is active: the intent has none with status active")
            return active
        problems = [problem for name in dict.fromkeys(names) if (problem := self._why_not(name, any_status))]
        if problems:
            raise NothingMatched("\n".join(problems))
        return tuple(self.tunnels[name] for name in dict.fromkeys(names))

    def _why_not(self, name: str, any_status: bool) -> str | None:
        tunnel = self.tunnels.get(name)
        if tunnel is None:
            return f"no tunnel is named {name!r}{hint(name, self.tunnels)}"
        if tunnel.status != "active" and not any_status:
            return f"tunnel {name} is {tunnel.status}: set its status to active to work on it"
        return None


def _by_name(kind: str, records: Sequence[R]) -> Mapping[str, R]:
    found: dict[str, R] = {}
    for record in records:
        if record.name in found:
            raise IntentError(f"{kind} {record.name} is defined twice")
        found[record.name] = record
    return MappingProxyType(found)


def _listed(
    names: tuple[str, ...], records: Mapping[str, R], offers: Sequence[str], preference: tuple[R, ...], field: str
) -> tuple[R, ...]:
    """The proposals of these names; with auto those that a far end offers, or all that nr-run would pick itself."""
    offered = tuple(records[name] for name in offers if name in records)
    if names == (AUTO,):
        return offered or preference
    listed = tuple(_get(records, name, field) for name in names)
    return tuple(record for record in listed if record in offered) if offered else listed


def _get(records: Mapping[str, R], name: str, field: str) -> R:
    try:
        return records[name]
    except KeyError:
        raise IntentError(f"{field}: there is no {name!r}{hint(name, records)}") from None
