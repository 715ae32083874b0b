"""What messages of a VPN client mean: rows of meaning and form, a source with each block.

The messages of the agent are English in every language of the system; those of the window are not, so what a verdict rests on is
a message of the agent where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping

from .entry import Words, rows

#: What a message means, and how that is told in a timeline.
TOLD: Mapping[str, str] = {
    "suspend": "the machine goes to sleep",
    "resume": "the machine wakes up",
    "reason": "the agent begins a reconnect",
    "reconnecting": "the client reconnects",
    "token": "the client uses its session id",
    "tunnel": "a tunnel to the head-end is there",
    "connected": "the client is connected",
    "disconnected": "the client is disconnected",
    "terminated": "the session has ended",
    "asked": "the user is asked for credentials",
    "again": "a new connection begins",
    "certificate": "the certificate of the head-end was refused",
    "timeout": "the head-end did not answer",
    "name": "the name of the head-end was not resolved",
    "authentication": "the head-end refused the authentication",
    "session-gone": "the head-end does not know the session any more",
    "gave-up": "the attempt failed",
    "dead-peer": "the head-end no longer answers",
    "network-down": "there is no network",
    "network-up": "there is a network",
    "captive-portal": "a captive portal stands before the network",
    "clientless": "the client could not go on by itself",
    "settings": "the settings in use",
    "version": "the version of the client",
}
#: Meanings that say why an attempt came to nothing, the most telling first, with what a person reads of it.
WHY: Mapping[str, str] = {
    "authentication": "the head-end refused the authentication",
    "session-gone": "the head-end did not know the session any more",
    "certificate": "the certificate of the head-end was refused",
    "captive-portal": "a captive portal stood before the network",
    "name": "the name of the head-end was not resolved",
    "timeout": "the head-end did not answer",
    "network-down": "there was no network",
    "dead-peer": "the head-end no longer answered",
    "clientless": "the client met something that it did not expect",
    "terminated": "the client ended the session",
    "gave-up": "the attempt failed, and the log does not say why",
}

#: That of the VPN, and never of a network or an adapter (``Network state: Connected``).
_STATE = r"(?:\bVPN |(?<![\w)-] )\b)state: ?"
#: Source: a DART text of Secure Client 5.1.8 in Cisco's page on IKEv2 auto reconnect; event ids 2009, 2070, 2083, 3020 of 3.x.
_AGENT = rows(
    "Secure Client 5.1 DART, AnyConnect 2.5 to 4.x logs",
    (
        "suspend",
        r"(?:going|entering|preparing)\b.{0,20}\b(?:for|in|into|to)\b.{0,12}\b(?:suspend|sleep|hibernat\w*|stand-?by)"
        r"|system is (?:being )?(?:suspended|suspending)",
    ),
    (
        "resume",
        r"continuing from system suspend"
        r"|\bresum(?:e|ed|ing) from (?:a |the )?(?:system )?(?:suspend|sleep|hibernat\w*|stand-?by)",
    ),
    (
        "reason",
        r"(?P<level>session|tunnel) level reconnect reason code (?P<code>\d{1,4})"
        r"\s*:?\s*(?P<why>[^\n]{0,200}(?:\n[^\n]{0,160})?)",
    ),
    (
        "reconnecting",
        r"reconnecting to (?P<gateway>[^\n]{1,120}?)\.{2,}|" + _STATE + r"reconnecting|reconnecting the VPN tunnel"
        r"|attempting to reconnect|sleep \d+s, remaining timeout \d+s",
    ),
    ("token", r"using IKE ID '(?P<id>[^'\n]{1,80})' for reconnect"),
    (
        "tunnel",
        r"the (?P<kind>[\w ]{2,30}?) connection to the secure gateway has been (?:re-?)?established",
    ),
    (
        "connected",
        r"(?:^|\n|to the user:)\W*(?:connected to (?!https)(?P<gateway>\S{1,120}?)\.?\s*(?:$|\n)|(?:VPN )?state: ?connected\b)",
    ),
    ("disconnected", _STATE + r"disconnected\b|(?:^|\n|\d )disconnected\s*(?:$|\n)"),
    ("terminated", r"termination reason code (?P<code>\d{1,4})\s*:?\s*(?P<why>[^\n]{0,200}(?:\n[^\n]{0,160})?)"),
    (
        "asked",
        r"please (?:enter|provide) your|enter your (?:user ?name|password|credentials)|please complete the authentication"
        r"|user credentials (?:entered|prompted)|prompting (?:the )?user",
    ),
    (
        "again",
        r"VPN connection to \S+ has been requested by the user|initiating (?:VPN )?connection to"
        r"|(?:^|\n|to the user:)\W*(?:state: |notice: )?contacting \S+",
    ),
)
#: Source: AnyConnect 2.5 and 3.x on Linux (CTRANSPORT_*), the messages of its window; OpenConnect's window for the last row.
_FAILURES = rows(
    "AnyConnect 2.5 and 3.x logs, Secure Client administrator guide",
    ("certificate", r"PEER_CERT_REJECTED|VERIFY_CHAIN_POLICY_FAILED|cannot confirm it is connected to your secure gateway"),
    (
        "timeout",
        r"CTRANSPORT_ERROR_TIMEOUT|unable to contact|secure gateway (?:is not responding|did not respond)|connection timed out",
    ),
    (
        "name",
        r"CTRANSPORT_ERROR_(?:RESOLVE|HOST)\w*|(?:name|DNS) (?:resolution failed|could not be resolved)|unable to resolve",
    ),
    ("authentication", r"AUTHENTICATION_FAILED|authentication (?:has )?failed|login (?:failed|denied)|AUTH_FAILED"),
    (
        "session-gone",
        r"session (?:is|was) (?:no longer valid|invalid|not found)|session (?:has )?(?:timed out|expired)"
        r"|secure gateway (?:has )?(?:rejected|terminated) the (?:VPN )?(?:connection|reconnect\w*|session)"
        r"|inappropriate HTTP CONNECT response",
    ),
    (
        "gave-up",
        r"connection attempt has failed|reconnect\w*(?: attempt)? (?:has )?failed|failed to reconnect"
        r"|unable to re-?establish|connection failed\.",
    ),
    ("dead-peer", r"dead peer detection detected dead peer|DPD .{0,40}(?:timed out|no response|failed)"),
    (
        "network-down",
        r"network interface .{0,80}\b(?:down|lost|disconnected)|network (?:is )?unreachable"
        r"|network state: (?:no network|network unav)",
    ),
    ("network-up", r"network state: network accessible"),
    ("captive-portal", r"captive portal (?:has been )?detected|must log on with the service provider"),
    ("clientless", r"CONNECTMGR_ERROR_UNEXPECTED|NULL object\. Cannot establish a connection"),
)
_ABOUT = rows(
    "AnyConnect 4.7 CLI, Secure Client 5.1 DART",
    ("settings", r"current preference settings"),
    (
        "version",
        r"(?:secure client|anyconnect)[\w ,.®-]{0,60}?\(?version:? (?P<version>\d+\.\d+\.\d+(?:\.\d+)?)"
        r"|(?:agent|client) (?:version|starting, version|started, version):? (?P<version2>\d+\.\d+\.\d+(?:\.\d+)?)",
    ),
)
CLIENT: tuple[Words, ...] = (*_AGENT, *_FAILURES, *_ABOUT)

#: Settings that decide on a reconnect, or that people compare. Source: the XSD of the client's profile.
SETTINGS: tuple[str, ...] = (
    "AutoReconnect",
    "AutoReconnectBehavior",
    "SuspendOnConnectedStandby",
    "UseStartBeforeLogon",
    "RetainVpnOnLogoff",
    "AutoConnectOnStart",
    "ServiceDisable",
    "AuthenticationTimeout",
    "BypassDownloader",
)
#: What holds where the profile says nothing. Source: the same.
DEFAULTS: Mapping[str, str] = {"AutoReconnect": "true", "AutoReconnectBehavior": "DisconnectOnSuspend"}
