"""Secrets in the logs of clients, telephones and gateways: hidden in every line that is quoted.

A log is prose, in which secrets stand in other places than in a configuration: cookies, elements of XML, headers of HTTP, what
was typed at a prompt. What stands in a place of `_FORMS` becomes ``<hidden>``; what a configuration would hide is hidden as well,
so that a sentence about passwords may lose some words.
"""

from __future__ import annotations

import re

from .secrets import Secrets

HIDDEN = "<hidden>"
#: A quotation is no longer than this.
QUOTED = 240

_NAMES = (
    r"(?:[\w-]{0,40}(?:passw(?:or)?d|passcode|passphrase|pwd|secret|token|cookie|otp|psk|pre-?shared-?key|saml\w*|assertion)[\w-]{0,40}"
    r"|webvpn\w*|sdesktop|acsession|svpncookie|dsid|authorization|session[-_ ]?key|private[-_ ]?key"
    r"|x-[\w-]{0,30}session[\w-]{0,20}|session[-_]?id(?==))"
)
#: Where a secret stands in a line of a log: ``secret`` is hidden.
_FORMS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # Headers of HTTP: all that follows is one secret or several.
        r"\b(?:set-)?cookie2?\s*[:=]\s*(?P<secret>\S.*)",
        r"\b(?:proxy-)?authorization\s*[:=]\s*(?P<secret>\S.*)",
        r"\b(?:bearer|basic) (?P<secret>[A-Za-z0-9+/=_.~-]{8,})",
        # name=value, name: value, "name": "value"; the value ends where such a list goes on.
        rf"(?<![\w-]){_NAMES}[\"']?\s*[=:]\s*[\"']?(?P<secret>(?!\s|[<*\"'])[^;&\"'<>\s]+)",
        rf"<{_NAMES}(?:\s[^<>]{{0,200}})?>(?P<secret>[^<]+)",
        # What a sentence names: session token 1a2b..., PSK 'x'. A word of English has no digit in it.
        r"\b(?:token|cookie|psk|password|passcode|secret)\s+(?:is|was|of|value)?\s*['\"]?(?P<secret>(?=[^\s'\"]*\d)[^\s'\",;]{6,})",
        r"\bcookie\s+['\"]?(?P<secret>[^\s'\",;]{8,})",
        r"://[^\s:/@]{1,128}:(?P<secret>[^\s@]{1,256})@",
        r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*)",
        # The answer to an API, as base64 of XML: what is so long and no word of anything is not quoted.
        r"(?<![\w+/=-])(?P<secret>[A-Za-z0-9+/_-]{96,}={0,2})",
    )
)


def hidden_in_log(line: str) -> str:
    """One line of a log as it may be shown: without secrets, on one line, and cut where it is long."""
    text = " ".join(line[: 8 * QUOTED].split())
    for form in _FORMS:
        text = form.sub(_without, text)
    text = Secrets(()).hide(text)
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 3]}..."


def _without(match: re.Match[str]) -> str:
    start, end = match.span("secret")
    at = match.start()
    return f"{match[0][: start - at]}{HIDDEN}{match[0][end - at :]}"
