"""Every cause that the audit of a head-end for IP phones knows, as a table: what it means, and where that is from.

The audit may only name what stands here, and docs/how-to/vpn-phones.md is held against it.
"""

from __future__ import annotations

from msgspec import Struct

_SEED = "Cisco, Troubleshoot AnyConnect VPN phone - IP phones, ASA, and CUCM"
_REFERENCE = "ASA command reference"


class CauseRow(Struct, frozen=True):
    """One cause: what it means in a sentence, and the source."""

    sentence: str
    source: str


CAUSES: dict[str, CauseRow] = {
    "release": CauseRow("the release has no AnyConnect for phones", f"{_SEED}; 8.0(4) as the first one is from memory"),
    "phone-licence": CauseRow(
        "the licence for phones is disabled: AnyConnect for Cisco VPN Phone (8.0: for Linksys phone)", _SEED
    ),
    "strong-encryption": CauseRow(
        "the licence for 3DES and AES is disabled, and phones have no other cipher", "ASA licensing guide"
    ),
    "essentials": CauseRow("AnyConnect Essentials is in force, and phones need Premium", _SEED),
    "peers": CauseRow("all sessions that the licence allows are in use, or it allows none", _SEED),
    "webvpn-interface": CauseRow("nothing answers TLS on the interface that phones come to", _SEED),
    "webvpn-port": CauseRow("TLS is answered at another port than the one in the phones' URL", f"{_REFERENCE}, webvpn port"),
    "client-disabled": CauseRow("AnyConnect clients are not enabled", _SEED),
    "csd": CauseRow("Cisco Secure Desktop or Hostscan is wanted of everybody, and phones have none", _SEED),
    "client-certificate": CauseRow("the device cannot check the phone's own certificate: it knows no authority", _SEED),
    "load-balancing": CauseRow("the device sends clients on to another one of its cluster, which phones do not follow", _SEED),
    "group-url": CauseRow("the phones' URL leads to no tunnel group", _SEED),
    "tunnel-group": CauseRow("the tunnel group is not there, or not for remote access", _REFERENCE),
    "group-policy": CauseRow("the group policy of the tunnel group is not there", _REFERENCE),
    "address-pool": CauseRow("a session gets no address", _REFERENCE),
    "pool-full": CauseRow("every address of the phones' pool is in use", _REFERENCE),
    "protocol": CauseRow("the group policy does not allow SSL clients", _SEED),
    "logins": CauseRow("the group policy allows no login at all", _SEED),
    "group-lock": CauseRow("the group policy is locked to another tunnel group", _SEED),
    "filter": CauseRow("the filter of the group policy lets nothing pass, or is for a person to judge", _SEED),
    "access-hours": CauseRow("the group policy allows sessions at some hours only", _SEED),
    "timeout": CauseRow("the group policy ends sessions after minutes", _SEED),
    "address-scope": CauseRow("the group policy has a scope for a DHCP server, which phones' policies have not", _SEED),
    "dap": CauseRow("a dynamic access policy ends the session", _SEED),
    "tls-version": CauseRow("the device takes no version of TLS that the phone speaks", _SEED),
    "cipher-tls": CauseRow("the device takes no cipher in TLS that the phone has", _SEED),
    "cipher-dtls": CauseRow("the device takes no cipher in DTLS that the phone has", _SEED),
    "cipher-differs": CauseRow("DTLS has not the cipher that TLS gets, which older firmware wants", "ocserv, README-cisco-svc"),
    "dtls-off": CauseRow("the interface has no DTLS, so voice goes over TCP", f"{_REFERENCE}, webvpn enable"),
    "trustpoint": CauseRow("no certificate is bound to the interface, so that it is another one after each reload", _SEED),
    "certificate-dates": CauseRow("the certificate is out of date, or will soon be", _SEED),
    "certificate-choice": CauseRow("another certificate than the configured one is shown to the phone", f"{_SEED} (CSCuu02848)"),
    "certificate-hash": CauseRow("the phones trust another certificate than the one that is shown", _SEED),
    "host-id": CauseRow("phones look at the name in the certificate, and it is not that of their URL", _SEED),
}
