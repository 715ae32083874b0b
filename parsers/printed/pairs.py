"""Rows of `Key : value   Key : value`, as `show vpn-sessiondb` of an ASA prints them.

Which pairs share a line depends on the release and on how long the values are, so the keys are found, not the columns.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

SESSION_KEYS: dict[str, str] = {
    "Username": "username",
    "Connection": "connection",
    "Index": "index",
    "IP Addr": "address",
    "Assigned IP": "assigned_address",
    "Assigned IPv6": "assigned_ipv6_address",
    "Public IP": "public_address",
    "Public IPv6": "public_ipv6_address",
    "Protocol": "protocol",
    "License": "license",
    "Encryption": "encryption_text",
    "Hashing": "integrity_text",
    "Auth Mode": "authentication",
    "Rem Auth Mode": "remote_authentication",
    "Loc Auth Mode": "local_authentication",
    "Bytes Tx": "bytes_sent",
    "Bytes Rx": "bytes_received",
    "Pkts Tx": "packets_sent",
    "Pkts Rx": "packets_received",
    "Pkts Tx Drop": "dropped_sent_packets",
    "Pkts Rx Drop": "dropped_received_packets",
    "Group Policy": "group_policy",
    "User Group": "group_policy",
    "Group": "group_policy",
    "Tunnel Group": "tunnel_group",
    "Login Time": "login_time",
    "Duration": "duration_seconds",
    "Inactivity": "inactivity_seconds",
    "Filter Name": "filter_name",
    "IPv6 Filter": "",
    "Audt Sess ID": "audit_session_id",
    "VLAN Mapping": "",
    "VLAN": "vlan",
    "Security Grp": "security_group",
    "SGT Tag": "security_group",
    "Tunnel Zone": "",
    "NAC Result": "nac_result",
    "Posture Token": "",
    "Redirect URL": "",
    "Reval Int (T)": "",
    "Reval Left(T)": "",
    "SQ Int (T)": "",
    "EoU Age(T)": "",
    "Hold Left (T)": "",
    "Tunnel ID": "tunnel_id",
    "Session ID": "tunnel_id",
    "UDP Src Port": "source_port",
    "UDP Dst Port": "destination_port",
    "TCP Src Port": "source_port",
    "TCP Dst Port": "destination_port",
    "IKE Neg Mode": "negotiation_mode",
    "Local Addr": "local_selector",
    "Remote Addr": "remote_selector",
    "Encapsulation": "encapsulation",
    "Compression": "compression",
    "Ciphersuite": "cipher_suite",
    "PRF": "prf",
    "D/H Group": "dh_group",
    "PFS Group": "pfs_group",
    "Rekey Int (T)": "rekey_interval_seconds",
    "Rekey Left(T)": "rekey_left_seconds",
    "Rekey Int (D)": "rekey_interval_kilobytes",
    "Rekey Left(D)": "rekey_left_kilobytes",
    "Idle Time Out": "idle_timeout_minutes",
    "Idle TO Left": "idle_left_minutes",
    "Conn Time Out": "connection_timeout_minutes",
    "Conn TO Left": "connection_left_minutes",
    "Client OS": "client_os",
    "Client OS Ver": "",
    "Client Type": "client_type",
    "Client Ver": "client_version",
    "Browser Type": "client_type",
    "Browser Ver": "client_version",
}
"""What an ASA prints before the colon -> template variable; empty: understood, and not kept."""

_KEYS = "|".join(re.escape(key) for key in sorted(SESSION_KEYS, key=len, reverse=True))
_PAIR = re.compile(rf"(?:^|(?<=[ \t]))({_KEYS})[ \t]*:[ \t]*(.*?)[ \t]*(?=$|[ \t](?:{_KEYS})[ \t]*:(?:[ \t]|$))")
_STRANGER = re.compile(r"[ \t]([A-Z][\w/() -]{1,12}?)[ \t]*:(?=[ \t]+(?!\(\d+\)))")


class Pairs(Struct):
    """What some rows say. twice: keys that came a second time. strangers: keys that no table knows."""

    values: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def add(self, row: str) -> None:
        """Take in one row; the first value of a key stays."""
        for found in _PAIR.finditer(row.strip()):
            key, value = found.groups()
            stranger = None if key in {"Username", "Login Time"} else _STRANGER.search(f" {value}")
            if stranger:
                self.strangers.append(stranger.group(1))
            name = SESSION_KEYS[key]
            if not name:
                continue
            if name in self.values:
                self.twice.append(key)
            else:
                self.values[name] = value
