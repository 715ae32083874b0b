"""What goes with auto-reconnect and what does not, with the reason and the source of each. Data.

Source of all: FlexVPN and Internet Key Exchange Version 2 configuration guide, IOS-XE 17, "Configuring IKEv2 Auto Reconnect"
(restrictions): a client that comes back is verified by a pre-shared key made of the token of its session, so a profile with
``reconnect`` has no other use of such a key. On dead peer detection, Cisco's document 222830 on the feature.
"""

from __future__ import annotations

from collections.abc import Mapping

_ONE_KEY = (
    "is not for a profile with reconnect: a client that comes back is verified by a key made of its session's token, "
    "so the profile takes no other (FlexVPN configuration guide, IKEv2 auto-reconnect, restrictions)"
)
#: Keys of an intent, as people would write them, to why they are refused.
WITH_RECONNECT: Mapping[str, str] = {
    "preshared_key_ref": f"a pre-shared key {_ONE_KEY}",
    "keyring": f"a keyring {_ONE_KEY}",
    "authentication_local": f"authentication local pre-share {_ONE_KEY}; it is by the certificate of the trustpoint",
    "authentication_remote": f"authentication remote pre-share {_ONE_KEY}; it is by AnyConnect-EAP",
    "psk_authorization": f"aaa authorization by psk {_ONE_KEY}",
    "dpd": (
        "dpd is not given with reconnect_timeout: the router queries on demand by itself then, and the client does so "
        "periodically (Cisco document 222830); leave dpd out"
    ),
}
#: Lines of a profile on a device that forbid `reconnect` in it.
FORBIDDEN_LINES: tuple[str, ...] = (
    "authentication local pre-share",
    "authentication remote pre-share",
    "keyring ",
    "aaa authorization group psk ",
    "aaa authorization user psk ",
)
#: What the guide says of the client's local policy; it contradicts itself, so both sentences are told.
BYPASS_DOWNLOADER = (
    "BypassDownloader in AnyConnectLocalPolicy.xml of each client: the guide wants true for auto-reconnect, and says on the same "
    "page that it does not work where the router serves no SSL, as with `no ip http secure-server`, and then wants false: try "
    "one client with each before you roll it out"
)
#: How Secure Clients call themselves at first.
KEY_ID = "*$AnyConnectClient$*"
