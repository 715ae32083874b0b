"""Forms in which a word for a secret is not followed by one: a table, each row with its reason.

Sources: the command references of Cisco IOS, IOS-XE and ASA, and what their show commands print.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct


class Harmless(Struct, frozen=True):
    """A form that holds no secret: a pattern of what stands before the word, of the word, of what follows; and why."""

    before: str
    word: str
    after: str
    because: str

    def compiled(self) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
        """The three patterns; ``before`` ends where the word begins."""
        return (
            re.compile(rf"(?:{self.before})\Z", re.IGNORECASE),
            re.compile(self.word, re.IGNORECASE),
            re.compile(rf"\s*(?:{self.after})", re.IGNORECASE),
        )


_START = r"^\s*(?:\S+[>#] ?)?(?:no )?"
#: Words of English that follow a word for a secret in a sentence, never ``is``.
_ENGLISH = (
    r"(?:of|for|to|in|on|at|by|and|or|with|that|which|from|than|stands|does|do|must|may|can|cannot|would|has|have|will|not)(?!\S)"
)
#: What stands behind the name of a method in a list or a table.
_METHODS = (
    r"(?:md5|sha[-\d]*|hmac-(?:md5|sha)[-\d]*|aes(?:-cbc|-gcm)?-?\d*|3?des(?:-cbc)?|gcm|null|psk|rsig|rsa(?:-\w+)?|preshrd"
    r"|pre-?shared?(?:-?keys?)?|ecdsa(?:-\w+)?|eap(?:-\w+)?|dh|group\d*|(?:esp|ah)-[-\w]+|encr|compression|none|no|yes|auth"
    r"|key-?chain|key-string|set-key|key|priv|dhe?-[-\w]+|rc4(?:-\w+)?|prf|crack|xauth|hybrid)[,;:)\]}]*(?!\S)"
)
#: Before these words a ``key`` is a secret even if it is a word of English. An older nr-run hid it there too.
_NO_KEY_LINE = (
    r"(?=\s*\S)(?!\s*\S+[>#] ?\Z)(?!.*(?:tacacs-server|radius-server|server-private))"
    r".*(?<!isakmp )(?<!failover )(?<!authentication )"
)
#: Words that a name follows which somebody has given.
_NAMES = (
    r".*\b(?:map|tunnel-group|access-list(?: extended| standard)?|access-group|group-policy|object|network"
    r"|object-group(?: network| service| protocol| icmp-type| user| security)?|static|dynamic|source|destination"
    r"|address|keyring|profile|trustpoint|policy|transform-set|proposal|nameif|interface|class-map|policy-map|class|route-map|vrf|definition"
    r"|list|keypair|name|chain|value|ssid|template|hostname|username|user|group|peer|host) |\s*nat \(.*"
)
_WEAK = r"psk|pre-share|md5|sha(?:-?\d\S*)?|hmac-(?:md5|sha)\S*|\S*cmac\S*"

HARMLESS: tuple[Harmless, ...] = (
    Harmless(r".*", r".*", r"\*+(?!\S)", "the device shows asterisks in its place"),
    Harmless(r".*", r".*", r"[-=,;:.()\[\]{}|+]+\s*\Z", "punctuation, and nothing more"),
    Harmless(_START, r"key", r"chain(?!\S)", "a key chain has a name; its keys are lines of their own"),
    Harmless(_START, r"key", r"\d{1,3}\s*\Z", "the number of a key in a key chain"),
    Harmless(r".*ntp (?:server|peer) .*", r"key", r"\d+(?!\S)", "the number of a key for NTP"),
    Harmless(r".*tunnel ", r"key", r"\d+\s*\Z", "the key of a GRE tunnel is a number that every packet carries in clear"),
    Harmless(r".*", r"pre-shared-key", r"(?:address|hostname)(?!\S)", "the peer; the key follows a word of its own"),
    Harmless(r".*", r"pre-shared-key", r"(?:local|remote)\s*\Z", "which of both keys is meant, without it"),
    Harmless(r"crypto ", r"key", r"(?:generate|zeroize|pubkey-chain|mypubkey|storage|move|encrypt|lock|unlock)\b", "RSA keys"),
    Harmless(r".*", r"passwords?", r"(?:encryption aes|min-length \d+|policy)\b", "rules for passwords"),
    Harmless(r".*(?:set|match) ", r"community", r"\S*\d:\d|.*\badditive\b", "communities of BGP"),
    Harmless(r".*ldp ", r"password", r"(?:required|option \d+ for \S+ key-chain)\b", "that there has to be one"),
    Harmless(r".*activation ", r"key:?", r"0x", "the licence of an ASA, which fits its serial number alone"),
    Harmless(r".*", r"\S*isakmp-key", r".*", "the name that an object has in nr-run"),
    Harmless(r".*", r"(?:credential|env|file|keyring|command):.*", r".*", "a reference says where a secret is, not what it is"),
    Harmless(
        _NO_KEY_LINE,
        r"key:?",
        r"(?:lifetime|exchange|pair|engine|size|length|usage|type|data|name|id|timer|rollover|management|server|sets?|information"
        r"|derivation|agreement|encapsulation|label|feature|triple)s?(?![-\w])|[a-z-]+:\s+\S",
        "what a show command tells about keys: their lifetime, kind, size",
    ),
    Harmless(r".*", r"key", r"[a-z-]+\s+:\s+\S", "the label of a column: Key version : A"),
    Harmless(r"\s*", r"key", r"usage: [A-Z]", "what a certificate is for: Key Usage: General Purpose"),
    Harmless(r"\s*subject ", r"key", r"info:\s*\Z", "the heading of the public key of a certificate"),
    Harmless(r"\s*\w+ public ", r"key", r"\(\d+ bit\)\s*\Z", "the size of the public key of a certificate"),
    Harmless(r"\s*", r"key", r"label: \S+\s*\Z", "the name of a pair of keys, of which the certificate has the public one"),
    Harmless(
        r"\s*",
        r"key",
        r"(?:encipherment|cert sign|storage device: .+)\s*\Z",
        "what a certificate tells of its key, which it does not show",
    ),
    Harmless(
        r"\s*(?:certificate request )?fingerprint ", r"md5|sha1", r"(?:[0-9a-f]{8} ?)+\s*\Z", "a hash of what anybody may read"
    ),
    Harmless(
        r"(?!.*snmp).*\S\s+|^\s*(?:extended-)?", r"(?:extended-)?community", r"(?:attribute|entries)\s\S", "communities of BGP"
    ),
    Harmless(r".*save ", r"password", r"(?:dis)?allowed\s*\Z", "whether a VPN client may keep its password"),
    Harmless(r".*", _WEAK, r"-\s", "the legend of a table"),
    Harmless(
        r".*SECURITY WARNING - Module: [A-Z]+, Reason: (?:[\w-]+ )?",
        r"key",
        r"is stored in plain text\b",
        "what IOS-XE 17.18 says of a key, not the key",
    ),
    Harmless(_NO_KEY_LINE, r"key", _ENGLISH, "a sentence about a key"),
    Harmless(r"(?=\s*\S).*", _WEAK, _ENGLISH, "a sentence about a method"),
    Harmless(_NAMES, r".+[-_./]\w+", r".*", "a name that somebody has given, which ends like a word for a secret"),
    Harmless(
        r".*\b(?:the|a|an|its|this|that|no|another|other|one|each|every|whose) (?:\S+ )?",
        r"secret|password|token|community|pre-shared-key",
        _ENGLISH,
        "a sentence about a secret",
    ),
    Harmless(r".*", _WEAK, _METHODS, "a list of methods, or the columns of a table"),
    Harmless(r".*", _WEAK, r"[a-z/-]+:\s+\S|[a-z/-]+\s+(?:\S+\s+)?:\s+\S", "another label"),
    Harmless(
        r"(?!.*(?:auth|spi|ntp|mode|key|snmp)).*",
        _WEAK,
        r"\d{1,4}[.,)]?(?!\S)|\d\d:",
        "a group, a size or a time in a table",
    ),
)
_HARMLESS = tuple(row.compiled() for row in HARMLESS)


@lru_cache(maxsize=512)
def harmless_forms(word: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """What may stand before and after a word where it announces no secret."""
    return tuple((before, after) for before, wanted, after in _HARMLESS if wanted.fullmatch(word))
