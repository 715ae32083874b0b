"""What nr-run picks where an intent says auto: offers from the strongest to the weakest that may be built at all.

Each list is in order of preference: a tunnel gets the first proposal that all its ends support. They are those that operators
use, not every combination: an uncommon one is a risk of its own. Strong ones come first; what needs a waiver comes last, and
DES, MD5 and group 1 do not occur. The ciphers of phase 1 are CBC, which every release with IKEv2 has; GCM there, which a policy
may name, makes the data no safer.
"""

from __future__ import annotations

from .intent_crypto import AuthenticationAlgorithm as Integrity
from .intent_crypto import DHGroup, EncryptionAlgorithm, IKEProposal, IPSecProposal


def _ike(cipher: EncryptionAlgorithm, integrity: Integrity, group: DHGroup) -> IKEProposal:
    name = f"auto-{cipher}-{integrity}-{group}"
    return IKEProposal(name=name, encryption_algorithm=cipher, authentication_algorithm=integrity, group=group)


def _ipsec(cipher: EncryptionAlgorithm, integrity: Integrity | None = None) -> IPSecProposal:
    name = f"auto-{cipher}-{integrity}" if integrity else f"auto-{cipher}"
    return IPSecProposal(name=name, encryption_algorithm=cipher, authentication_algorithm=integrity)


IKE_PREFERENCE: tuple[IKEProposal, ...] = (
    _ike("aes-256-cbc", "hmac-sha384", 20),
    _ike("aes-256-cbc", "hmac-sha384", 19),
    _ike("aes-256-cbc", "hmac-sha256", 14),
    _ike("aes-256-cbc", "hmac-sha1", 14),
    _ike("aes-256-cbc", "hmac-sha1", 5),
    _ike("aes-256-cbc", "hmac-sha1", 2),
    _ike("3des-cbc", "hmac-sha1", 5),
    _ike("3des-cbc", "hmac-sha1", 2),
)
IPSEC_PREFERENCE: tuple[IPSecProposal, ...] = (
    _ipsec("aes-256-gcm"),
    _ipsec("aes-256-cbc", "hmac-sha256"),
    _ipsec("aes-256-cbc", "hmac-sha1"),
    _ipsec("3des-cbc", "hmac-sha1"),
)
#: Groups for perfect forward secrecy.
PFS_LADDER: tuple[DHGroup, ...] = (20, 19, 14, 5, 2)
