"""Cisco IOS and IOS-XE.

Sources: Cisco IOS Security Command Reference 12.2 to 15M and IOS-XE 17 (show and clear of crypto isakmp, ikev2, ipsec, session);
Cisco 2600 and 3600 hardware guides (configuration register); recorded sessions of 12.2(8)T, 15.4(3)M3 and IOS-XE 17.
"""

from __future__ import annotations

from types import MappingProxyType

from msgspec.structs import replace

from .record import System

_SHOWS = {
    "ike": "show crypto isakmp sa",
    "ipsec": "show crypto ipsec sa",
    "route": "show ip route",
    "interfaces": "show ip interface brief",
}

IOS_12_2 = System(
    name="ios-12.2",
    os="ios",
    running="show running-config",
    running_as_saved="show running-config",
    startup="show startup-config",
    facts=("show version",),
    shows=MappingProxyType(_SHOWS),
    preparation=("terminal length 0", "terminal width 511"),
    clear=("clear crypto sa peer {peer}",),
    # IOS knows an IKE SA by a number of its own.
    clear_ikev1_row="clear crypto isakmp {number}",
    # A boot field of 0 stops in the ROM monitor, 1 boots the helper image.
    first_boot=2,
    # Command reference, crypto ipsec security-association lifetime.
    ipsec_seconds=3600,
    over_ssh=("cisco_ios", "cisco_xe"),
    over_telnet=("cisco_ios_telnet", "cisco_xe_telnet"),
    static_route="ip route {network} {mask} {hop}",
    assumed=True,
    # The prompt may be configured to end in one sign at every level.
    privilege="show privilege",
    shows_refused_ike=True,
    # Command reference, crypto isakmp policy: a default policy, and smart defaults for IKEv2.
    default_ike_proposals=True,
    # Command reference, show crypto ipsec sa: a flow without an SA stands there with its counters.
    lists_idle_flows=True,
    # A ping from the address of an inside interface is how a tunnel is tried there.
    tunnels_own_packets=True,
)
#: ``show crypto session`` came with 12.3(4)T.
IOS_12_4 = replace(
    IOS_12_2,
    name="ios-12.4",
    shows=MappingProxyType(_SHOWS | {"session": "show crypto session detail"}),
    assumed=False,
    # Configuration Change Notification and Logging, 12.3(4)T; 12.3 mainline, of this generation too, refuses it.
    log_of_changes="show archive log config all",
)
#: ``ip sla`` has its name since 12.4(4)T, and ``track ... ip sla`` since 12.4(20)T: releases called 12.4 have older words.
_WATCHING = {"track": "show track", "sla": "show ip sla statistics", "route-map": "show route-map"}
#: FlexVPN: what a head-end shows of its clients, and of what they are asked to trust.
_HEAD_END = {
    "ikev2-session": "show crypto ikev2 session detail",
    "reconnect": "show crypto ikev2 stats reconnect",
    "certificates": "show crypto pki certificates verbose",
    "clock": "show clock",
}
#: IKEv2 came with 15.1(1)T. ``clear crypto ikev2 sa`` takes ``local`` or ``remote`` and an address (from memory).
IOS_15 = replace(
    IOS_12_4,
    name="ios-15",
    shows=MappingProxyType({**IOS_12_4.shows, "ikev2": "show crypto ikev2 sa", **_WATCHING, **_HEAD_END}),
    clear_ikev2=("clear crypto ikev2 sa remote {peer}",),
    # FlexVPN configuration guide, IKEv2 policy.
    ikev2_policy="address",
    # IOS-XE 17.18.2 and later (genieparser's outputs of 2026).
    insecure=("show system security mode", "show system insecure configuration"),
)
