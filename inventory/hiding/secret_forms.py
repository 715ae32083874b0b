"""Find secrets in a line of a device: hidden by default, and shown only if the form is known to be harmless.

What follows a word for a secret (``password``, ``key``, ``md5``...) is a secret, and so is all that follows it on the line, until
a word of the grammar comes that is known to stand behind one (``address 192.0.2.1``). What is not a secret although such a
word stands before it is a row of HARMLESS (see harmless_forms). Sources: the command references of Cisco IOS, IOS-XE and ASA.

All of it is linear in the length of a line: patterns have no nested repeats, and what stands before a word is looked at for
BEFORE characters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from secrets import token_bytes

from msgspec import Struct

from .harmless_forms import harmless_forms
from .spans import Span, merged, without

TOKEN = re.compile(r"<(?:secret:[^<>\s]+|key:[0-9a-f]{8,64})>")

#: So many characters before a word are looked at to tell what it means.
BEFORE = 160

#: A line without any of these holds no secret that can be told by its form; they are looked for in lower case.
STEMS = (
    *("key", "pass", "secret", "psk", "pwd", "pw", "pin ", "token", "communit", "md5", "sha", "hmac", "cmac"),
    *("authentic", "nthash", "pmk", "snmp-server", "aaa-server", "environment", "spi ", "://", "@", "$", "pem ", "pkcs12"),
    *(" 5 ", " 6 ", " 7 ", " 8 ", " 9 "),
)

#: Words behind which a secret stands. ``always``: whatever follows. ``weak``: they are names of methods and columns too.
_ALWAYS = frozenset(
    (
        *("password", "passwords", "passwd", "passphrase", "passcode", "pass", "pwd", "pw", "secret", "shared-secret", "token"),
        *("key-string", "keystring", "pre-shared-key", "preshared-key", "authentication-key", "message-digest-key", "set-key"),
        *("server-key", "session-key", "master-key", "storage-key", "encryption-key", "message-auth-code-key", "auth-key"),
        *("priv-key", "enc-key", "mac-key", "group-key", "shared-key", "secret-key", "private-key", "api-key", "access-key"),
        *("wpa-psk", "user-pin", "radius-common-pw", "idtoken", "community", "community-map", "pin", "nthash", "pmk", "cak"),
    )
)
_WEAK_WORDS = frozenset(["key", "psk", "pre-share", "md5", "sha", "sha1", "sha256", "sha384", "sha512"])
#: One word: what is glued before it (a prompt, a quote, the beginning of a longer word), and the word for a secret.
_TRIGGER = re.compile(
    r"(?P<prefix>\S*?)(?<![A-Za-z0-9])"
    rf"(?:(?P<always>{'|'.join(sorted(_ALWAYS, key=len, reverse=True))})"
    r"|(?P<weak>key|psk|pre-share|md5|sha-?\d*(?:-\d+)?|hmac-[\w-]{1,30}|(?:aes-)?(?:\d+-)?cmac[\w-]{0,30}))"
    r"[\"',;)\]}]*:?",
    re.IGNORECASE,
)
#: A word without any of these is no word for a secret.
_PART = re.compile(r"key|pass|secret|psk|pwd|pw|pin|token|communit|md5|sha|hmac|cmac|nthash|pmk|cak")
#: The part of a longer word that makes it one of its kind wherever it stands; others of that kind (``my-key``) are names.
_ANYWHERE = re.compile(r"password|passwd|passphrase|passcode|secret|key-string|pre-shared-key|authentication-key", re.IGNORECASE)

#: Grammar between the word and the secret, by the word. A digit is the type of what follows.
_BETWEEN = {
    "pre-shared-key": re.compile(r"local|remote|\d", re.IGNORECASE),
    "key": re.compile(r"hex|eigrp|\d+(?=\s+\S+\s+key[-_]id\b)|\d", re.IGNORECASE),
    "authentication-key": re.compile(r"\d+(?=\s+md5(?!\S))|md5|\d", re.IGNORECASE),
    "psk": re.compile(r"ascii|hex|set-key|\d", re.IGNORECASE),
}
_BETWEEN |= {
    "message-digest-key": _BETWEEN["authentication-key"],
    "wpa-psk": _BETWEEN["psk"],
    "set-key": _BETWEEN["psk"],
}
_TYPE = re.compile(r"\d")

#: What stands behind a secret and is none.
_BEHIND = re.compile(
    r"(?:address\s+(?:ipv6\s+)?[0-9A-Fa-f:]+[.:/]\S*|hostname\s+\S+\s*(?:no-xauth\s*)?$|netmask\s+\d|no-xauth\s*$"
    r"|(?:encrypted|nt-encrypted|pbkdf2|scrypt|mschap|hidden)(?!\S)|privilege\s+\d+|r[ow](?!\S)|view\s+\S+|level-[12](?!\S)"
    r"|authenticate\s+snp|timeout\s+\d+|key[-_]id\s+\d+|hash\s+(?:md5|sha)|hash-function\s|priv\s+\S|authenticator\s+\S"
    r"|version\s+[123]|udp-port\s+\d|realm\s+\S)",
    re.IGNORECASE,
)


#: Secrets that no word announces, by their place: a text that such a line holds in lower case, and the pattern.
_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (literal, re.compile(pattern, re.IGNORECASE))
    for literal, pattern in (
        # The community of a host that gets traps: what is no other word of the line. With version 3 it is the name of a user.
        (
            "snmp-server host",
            r"\bsnmp-server host (?:[^\d\s]\S* \d\S*\.\S+|\S+)"
            r"(?: vrf \S+| traps?| informs?| poll| version (?:1|2c)(?!\S)| udp-port \d+| (?:community )?[08](?= \S)){0,6}"
            r" (?P<secret>(?!version\b|vrf\b|traps?\b|informs?\b|community\b|poll\b)\S+)",
        ),
        ("snmp-server user", r"\bsnmp-server user .{0,300} auth \S+ (?P<secret>\S+)"),
        ("snmp-server user", r"\bsnmp-server user .{0,300} priv (?:aes|3des|des)\S*(?: \d+)? (?P<secret>\S+)"),
        ("aaa-server", r"\baaa-server \S+ (?:\(\S+\) )?host \S+ (?P<secret>(?!timeout \d+\s*$)\S+)"),
        (
            "authentication",
            r"\b(?:standby|vrrp|glbp|hsrp)(?: \d+)? authentication (?:(?:text|string) (?=\S))?(?P<secret>(?!md5\b)\S+)",
        ),
        ("authentication", r"\bauthentication (?:text|string) (?P<secret>\S+)"),
        (
            "authentication",
            r"^\s*(?:\S+[>#] ?)?authentication (?P<secret>(?!(?:pre-share|rsa-sig|rsa-encr|ecdsa-sig|crack|eap|ms-chap|chap|pap"
            r"|open|shared|none|certificate|aaa|mac|required|md5|sha|null)(?:-\S*)?\s*$)(?:\"[^\"]*\"|\S+))\s*$",
        ),
        (
            "authentication",
            r"\bip(?:v6)? \S+ authentication (?P<secret>(?!mode\b|message-digest\b|key-chain\b|null\b|ipsec\b|md5\b)\S+)\s*$",
        ),
        ("hello-authentication", r"\bhello-authentication \S+ (?P<secret>\S+)"),
        ("nhrp authentication", r"\bnhrp authentication (?P<secret>\S+)"),
        ("environment", r"\bevent manager environment \S+ (?P<secret>\S.*)"),
        ("session-key", r"\bset session-key (?:in|out)bound (?:ah \d+|esp \d+ cipher) (?P<secret>\S+)"),
        ("session-key", r"\bset session-key .{0,300} authenticator (?P<secret>\S+)"),
        ("ipsec spi", r"\bipsec spi \d+ (?P<secret>.*)"),
        ("pem ", r"\bpem (?:(?:terminal|url \S+|\S+:\S*) )?(?:3des|des|aes\S*) (?P<secret>\S+)"),
        ("pkcs12", r"\bpkcs12 (?:(?:terminal|url \S+|\S+:\S*) )?(?P<secret>(?!terminal\b|url\b|password\b)\S+)"),
        ("key config-key", r"\bkey config-key \S+ (?P<secret>\S+)"),
        ("secret", r"\blicense[- ]server (?:address \S+ )?secret (?P<secret>\S+)"),
    )
)
#: What may stand in a line with a key for IPsec by hand, and is no key.
_MANUAL = re.compile(r"(?:esp|ah|null|md5|sha1?|des|3des|aes-cbc|authentication|128|192|256|[067])(?!\S)", re.IGNORECASE)
#: Secrets by their look: a text that such a line holds, and the pattern.
_LOOKS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (literal, re.compile(pattern))
    for literal, pattern in (
        # Cisco's type 7: two digits of a seed, then bytes in hexadecimal. Types 5, 8, 9, 4: a hash that says what it is.
        (" 7 ", r"(?<!\S)7 (?P<secret>[01][0-9](?:[0-9A-Fa-f]{2}){3,})(?!\S)"),
        (" 6 ", r"(?<!\S)6 (?P<secret>[A-Za-i\[\\\]^_`]{16,})(?!\S)"),
        ("$", r"(?<!\S)(?P<secret>\$(?:[0-9]{1,2}|sha512|nt)\$\S+)"),
        # user:password@host, with or without a scheme; a port is none, and a token holds a colon of its own.
        ("@", r"(?i:(?<=[a-z]://))(?![^\s:/@<]*\.[^\s:/@<]*:\d{1,5}/)[^\s:/@<]+:(?P<secret>\S{1,256})@"),
        ("@", r"(?<![^\s\"'(])[^\s:@/<]+:(?P<secret>[^\s/]\S{0,255})@[\w\[]"),
        (":", r"(?i:(?<![a-z<])(?:passwd|password|passphrase|secret|token|psk|pwd):)(?P<secret>[^\s&]+)"),
        ("</", r"(?i:<[\w:-]{0,40}(?:passwd|password|passphrase|secret|token|key|psk|community)>)(?P<secret>[^<]+)</"),
        ("=", r"(?i:(?<![a-z])(?:pass|passwd|password|passphrase|secret|token|key|psk|pwd|pw)=)(?P<secret>[^\s&]+)"),
    )
)
_WORD = re.compile(r"\S+")
#: Lines that hold a stem and no secret, so that those which come again and again are looked at once.
_SEEN: set[str] = set()
_SEEN_AT_MOST = 8192
#: Lines that hold a secret by their fingerprint, with a key of this process, to where it stands in them: each reading of a
#: device shows them again.
_FOUND: dict[bytes, tuple[Span, ...]] = {}
_KEY = token_bytes(32)


def secret_spans(line: str) -> list[Span]:
    """Where secrets stand in one line, from left to right, without overlaps; tokens are left out."""
    if line in _SEEN:
        return []
    mark = blake2b(line.encode("utf8", "surrogatepass"), digest_size=16, key=_KEY).digest()
    if (known := _FOUND.get(mark)) is not None:
        return list(known)
    found = merged([*_behind_words(line), *_in_places(line)])
    if not found:
        if len(_SEEN) >= _SEEN_AT_MOST:
            _SEEN.clear()
        _SEEN.add(line)
        return []
    if len(_FOUND) >= _SEEN_AT_MOST:
        _FOUND.clear()
    spans = without(found, tokens_in(line))
    _FOUND[mark] = tuple(spans)
    return spans


def tokens_in(text: str) -> list[Span]:
    """Where tokens stand."""
    return [match.span() for match in TOKEN.finditer(text)] if "<secret:" in text or "<key:" in text else []


def _in_places(line: str) -> Iterator[Span]:
    low = line.lower()
    for literal, pattern in _PLACES:
        match = pattern.search(line) if literal in low else None
        if match is None:
            continue
        if literal == "ipsec spi":
            words = _WORD.finditer(line, match.start("secret"))
            yield from (word.span() for word in words if not _MANUAL.match(line, word.start()))
        else:
            yield from _from(line, *match.span("secret"))
    for literal, pattern in _LOOKS:
        if literal in line:
            yield from (match.span("secret") for match in pattern.finditer(line))


class _Word(Struct, frozen=True):
    """A word for a secret in a line: where it stands, what is glued before it, and the word itself in lower case."""

    start: int
    end: int
    glued: str
    prefix: str
    name: str
    weak: bool
    listed: bool

    @classmethod
    def of(cls, match: re.Match[str]) -> _Word | None:
        """Of one word of a line, if it is such a word."""
        low = match[0].lower()
        if low in _ALWAYS or low in _WEAK_WORDS:
            return cls(*match.span(), "", "", low, low in _WEAK_WORDS, False)
        if not _PART.search(low) or "<key:" in low or "<secret:" in low:
            return None
        found = _TRIGGER.fullmatch(match[0])
        if found is None:
            return None
        glued, prefix = _parted(found["prefix"] + "x")
        name = (found["always"] or found["weak"]).lower()
        return cls(*match.span(), glued, prefix[:-1], name, bool(found["weak"]), low.endswith(","))


def _behind_words(line: str) -> Iterator[Span]:
    position = 0
    for match in _WORD.finditer(line):
        # What was hidden is no word for another secret.
        word = _Word.of(match) if match.start() >= position else None
        if word is not None and _means_a_secret(line, word):
            for span in _value(line, word):
                yield span
                position = max(position, span[1])


def _means_a_secret(line: str, word: _Word) -> bool:
    if (word.weak and word.listed) or not _is_a_word_for_it(line, word):
        return False
    before = line[max(0, word.start - BEFORE) : word.start] + word.glued
    return not any(
        after.match(line, word.end) and ahead.match(before) for ahead, after in harmless_forms(word.prefix + word.name)
    )


def _parted(word: str) -> tuple[str, str]:
    """A prompt that is glued to a word, or an opening quote, and the word."""
    at = max(word.rfind(">"), word.rfind("#")) + 1
    bare = word[at:].lstrip("\"'([{")
    return word[: len(word) - len(bare)], bare


def _is_a_word_for_it(line: str, word: _Word) -> bool:
    """False for a name that only ends like such a word: ``crypto map VPN-KEY``."""
    if not word.prefix:
        return True
    before = line[: word.start].strip()
    first = before in ("", "no") or before.endswith(("#", ">", "# no", "> no"))
    return first or bool(not word.weak and _ANYWHERE.fullmatch(word.name))


def _value(line: str, trigger: _Word) -> Iterator[Span]:
    """All words behind the word for a secret, until one that stands behind secrets."""
    name = trigger.name
    between = _BETWEEN.get(name, _TYPE)
    word = _WORD.search(line, trigger.end)
    while word:
        following = _WORD.search(line, word.end())
        fits = between.match(line, word.start())
        if following is None or fits is None or fits.end() != word.end():
            break
        if _BEHIND.match(line, following.start()):
            # Either this is the secret, or what follows is one that looks like a word of the grammar.
            yield word.span()
            if name == "key" and following[0].lower() in ("address", "hostname"):
                return
        word = following
    if word:
        yield from _from(line, *word.span())


def _from(line: str, start: int, end: int) -> Iterator[Span]:
    """A value that begins here: one word or what is in quotes, and all that follows which is not known to be harmless."""
    if line[start] in "\"'" and (closing := line.find(line[start], start + 1)) > 0:
        end = max(end, closing + 1)
    yield start, end
    for word in _WORD.finditer(line, end):
        if _BEHIND.match(line, word.start()):
            return
        yield word.span()
