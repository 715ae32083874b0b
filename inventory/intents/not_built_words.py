"""What people write into an intent for what is not built, or for nothing at all.

And where a field stands that is put in another place. A key of these is no typing error: it is answered with what is not built,
and not with the key that looks most like it.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from .intent_crypto import IKEPolicy, IKEProposal, IPSecPolicy, IPSecProfile, IPSecProposal
from .intent_tunnel import KINDS_OF_END, CiscoTermination, CiscoTunnel, Tunnel, TunnelTermination

Location = tuple[str | int, ...]

#: NetBox's words for what is not built, by field: they are no typing errors.
NOT_BUILT_WORDS: Mapping[str, frozenset[str]] = {
    "encapsulation": frozenset({"ipsec-transport", "ip-ip", "gre", "wireguard", "openvpn", "l2tp", "pptp"}),
    "authentication_method": frozenset(
        {"certificates", "certificate", "rsa-signatures", "dsa-signatures", "rsa-sig", "rsa-encr", "ecdsa-sig", "eap"}
    ),
    "mode": frozenset({"ah"}),
}
_BACKUP = (
    *("backup", "backup_peer", "backup_peers", "backup_ip", "backup_outside_ip", "outside_ips", "peers", "secondary_peer"),
    *("secondary", "secondary_ip", "secondary_peers", "failover_peer", "standby_peer", "peer_list"),
)
_IPV6 = (
    *("outside_ipv6", "outside_ip6", "ipv6", "protected_prefixes_v6", "protected_prefixes6", "protected_prefixes_ipv6"),
    *("ipv6_prefixes", "ipv6_address", "probe_address6", "probe_address_v6"),
)
_NAT = (
    *("nat_public_ip", "translated_prefixes", "translated_prefix", "nat", "nat_pool", "nat_prefix", "nat_prefixes"),
    *("nat_network", "mapped_prefixes", "static_nat", "source_nat", "destination_nat"),
)
_VRF = ("vrf", "front_vrf", "inside_vrf", "fvrf", "ivrf", "front_door_vrf", "vrf_name", "tunnel_vrf")
_CERTIFICATE = ("certificate", "trustpoint", "ca", "rsa", "pki", "certificate_ref", "trust_point")
_IDENTITY = ("identity", "local_id", "remote_id", "local_identity", "remote_identity", "ike_id", "identity_ref")
#: Keys that ask for what is not built -> what that is.
NOT_BUILT_KEYS: Mapping[str, str] = {
    **dict.fromkeys(_BACKUP, "a backup peer"),
    **dict.fromkeys(_IPV6, "IPv6"),
    **dict.fromkeys(("dynamic", "dynamic_ip", "dynamic_peer"), "an end whose address is not known beforehand"),
    **dict.fromkeys(("fqdn", "hostname", "dns_name"), "a peer by its name"),
    **dict.fromkeys(_VRF, "a tunnel in a VRF"),
    **dict.fromkeys(_CERTIFICATE, "authentication by certificate"),
    **dict.fromkeys(_IDENTITY, "an IKE identity other than the address of an end"),
    **dict.fromkeys(_NAT, "address translation of an end"),
    **dict.fromkeys(("gre", "gre_key", "dmvpn"), "GRE"),
    **dict.fromkeys(("bgp", "ospf", "eigrp", "routing", "dynamic_routing"), "dynamic routing over a LAN-to-LAN tunnel"),
}
#: Fields that may be left out -> what is not had then; and the words with which people ask for that.
LEFT_OUT: Mapping[str, str] = {"pfs_group": "perfect forward secrecy", "dpd": "dead peer detection"}
NONE_WORDS = frozenset({"none", "off", "no", "disabled", "false", "0"})
#: What has fields of its own, by where it stands in a file. The first one that has a field is named.
_SECTIONS: Mapping[str, type[BaseModel]] = {
    "tunnels[]": Tunnel,
    "tunnels[].terminations[]": TunnelTermination,
    "tunnels[].cisco": CiscoTunnel,
    "tunnels[].terminations[].cisco": CiscoTermination,
    "ipsec_policies[]": IPSecPolicy,
    "ike_policies[]": IKEPolicy,
    "ike_proposals[]": IKEProposal,
    "ipsec_proposals[]": IPSecProposal,
    "ipsec_profiles[]": IPSecProfile,
}
#: Words of people -> the field that says it.
_CALLED: Mapping[str, str] = {"pfs": "pfs_group", "ike_version": "version", "encryption": "encryption_algorithm"}
#: These every record has.
_EVERYWHERE = frozenset({"name", "description"})


def elsewhere(key: str, location: Location) -> str:
    """Which part of a file has a field for that, where a key stands in another one; empty where none has."""
    field, here = _CALLED.get(key, key), _section(location)
    found = (section for section, model in _SECTIONS.items() if field in model.model_fields and section != here)
    section = next(found, "") if field not in _EVERYWHERE else ""
    return f"{section.removesuffix('[]')} has {field} for that" if section else ""


def _section(location: Location) -> str:
    """Where a key stands, without the numbers of its records."""
    made = ""
    for part in location[:-1]:
        made += "[]" if isinstance(part, int) else "" if part in KINDS_OF_END else f".{part}" if made else part
    return made
