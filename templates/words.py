"""What Cisco IOS calls the algorithms that the intent names in NetBox's words; used as filters in the templates.

Source: Cisco IOS Security Command Reference (crypto isakmp policy, crypto ipsec transform-set).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from ..inventory.errors import ChangeError
from ..inventory.intent import IPSecProposal

FOLDER = Path(__file__).parent

IKE_ENCRYPTION: Mapping[str, str] = {
    "3des-cbc": "3des",
    "aes-128-cbc": "aes",
    "aes-192-cbc": "aes 192",
    "aes-256-cbc": "aes 256",
}
IKE_HASH: Mapping[str, str] = {
    "hmac-sha1": "sha",
    "hmac-sha256": "sha256",
    "hmac-sha384": "sha384",
    "hmac-sha512": "sha512",
}
ESP_ENCRYPTION: Mapping[str, str] = {
    "3des-cbc": "esp-3des",
    "aes-128-cbc": "esp-aes",
    "aes-192-cbc": "esp-aes 192",
    "aes-256-cbc": "esp-aes 256",
    "aes-128-gcm": "esp-gcm 128",
    "aes-192-gcm": "esp-gcm 192",
    "aes-256-gcm": "esp-gcm 256",
}
ESP_INTEGRITY: Mapping[str, str] = {
    "hmac-sha1": "esp-sha-hmac",
    "hmac-sha256": "esp-sha256-hmac",
    "hmac-sha384": "esp-sha384-hmac",
    "hmac-sha512": "esp-sha512-hmac",
}


def _word(table: Mapping[str, str], what: str) -> Callable[[str], str]:
    def look_up(name: str) -> str:
        try:
            return table[name]
        except KeyError:
            raise ChangeError(f"{name} cannot be written as an IOS {what}; possible are {', '.join(table)}") from None

    return look_up


def _transforms(proposal: IPSecProposal) -> str:
    """``esp-3des esp-sha-hmac``; a GCM cipher stands alone, it has its own integrity."""
    cipher = _word(ESP_ENCRYPTION, "transform")(proposal.encryption_algorithm)
    if proposal.authentication_algorithm is None:
        return cipher
    return f"{cipher} {_word(ESP_INTEGRITY, 'transform')(proposal.authentication_algorithm)}"


def _address(network: IPv4Network) -> str:
    """A network as an access list writes it, and as the device shows it back."""
    if network.prefixlen == network.max_prefixlen:
        return f"host {network.network_address}"
    return f"{network.network_address} {network.hostmask}"


FILTERS: dict[str, Callable[[Any], str]] = {
    "ios_ike_encryption": _word(IKE_ENCRYPTION, "IKE cipher"),
    "ios_ike_hash": _word(IKE_HASH, "IKE hash"),
    "ios_transforms": _transforms,
    "ios_address": _address,
}
