"""Cisco ASA.

Sources: ASA 8.0, 8.4 and 9.1 command references (terminal pager, clear crypto ipsec sa, clear crypto ikev1 sa, clear crypto ikev2
sa, vpn-sessiondb logoff, more); recorded sessions of an ASA that was never configured before.

An ASA shows its running configuration twice: ``show running-config`` masks every key, as ``show startup-config`` does, and
``more system:running-config`` has them. So what runs is compared with what is saved masked, and a configuration is planned, read
back and undone on the text with the keys, which are tokens by then.
"""

from __future__ import annotations

from types import MappingProxyType

from msgspec.structs import replace

from .record import System

_SHOWS = {
    "ike": "show crypto isakmp sa",
    "ipsec": "show crypto ipsec sa",
    "route": "show route",
    "interfaces": "show interface ip brief",
    "session": "show vpn-sessiondb detail l2l",
}

ASA_8_0 = System(
    name="asa-8.0",
    os="asa",
    running="more system:running-config",
    running_as_saved="show running-config",
    startup="show startup-config",
    facts=("show version", "show mode", "show failover"),
    shows=MappingProxyType(_SHOWS),
    static_route="route {interface} {network} {mask} {hop}",
    preparation=("terminal pager 0",),
    # Before 8.4 "clear crypto isakmp sa" takes no address, and would drop every tunnel; the session of a peer is logged off.
    clear=("clear crypto ipsec sa peer {peer}", "vpn-sessiondb logoff ipaddress {peer} noconfirm"),
    # A boot field of 1 boots the image that the configuration names.
    first_boot=1,
    # Command references: crypto ipsec security-association lifetime; nameif.
    ipsec_seconds=28800,
    longest_nameif=48,
    model="ASA",
    over_ssh=("cisco_asa",),
    over_telnet=("cisco_asa_telnet",),
    virtual_has_no_register=True,
    # It keeps connections by interface: an answer that comes in by another one belongs to none (%ASA-6-106015).
    drops_asymmetric=True,
    takes_phones=True,
    # It ends a configuration with a checksum of its own making.
    prints_size=False,
    # Its own packets enter a tunnel only from the interface that management-access names, flows are listed only with an SA, and
    # IKE policies have to be configured: none of the three is said here.
    entering=MappingProxyType(
        {
            r"\[Y\]es, \[N\]o, \[A\]sk later: ?": "it asks whether to report errors to Cisco, and the answer is configuration: "
            "log in, type configure terminal, answer the question and save"
        }
    ),
)
#: BGP came with 9.2(1): before it these are refused, which is no answer.
_BGP = {"bgp": "show bgp neighbors"}
#: Brings IKEv2, which ``show crypto isakmp sa`` prints below IKEv1, and clearing of an IKE SA by address.
ASA_8_4 = replace(
    ASA_8_0,
    name="asa-8.4",
    shows=MappingProxyType(_SHOWS | {"ikev2": "show crypto isakmp sa", **_BGP}),
    clear=("clear crypto ipsec sa peer {peer}", "clear crypto ikev1 sa {peer}"),
    clear_ikev2=("clear crypto ikev2 sa {peer}",),
    ikev2_policy="number",
    assumed=True,
)
