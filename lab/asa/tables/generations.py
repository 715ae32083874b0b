"""What each release of the ASA can do: one row each. The grammar, the rules and the shows ask the row, never the release.

Sources: ASA 8.2, 8.4, 9.1 and 9.19 command references; the release notes of 9.0 (SHA-2 for ESP, GCM and further groups, with
IKEv2 only), 9.7(1) and 9.8(1) (tunnel interfaces with IKEv1 and with IKEv2), 9.13 (group 14 and AES as defaults, groups 15 and
16), 9.15 and 9.16 (DES, 3DES, MD5 and the groups 2 and 24 are gone; group 5 is deprecated with IKEv1 and gone with IKEv2; 1024
tunnel interfaces) and 9.17 (no VPN without a client). The notes of 9.24(1) name nothing that concerns a LAN-to-LAN tunnel. What
an IKEv2 policy is made of when nothing else was said is from memory.
"""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

_CBC = ("aes", "aes-192", "aes-256")
_GCM = ("aes-gcm", "aes-gcm-192", "aes-gcm-256")
_GMAC = ("aes-gmac", "aes-gmac-192", "aes-gmac-256")
_SHA2 = ("sha256", "sha384", "sha512")
_ESP_SHA2 = ("sha-256", "sha-384", "sha-512")


class Suite(Struct, frozen=True):
    """What one version of IKE can be configured with, in the words of the configuration; `prf` of IKEv2 only."""

    ciphers: tuple[str, ...]
    hashes: tuple[str, ...]
    groups: tuple[str, ...]
    esp_ciphers: tuple[str, ...]
    esp_hashes: tuple[str, ...]
    prf: tuple[str, ...] = ()


class Generation(Struct, frozen=True, eq=False):
    """One release. `ike` is the word of IKEv1 commands, `pfs` every group that `set pfs` takes, `bare_pfs` what it means alone.

    `pfs1` are the groups that IKEv1 can do; `tunnels` the IKE versions of a tunnel interface, `last_tunnel` its highest number;
    `bgp` is from 9.2(1) on;
    `protocols` the words of `vpn-tunnel-protocol` in their order, `warned` the groups that the box warns of. There is one of
    each release, so two are never equal.
    """

    release: str
    ike: str
    v1: Suite
    v2: Suite | None
    pfs: tuple[str, ...]
    pfs1: tuple[str, ...]
    bare_pfs: str
    protocols: tuple[str, ...]
    policy1: dict[str, str]
    policy2: dict[str, str]
    tunnels: frozenset[int] = frozenset()
    last_tunnel: int = 0
    warned: frozenset[str] = frozenset()
    modern: bool = False
    applets: bool = False
    bgp: bool = False

    #: The order in which the lines of a policy are printed.
    LINES1: ClassVar[tuple[str, ...]] = ("authentication", "encryption", "hash", "group", "lifetime")
    LINES2: ClassVar[tuple[str, ...]] = ("encryption", "integrity", "group", "prf", "lifetime seconds")

    @property
    def old(self) -> bool:
        """Whether the words are those before 8.4: `isakmp`, `nat 0`, no objects."""
        return self.ike == "isakmp"


_OLD1 = {"authentication": "pre-share", "encryption": "3des", "hash": "sha", "group": "2", "lifetime": "86400"}
_OLD2 = {"encryption": "3des", "integrity": "sha", "group": "2", "prf": "sha", "lifetime seconds": "86400"}
_NEW1 = {**_OLD1, "encryption": "aes", "group": "14"}
_NEW2 = {**_OLD2, "encryption": "aes", "group": "14"}

_8_2 = Generation(
    release="8.2(5)",
    ike="isakmp",
    v1=Suite(
        ciphers=("des", "3des", *_CBC),
        hashes=("md5", "sha"),
        groups=("1", "2", "5", "7"),
        esp_ciphers=("esp-des", "esp-3des", "esp-aes", "esp-aes-192", "esp-aes-256", "esp-null"),
        esp_hashes=("esp-md5-hmac", "esp-sha-hmac", "esp-none"),
    ),
    v2=None,
    pfs=("1", "2", "5", "7"),
    pfs1=("1", "2", "5", "7"),
    bare_pfs="2",
    protocols=("IPSec", "l2tp-ipsec", "svc", "webvpn"),
    policy1=_OLD1,
    policy2={},
)
_9_1 = replace(
    _8_2,
    release="9.1(7)",
    ike="ikev1",
    v1=replace(_8_2.v1, groups=("1", "2", "5")),
    v2=Suite(
        ciphers=("des", "3des", *_CBC, *_GCM, "null"),
        hashes=("md5", "sha", *_SHA2, "null"),
        groups=("1", "2", "5", "14", "19", "20", "21", "24"),
        esp_ciphers=("des", "3des", *_CBC, *_GCM, *_GMAC, "null"),
        esp_hashes=("md5", "sha-1", *_ESP_SHA2, "null"),
        prf=("md5", "sha", *_SHA2),
    ),
    pfs=("1", "2", "5", "14", "19", "20", "21", "24"),
    pfs1=("1", "2", "5"),
    protocols=("ikev1", "ikev2", "l2tp-ipsec", "ssl-client", "ssl-clientless"),
    policy2=_OLD2,
)
_9_19 = replace(
    _9_1,
    release="9.19(1)",
    v1=Suite(
        ciphers=_CBC,
        hashes=("sha",),
        groups=("5", "14"),
        esp_ciphers=("esp-aes", "esp-aes-192", "esp-aes-256"),
        esp_hashes=("esp-sha-hmac", "esp-none"),
    ),
    v2=Suite(
        ciphers=(*_CBC, *_GCM, "null"),
        hashes=("sha", *_SHA2, "null"),
        groups=("14", "15", "16", "19", "20", "21"),
        esp_ciphers=(*_CBC, *_GCM, *_GMAC, "null"),
        esp_hashes=("sha-1", *_ESP_SHA2, "null"),
        prf=("sha", *_SHA2),
    ),
    pfs=("5", "14", "15", "16", "19", "20", "21"),
    pfs1=("5", "14"),
    bare_pfs="14",
    protocols=("ikev1", "ikev2", "l2tp-ipsec", "ssl-client"),
    policy1=_NEW1,
    policy2=_NEW2,
    tunnels=frozenset({1, 2}),
    last_tunnel=10413,
    warned=frozenset({"5"}),
    modern=True,
    applets=True,
    bgp=True,
)
_9_24 = replace(_9_19, release="9.24(1)")

ROWS: dict[str, Generation] = {row.release: row for row in (_8_2, _9_1, _9_19, _9_24)}
