"""The providers whose samples are read: one record each, with how a sample is known and what its gateway is known to do.

Sources: the samples themselves; AWS Site-to-Site VPN user guide, tunnel options and your customer gateway device; Azure VPN
Gateway documentation, about VPN devices and IPsec/IKE parameters; Google Cloud VPN documentation, supported IKE ciphers; IBM
Cloud VPN for VPC documentation; Oracle Cloud Infrastructure documentation, supported IPSec parameters; Alibaba Cloud VPN Gateway
documentation and the answer of DownloadVpnConnectionConfig.
"""

from __future__ import annotations

import re

from msgspec import Struct

from ..printed.line_numbers import breaks_before


class Provider(Struct, frozen=True):
    """One provider. ``marks`` are found in its samples and in no other's; ``weak_marks`` count where no other mark is found.

    ``tunnels`` is how many tunnels a sample announces by ``announces``. ``key_form`` is what its gateway takes for a key, with a
    sentence. ``groups`` are Diffie-Hellman groups that it has for certain, and ``gcm`` whether it has AES-GCM in phase 2: a row
    says less where a document is silent. ``stronger`` says what has to be set there for stronger algorithms than those of the
    sample. ``static`` says what has to be set where the sample routes by BGP and the tunnel is built with static routes.
    """

    name: str
    title: str
    marks: tuple[re.Pattern[str], ...]
    weak_marks: tuple[re.Pattern[str], ...] = ()
    announces: re.Pattern[str] | None = None
    tunnels: int = 1
    key_form: re.Pattern[str] | None = None
    key_sentence: str = ""
    groups: frozenset[int] = frozenset({14})
    gcm: bool = False
    stronger: str = "set the same values at the provider before the tunnel is built"
    static: str = "set static routes to your networks at the provider"
    source: str = ""


def _found(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text, re.IGNORECASE | re.MULTILINE) for text in texts)


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        name="aws",
        title="AWS",
        groups=frozenset({14, 19, 20}),
        gcm=True,
        marks=_found(
            r"^!\s*Amazon Web Services", r"\b(?:vpn|vgw|cgw)-[0-9a-f]{8,17}\b", r"\bAWS_ENDPOINT_\d", r"\bamzn[-_]vpn[-_]map\b"
        ),
        announces=re.compile(r"This configuration consists of two tunnels", re.IGNORECASE),
        tunnels=2,
        key_form=re.compile(r"(?!0)[A-Za-z0-9._]{8,64}"),
        key_sentence="AWS takes 8 to 64 letters, digits, full stops and underscores, not beginning with 0",
        stronger="AWS takes them as it is, unless the options of the tunnel allow fewer",
        static="make the VPN connection with static routing, and give it your networks",
        source="AWS Site-to-Site VPN user guide, tunnel options",
    ),
    Provider(
        name="azure",
        title="Azure",
        groups=frozenset({14, 19, 20}),
        gcm=True,
        marks=_found(
            r"^!\s*(?:Microsoft Corporation|Windows Azure Virtual Network)",
            r"\bazure-(?:proposal|policy|keyring|profile|vti|ipsec|crypto|vpn|networks)",
            r"/Data/(?:SP|RP)_\w+",
            r"SP_AzureGateway",
        ),
        weak_marks=_found(r"\baz-(?:PROPOSAL|POLICY|PROFILE|VTI|IPSEC)", r"\bpeer azvpn\d", r"\bremote-as 65515\b"),
        stronger="give the connection of the Azure gateway a custom IPsec/IKE policy with these values",
        static="turn BGP off at the connection, and write your networks into the local network gateway",
        source="Azure VPN Gateway documentation, IPsec/IKE parameters",
    ),
    Provider(
        name="google",
        title="Google Cloud",
        groups=frozenset({14}),
        gcm=True,
        marks=_found(r"\bGoogle Cloud\b", r"\bgcp-if-\d", r"\bVPN_SCALE_TEST_\w+"),
        weak_marks=_found(r"^\s*peer GCP\d*\s*$", r"\bipsec-proposal GCP\b", r"\bset ikev2 ipsec-proposal GCP\b"),
        stronger="Google Cloud takes them as it is, with IKEv2",
        static="make the tunnel of a classic VPN gateway with static routes; an HA gateway has BGP only",
        source="Google Cloud VPN documentation, supported IKE ciphers",
    ),
    Provider(
        name="ibm",
        title="IBM Cloud",
        groups=frozenset({14, 19, 20}),
        marks=_found(r"\bIBM (?:Cloud|policy-based VPN)", r"\bibm[-_]vpc\b|\bibm-vpc-", r"\bibm_vpn\b"),
        stronger="give the VPN gateway custom IKE and IPsec policies with these values",
        source="IBM Cloud VPN for VPC documentation, using custom policies",
    ),
    Provider(
        name="oracle",
        title="Oracle Cloud",
        groups=frozenset({14, 19, 20}),
        gcm=True,
        marks=_found(r"\boracle[-_](?:vcn|vpn|v2)[-_]", r"\bORACLE-VPN\d", r"\bOracle Cloud\b", r"\bremote-as 31898\b"),
        key_form=re.compile(r"[A-Za-z0-9]{8,64}"),
        key_sentence="Oracle Cloud takes 8 to 64 letters and digits",
        stronger="set them under the advanced options of the tunnel",
        static="set the routing type of the tunnel to static, with your networks",
        source="Oracle Cloud Infrastructure documentation, supported IPSec parameters",
    ),
    Provider(
        name="alibaba",
        title="Alibaba Cloud",
        marks=_found(r"\bALIYUN\b|\bAlibaba Cloud\b|\baliyun[-_]", r"\bVpnConnectionConfig\b"),
        weak_marks=_found(r"^\s*crypto map ipsecpro64\b", r"\bipsecpro64\b"),
        stronger="set these single values (version, encryption, authentication, DH group) at the IPsec connection in the console",
        static="turn BGP off at the IPsec connection, and give it routes to your networks",
        source="Alibaba Cloud VPN Gateway documentation, manage an IPsec-VPN connection",
    ),
    Provider(
        name="cloudflare",
        title="Cloudflare",
        marks=_found(r"\bCF_MAGIC_WAN", r"\.ipsec\.cloudflare\.com\b"),
        stronger="Cloudflare takes them as it is",
        source="Cloudflare Magic WAN documentation, Cisco IOS XE",
    ),
    Provider(
        name="umbrella",
        title="Cisco Umbrella",
        groups=frozenset({14, 19, 20}),
        gcm=True,
        marks=_found(r"@\S*umbrella\.com\b", r"\bumbrella-(?:proposal|pol|kr|ikev2|tset|ipsec)"),
        stronger="Umbrella takes them as it is",
        source="Cisco Umbrella SIG guide, supported IPsec parameters",
    ),
)
#: A sample of which nothing says whose it is.
UNKNOWN = Provider(name="unknown", title="a provider that is not known", marks=())


def providers_of(text: str) -> tuple[tuple[Provider, int], ...]:
    """Providers whose marks stand in a text, each with the first line that has one, in the order of those lines."""
    found = _marked(text, weak=False) or _marked(text, weak=True)
    return tuple(sorted(found, key=lambda one: one[1]))


def _marked(text: str, *, weak: bool) -> list[tuple[Provider, int]]:
    found = []
    for provider in PROVIDERS:
        places = [match.start() for mark in (provider.weak_marks if weak else provider.marks) if (match := mark.search(text))]
        if places:
            found.append((provider, breaks_before(text)(min(places)) + 1))
    return found
