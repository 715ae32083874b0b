"""How secrets were hidden before hiding became the default: by forms that are known to hold one. Kept as an oracle, as it was."""

from __future__ import annotations

import re

TOKEN = re.compile(r"<(?:secret:[^<>\s]+|key:[0-9a-f]{8})>")

#: A value shorter than this is hidden by the syntax around it only: by value it would tear holes into ordinary words.
SHORTEST_HIDDEN_BY_VALUE = 8

_TYPE = r"(?:\d[ \t]+)?"
#: Prompt of a router or firewall, in any mode, as an echo has it.
_PROMPT = r"^[ \t]*(?:\S+[>#] ?)?"
#: How a secret stands in a Cisco configuration line, typed or shown, with or without a prompt before it.
SYNTAX: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"\bisakmp key {_TYPE}(?P<secret>\S+)(?= (?:address|hostname)\b)",
        rf"\bpre-shared-key (?:address \S+(?: \d+\.\S+)? |hostname \S+ )key {_TYPE}(?P<secret>\S+)",
        rf"\bpre-shared-key (?:(?:local|remote) )?(?!address\b|hostname\b|local\b|remote\b){_TYPE}(?P<secret>\S+)",
        # A number of up to three digits is that of a key in a key chain.
        rf"{_PROMPT}key (?!chain\b|config-key\b|\d{{1,3}}[ \t]*\r?$){_TYPE}(?P<secret>\S+)[ \t]*\r?$",
        r"\bkey config-key \S+ (?P<secret>\S+)",
        rf"\benable (?:secret|password) (?:level \d+ )?{_TYPE}(?P<secret>\S+)",
        rf"\busername \S+ .*?\b(?:secret|password) {_TYPE}(?P<secret>\S+)",
        rf"{_PROMPT}(?:password|passwd) {_TYPE}(?P<secret>\S+)",
        rf"\b(?:ppp chap|sent-username \S+|ip ftp|ip http client|neighbor \S+) password {_TYPE}(?P<secret>\S+)",
        rf"\bldap-login-password {_TYPE}(?P<secret>\S+)",
        # The rest of what only an ASA has: keys of its AAA servers, of single sign-on, of its licence server, of EIGRP and RIP.
        r"\b(?:radius-common-pw|policy-server-secret|license-server secret|license-server address \S+ secret) (?P<secret>\S+)",
        r"\bauthentication key (?:eigrp \d+ )?(?P<secret>\S+)(?= key[-_]id\b)",
        rf"\bsnmp-server (?:host .*)?community {_TYPE}(?P<secret>\S+)",
        r"\bsnmp-server host \d\S+ (?:(?:traps|informs) )?(?:version (?:1|2c) )?"
        r"(?P<secret>(?!version\b|vrf\b|traps\b|informs\b|community\b)\S+)",
        r"\bsnmp-server user .* auth \S+ (?P<secret>\S+)",
        r"\bsnmp-server user .* priv (?:aes|3des|des)(?: \d+)? (?P<secret>\S+)",
        rf"\b(?:tacacs-server|radius-server|server-private) (?:.*? )?key {_TYPE}(?P<secret>\S+)",
        rf"\bkey-string {_TYPE}(?P<secret>\S+)",
        rf"\b(?:message-digest-key \d+ md5|authentication-key(?: \d+ md5)?) {_TYPE}(?P<secret>\S+)",
        r"\b(?:standby|vrrp) \d+ authentication (?:text )?(?!md5\b)(?P<secret>\S+)",
        r"\bip nhrp authentication (?P<secret>\S+)",
        r"\bfailover key (?:hex )?(?P<secret>\S+)",
        r"\bset session-key (?:in|out)bound (?:ah \d+|esp \d+ cipher) (?P<secret>\S+)",
        r"\bset session-key .* authenticator (?P<secret>\S+)",
        r"\b[a-z]+://[^\s:/@]+:(?P<secret>[^\s@/]+)@",
    )
)


class OldSecrets:
    """The old hiding of these values; each value that is hidden gets the next token."""

    def __init__(self, *values: str) -> None:
        self.values = {f"<secret:{number}>": value for number, value in enumerate(values)}

    def hide(self, text: str) -> str:
        """As it was: values that a line break cuts, then forms, then values anywhere."""
        named = {value for token, value in self.values.items() if token.startswith("<secret:")}
        known = sorted((value for value in named if len(value) >= SHORTEST_HIDDEN_BY_VALUE), key=lambda value: -len(value))
        for value in known:
            text = _broken(value).sub(lambda match: self._token_of(match[0]) if "\n" in match[0] else match[0], text)
        for pattern in SYNTAX:
            text = pattern.sub(self._hide_match, text)
        if known:
            anywhere = "|".join((TOKEN.pattern, *map(re.escape, known)))
            text = re.sub(anywhere, lambda match: match[0] if TOKEN.fullmatch(match[0]) else self._token_of(match[0]), text)
        return text

    def reveal(self, text: str) -> str:
        """The values again."""
        return TOKEN.sub(lambda match: self.values[match[0]], text)

    def _hide_match(self, match: re.Match[str]) -> str:
        value = match["secret"]
        if TOKEN.fullmatch(value) or set(value) == {"*"}:
            return match[0]
        start, end = (offset - match.start() for offset in match.span("secret"))
        return match[0][:start] + self._token_of(value) + match[0][end:]

    def _token_of(self, value: str) -> str:
        known = next((token for token, held in self.values.items() if held == value), None)
        if known is None:
            known = f"<key:{len(self.values):08x}>"
            self.values[known] = value
        return known


def _broken(value: str) -> re.Pattern[str]:
    return re.compile(r"(?:\r?\n)*".join(re.escape(character) for character in value))
