"""What the gateways of cloud providers say of a tunnel, in their words, and what that means: tables, a source with each.

A meaning is a word of our own (`MEANINGS`), from which a cause follows with the version of IKE. A text that several causes share
has no row: "authentication failure" of Alibaba stands under four of its codes, and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

#: What a row may mean, and how that is told to a person.
MEANINGS: Mapping[str, str] = {
    "key": "the pre-shared keys differ",
    "ike-proposal": "there is no IKE proposal in common",
    "esp-proposal": "there is no proposal for the data in common",
    "any-proposal": "there is no proposal in common, in one phase or the other",
    "selectors": "the traffic selectors differ",
    "pfs": "the groups of PFS differ",
    "identity": "an end is not who the other one expects",
    "peer": "the packets come from an address that is not expected",
    "version": "the two ends speak different versions or modes of IKE",
    "lifetime": "the lifetimes differ",
    "nat": "the two ends differ in NAT traversal",
    "no-answer": "the other end does not answer",
    "phase-2": "phase 2 came to nothing",
    "authentication": "authentication failed",
    "up": "the tunnel was established",
}


class Words(Struct, frozen=True):
    """A form of a line, and what it means."""

    means: str
    form: re.Pattern[str]


def _rows(*rows: tuple[str, str]) -> tuple[Words, ...]:
    return tuple(Words(means, re.compile(form, re.IGNORECASE)) for means, form in rows)


#: Codes of DiagnoseVpnConnections (FailedReasonCode). Source: Alibaba Cloud VPN Gateway, "IPsec-VPN troubleshooting", and the API
#: reference of DiagnoseVpnConnections. A code that says nothing of a cause means nothing.
ALIBABA_CODES: Mapping[str, str] = {
    "PeerMismatch": "peer",
    "AlgorithmMismatch": "any-proposal",
    "ProposalMismatch": "any-proposal",
    "EncryptionAlgorithmMismatch": "any-proposal",
    "AuthenticationAlgorithmMismatch": "any-proposal",
    "DhGroupMismatch": "ike-proposal",
    "PskMismatch": "key",
    "PeerIdMismatch": "identity",
    "TrafficSelectorMismatch": "selectors",
    "PfsMismatch": "pfs",
    "LifetimeMismatch": "lifetime",
    "IkeVersionMismatch": "version",
    "NegotiationModeMismatch": "version",
    "NatTMismatch": "nat",
    "EncapsulationModeMismatch": "esp-proposal",
    "SecurityProtocolMismatch": "esp-proposal",
    "DpdTimeout": "no-answer",
    "DpdHashNotifyCompatibility": "",
    "Phase1NegotiationTimeout": "no-answer",
    "NoResponse": "no-answer",
    "Phase2NegotiationTimeout": "phase-2",
    "NegotiationFailed": "",
    "CommitMismatch": "",
    "AlgorithmCompatibility": "",
    "ReceiveDeleteNotify": "",
    "NoExceptionFound": "up",
}
#: Lines of its log. Source: the same pages, and its questions and answers on IPsec connections.
ALIBABA: tuple[Words, ...] = _rows(
    ("key", r"mismatch of preshared secrets|invalid HASH_V1 payload length, decryption failed|could not decrypt payloads"),
    ("ike-proposal", r"received KE type \d+, ?expected \d+|rejected (?:dh_group|hashtype|enctype)|authtype mismatched"),
    ("esp-proposal", r"trns_id mismatched|encmode mismatched|proto_id mismatched"),
    ("pfs", r"pfs group mismatched|message lacks KE payload"),
    ("selectors", r"traffic selectors? .*unacceptable|invalid-id-information|TS_UNACCEPTABLE"),
    (
        "identity",
        r"does not match peers id|message lacks IDr payload|Expecting IP address type in main mode|IDir .* does not match",
    ),
    ("version", r"unknown ikev2 peer|not acceptable Identity Protection mode|UNSUPPORTED_CRITICAL_PAYLOAD"),
    ("nat", r"received unexpecting payload type 130"),
    ("lifetime", r"long lifetime proposed"),
    ("no-answer", r"DPD: remote seems to be dead|negotiation failed due to time up|retransmission count exceeded the limit"),
    ("no-answer", r"sending retransmit \d+ of request message"),
    ("any-proposal", r"NO_PROPOSAL_CHOSEN|no (?:suitable )?proposal (?:chosen|found)|none of my proposal matched|N\(NO_PROP\)"),
    ("any-proposal", r"ignore the packet, ?expecting the packet encrypted"),
    ("up", r"(?:IKE_SA|ISAKMP-SA|IPsec-SA|CHILD_SA) .*established"),
)
#: Texts in VpnLogDetail. Source: AWS Site-to-Site VPN user guide, "Contents of Site-to-Site VPN logs". That a peer deletes an SA,
#: and what is said of collisions and rekeys, is no failure.
AWS: tuple[Words, ...] = _rows(
    ("key", r"invalid Pre-shared Key|pre-shared key mismatch"),
    ("authentication", r"AUTHENTICATION_FAILED"),
    ("selectors", r"TS_UNACCEPTABLE|INVALID_ID_INFORMATION"),
    ("any-proposal", r"No Proposal Match Found"),
    ("phase-2", r"Phase 2 was unable to establish while keeping Phase 1"),
    ("no-answer", r"Peer is not responsive|DPD timed out after|Timeout: deleting un-established Phase 1"),
)
#: Texts of its log. Source: Tencent Cloud, VPN connections, "Tunnel logs" (554/79960).
TENCENT: tuple[Words, ...] = _rows(
    ("key", r"for the reason of no matching secret|invalid HASH_V1 payload length, decryption failed"),
    ("ike-proposal", r"IKE_SA_ESTABLISH_FAIL.* no matching proposal"),
    ("esp-proposal", r"(?:CHILD_SA|IPSEC_SA)_ESTABLISH_FAIL.* no matching proposal"),
    ("selectors", r"(?:CHILD_SA|IPSEC_SA)_ESTABLISH_FAIL.* (?:traffic selector|no matching (?:ts|policy))|TS_UNACCEPTABLE"),
    ("identity", r"no peer config found by ID payload"),
    ("no-answer", r"for the reason of peer no response|IKE_NEGO: retransmit .* \d+ times"),
    ("any-proposal", r"received NO_PROPOSAL_CHOSEN error notify"),
    ("up", r"(?:IKE_SA|CHILD_SA|IPSEC_SA)_ESTABLISH_SUCC"),
)
#: A line of Tencent is known by these.
TENCENT_MARKS = re.compile(r"\b(?:TANS_)?IKE_NEGO:|\b(?:IKE|CHILD|IPSEC)_SA_ESTABLISH_")
