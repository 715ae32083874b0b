"""What Cisco IOS and ASA call the algorithms that the intent names in NetBox's words; used as filters in the templates.

Sources: Cisco IOS Security Command Reference (crypto isakmp policy, crypto ipsec transform-set, crypto ikev2 proposal) and the
data model of IOS-XE 17.6.1; ASA 8.2, 8.4 and 9.x command references (crypto isakmp policy, crypto ikev1 policy, crypto ikev2
policy, crypto ipsec ikev1 transform-set, crypto ipsec ikev2 ipsec-proposal, isakmp keepalive).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from ..inventory.errors import ChangeError
from ..inventory.intents.intent import IPSecProposal

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


#: An ASA writes the length of a key with a hyphen, and IKEv1 there knows neither GCM nor SHA-2.
ASA_IKE_ENCRYPTION: Mapping[str, str] = {
    "3des-cbc": "3des",
    "aes-128-cbc": "aes",
    "aes-192-cbc": "aes-192",
    "aes-256-cbc": "aes-256",
}
ASA_IKE_HASH: Mapping[str, str] = {"hmac-sha1": "sha"}
ASA_ESP_ENCRYPTION: Mapping[str, str] = {
    "3des-cbc": "esp-3des",
    "aes-128-cbc": "esp-aes",
    "aes-192-cbc": "esp-aes-192",
    "aes-256-cbc": "esp-aes-256",
}
ASA_ESP_INTEGRITY: Mapping[str, str] = {"hmac-sha1": "esp-sha-hmac"}
#: Phase 1 of IKEv2 on IOS. With GCM the word behind ``integrity`` stands behind ``prf``; there is no GCM of 192 bits.
IKEV2_ENCRYPTION: Mapping[str, str] = {
    "3des-cbc": "3des",
    "aes-128-cbc": "aes-cbc-128",
    "aes-192-cbc": "aes-cbc-192",
    "aes-256-cbc": "aes-cbc-256",
    "aes-128-gcm": "aes-gcm-128",
    "aes-256-gcm": "aes-gcm-256",
}
IKEV2_INTEGRITY: Mapping[str, str] = {
    "hmac-sha1": "sha1",
    "hmac-sha256": "sha256",
    "hmac-sha384": "sha384",
    "hmac-sha512": "sha512",
}
#: IKEv2 on an ASA, in its policy and in its IPsec proposals; only the integrity of ESP is spelt otherwise.
ASA_IKEV2_ENCRYPTION: Mapping[str, str] = {
    **ASA_IKE_ENCRYPTION,
    "aes-128-gcm": "aes-gcm",
    "aes-192-gcm": "aes-gcm-192",
    "aes-256-gcm": "aes-gcm-256",
}
ASA_IKEV2_INTEGRITY: Mapping[str, str] = {
    "hmac-sha1": "sha",
    "hmac-sha256": "sha256",
    "hmac-sha384": "sha384",
    "hmac-sha512": "sha512",
}
ASA_IKEV2_ESP_INTEGRITY: Mapping[str, str] = {
    "hmac-sha1": "sha-1",
    "hmac-sha256": "sha-256",
    "hmac-sha384": "sha-384",
    "hmac-sha512": "sha-512",
}
#: Seconds between retries that an ASA takes (tunnel-group ipsec-attributes, isakmp keepalive).
ASA_RETRY_SECONDS = range(2, 11)


def _word(table: Mapping[str, str], what: str, system: str = "IOS") -> Callable[[str], str]:
    def look_up(name: str) -> str:
        try:
            return table[name]
        except KeyError:
            raise ChangeError(f"{name} cannot be written as an {system} {what}; possible are {', '.join(table)}") from None

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


def _asa_transforms(proposal: IPSecProposal) -> str:
    """``esp-aes-256 esp-sha-hmac``."""
    cipher = _word(ASA_ESP_ENCRYPTION, "IKEv1 transform", "ASA")(proposal.encryption_algorithm)
    return f"{cipher} {_word(ASA_ESP_INTEGRITY, 'IKEv1 transform', 'ASA')(str(proposal.authentication_algorithm))}"


def _asa_address(network: IPv4Network) -> str:
    """A network as an access list of an ASA writes it: with its mask, where IOS has the wildcard."""
    if network.prefixlen == 0:
        raise ChangeError("a tunnel for every address (0.0.0.0/0) is not built on an ASA: it shows any otherwise in each release")
    if network.prefixlen == network.max_prefixlen:
        return f"host {network.network_address}"
    return f"{network.network_address} {network.netmask}"


def _asa_keepalive_retry(seconds: int) -> str:
    """Seconds between retries, if an ASA takes them."""
    if seconds not in ASA_RETRY_SECONDS:
        raise ChangeError(f"an ASA retries dead peer detection after 2 to 10 seconds, not {seconds}: change dpd.retries")
    return str(seconds)


FILTERS: dict[str, Callable[[Any], str]] = {
    "asa_address": _asa_address,
    "asa_esp_integrity": _word(ASA_IKEV2_ESP_INTEGRITY, "IKEv2 ESP integrity", "ASA"),
    "asa_ike_encryption": _word(ASA_IKE_ENCRYPTION, "IKEv1 cipher", "ASA"),
    "asa_ike_hash": _word(ASA_IKE_HASH, "IKEv1 hash", "ASA"),
    "asa_ikev2_encryption": _word(ASA_IKEV2_ENCRYPTION, "IKEv2 cipher", "ASA"),
    "asa_ikev2_integrity": _word(ASA_IKEV2_INTEGRITY, "IKEv2 integrity", "ASA"),
    "asa_keepalive_retry": _asa_keepalive_retry,
    "asa_transforms": _asa_transforms,
    "ios_ike_encryption": _word(IKE_ENCRYPTION, "IKE cipher"),
    "ios_ike_hash": _word(IKE_HASH, "IKE hash"),
    "ios_ikev2_encryption": _word(IKEV2_ENCRYPTION, "IKEv2 cipher"),
    "ios_ikev2_integrity": _word(IKEV2_INTEGRITY, "IKEv2 integrity"),
    "ios_transforms": _transforms,
    "ios_address": _address,
}
