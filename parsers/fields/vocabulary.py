"""What a field can hold, where that is known: a word that no device prints there makes its record unreadable, not another value.

Sources: Cisco IOS security command reference (show crypto isakmp sa, show crypto ipsec sa), ASA "IPsec debug" and command
reference (show isakmp sa), RFC 4271 section 8 (the states of BGP), and recorded outputs of 12.2 to 17.9 and of ASA 8.2 to 9.19.
"""

from __future__ import annotations

import re
from _socket import AF_INET, inet_pton
from collections.abc import Callable

from .columns import address

#: Main and aggressive mode up to their ends; ``OAK_`` stood before each in the first releases, GDOI has states of its own.
IOS_IKE_STATE = re.compile(
    r"(?:OAK_)?(?:MM_(?:NO_STATE|SA_SETUP|KEY_EXCH|KEY_AUTH)|AG_(?:NO_STATE|INIT_EXCH|AUTH)|QM_IDLE"
    r"|CONF_(?:XAUTH|ADDR|ADDRESS))|GDOI_[A-Z]+(?:_[A-Z]+)*"
)
#: An ASA names the message that it builds, sends or waits for, and the parts of mode configuration and rekeying.
ASA_IKE_STATE = re.compile(
    r"[MA]M_(?:ACTIVE(?:_REKEY)?|(?:WAIT|BLD|SND)_MSG[1-9](?:_H)?|(?:TM|REKEY|DONE|INIT|START|FREE)(?:_[A-Z0-9]+)*)|QM_IDLE"
)
BGP_STATE = re.compile(r"(?:Idle|Connect|Active|OpenSent|OpenConfirm|Established|Closing|NoNeg)(?:[ \t]*\([A-Za-z]+\))?")
_SA = r"(?:ACTIVE|STANDBY|STDBY|DELETED|DEAD|PENDING|UNKNOWN)"
SA_STATUS = re.compile(rf"{_SA}(?:[ \t]*\({_SA}(?:, ?{_SA})*\))?")
TRACKED = re.compile(r"up|down|undefined|unknown", re.IGNORECASE)
#: ACTIVE, and STDBY on the other of two routers that share their SAs (show crypto isakmp sa, "status").
IKE_STATUS = re.compile(r"ACTIVE|STANDBY|STDBY|DELETED")
SESSION_STATUS = re.compile(r"UP-ACTIVE|UP-IDLE|UP-NO-IKE|DOWN-NEGOTIATING|DOWN")
#: LAN-to-LAN, or a person's client (ASA command reference, show crypto isakmp sa).
ASA_IKE_KIND = re.compile(r"L2L|user")
ASA_IKE_AUTH = re.compile(r"preshared|preshrd|(?:rsa|dsa|ecdsa)(?:-?sig)?|crack|hybrid", re.IGNORECASE)
#: As the legend above the table has them (show crypto isakmp sa detail).
IOS_IKE_AUTH = re.compile(r"psk|rsig|renc|esig")
POLICY_AUTH = re.compile(
    r"Pre-Shared Key|Rivest-Shamir-Adleman (?:Signature|Encryption)"
    r"|Elliptic[ -]Curve[A-Za-z ()-]*(?:Signature|Algorithm)[A-Za-z ()]*"
)
#: How an end of an IKEv2 SA has proved who it is; a number stands behind what the release has no word for.
IKEV2_AUTH = re.compile(
    r"(?:PSK|RSA|RSA-PSS|ECDSA|Certificate|Null|Unknown|(?:AnyConnect-)?EAP(?:-[A-Z0-9]+)*)(?: - \d+)?(?:, QR)?"
)
IPSEC_MODE = re.compile(r"tunnel|transport|beet", re.IGNORECASE)
DF_POLICY = re.compile(r"(?:copy|set|clear)-df")
#: Names of what is translated; a number where the release has no name for it.
NAT_PROTOCOL = re.compile(r"---|tcp|udp|icmp|icmpv6|gre|esp|ah|ahp|ip|ipv6|igmp|ospf|eigrp|pim|sctp|pptp|any|\d+")
ORIGIN = re.compile(r"(?:dynamic )?crypto map")
#: Letters of the legend (show crypto session detail): what the SA can do.
CAPABILITIES = re.compile(r"\(none\)|[CDFKNRTUX]+")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
#: A leap second is printed as the sixtieth.
CLOCK = re.compile(
    r"[*.]?(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)? \S+ (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
    rf"(?:{_MONTHS}) +(?:[1-9]|0[1-9]|[12]\d|3[01]) \d\d\d\d"
)
#: Validity of a certificate: the time of day, the zone and the date (show crypto pki certificates).
CERTIFICATE_TIME = re.compile(rf"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d \S+ (?:{_MONTHS}) +(?:[1-9]|0[1-9]|[12]\d|3[01]) \d\d\d\d")
#: A certificate is there, or asked for and not yet there (outputs of show crypto pki certificates, IOS 15 to IOS-XE 17).
CERTIFICATE_STATUS = re.compile(r"Available|Pending")
#: Four numbers with dots between them, and no more: an address, a mask or a wildcard.
_FOUR = re.compile(r"(?<![\d.])\d+(?:\.\d+){3}(?![\d.])")
#: The same where one of the numbers is larger than 255; it says in one pass that there is none, which is nearly always so.
_NO_ADDRESS = re.compile(
    r"(?<![\d.])(?=\d+(?:\.\d+){3}(?![\d.]))(?:\d+\.){0,3}?0*(?:25[6-9]|2[6-9]\d|[3-9]\d\d|[1-9]\d{3,})(?![\d])"
)


def one_of(known: re.Pattern[str], change: Callable[[str], str] = str) -> Callable[[str], str]:
    """A conversion that raises ValueError for a word that the field cannot hold."""

    def convert(text: str) -> str:
        word = change(text.strip())
        if known.fullmatch(word) is None:
            raise ValueError(f"{word!r} is no word that stands there")
        return word

    return convert


def refuse_no_address(text: str) -> None:
    """Raise ValueError where four numbers with dots stand of which one is larger than 255."""
    plain, _, rest = text.partition("/")
    if "." not in rest:  # an address, or a prefix, and nothing else, as nearly always
        try:
            inet_pton(AF_INET, plain) if rest else address(plain)
            return
        except (OSError, ValueError):
            pass
    for found in _FOUR.finditer(text) if _NO_ADDRESS.search(text) else ():
        if any(int(part) > 255 for part in found[0].split(".")):
            raise ValueError(f"{found[0]} is no address")
