"""Secrets by reference: where a key is kept, how it is hidden, and when it is put in.

A reference is ``scheme:rest``. In every text that nr-run keeps or shows, a secret stands as a token: ``<secret:REF>`` where
the value is that of a reference, ``<key:1a2b3c4d>`` where a device showed a key that no reference holds. The eight digits
are a keyed fingerprint: equal values have equal tokens within one run, and say nothing outside it. So configurations can be
compared, planned and stored without their keys, and the line that goes to the device gets its key at the last moment.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets as random_source
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import SecretError

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


def credential_folders(extra: Iterable[Path] = ()) -> tuple[Path, ...]:
    """Folders in which a ``credential:NAME`` is a file, first match wins.

    systemd's ``$CREDENTIALS_DIRECTORY``, then ``$NR_RUN_CREDENTIALS``, then the user's own folder, then ``extra``.
    """
    named = [os.environ.get(name) for name in ("CREDENTIALS_DIRECTORY", "NR_RUN_CREDENTIALS")]
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "nr-run" / "credentials"
    return (*(Path(name) for name in named if name), own, *extra)


def _from_credential(name: str, folders: tuple[Path, ...]) -> str:
    if Path(name).name != name:
        raise SecretError(f"credential:{name}: a credential is a plain file name without a path")
    for folder in folders:
        if (folder / name).is_file():
            return _read(folder / name, f"credential:{name}")
    known = sorted({path.name for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file()})
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean credential:{near[0]}?" if near else ""
    places = ", ".join(str(folder) for folder in folders)
    raise SecretError(f"credential:{name} resolves to nothing: no such file in {places}{hint}")


def _from_env(name: str, _folders: tuple[Path, ...]) -> str:
    value = os.environ.get(name)
    if not value:
        raise SecretError(f"env:{name} resolves to nothing: the environment has no such variable, or it is empty")
    return value


def _from_file(name: str, _folders: tuple[Path, ...]) -> str:
    return _read(Path(name).expanduser(), f"file:{name}")


def _from_command(command: str, _folders: tuple[Path, ...]) -> str:
    """First line that a shell command prints (``sops -d ...``, ``op read op://...``)."""
    try:
        done = subprocess.run(  # noqa: S602 - the operator's own inventory names the command, as in ~/.ssh/config
            command, shell=True, capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        raise SecretError(f"command:{command.split()[0]} gave no answer within 60 seconds") from None
    except UnicodeDecodeError:
        raise SecretError(f"command:{command.split()[0]} resolves to nothing: what it prints is not text") from None
    value = done.stdout.partition("\n")[0].strip()
    if done.returncode or not value:
        raise SecretError(f"command:{command.split()[0]} resolves to nothing: it ended with code {done.returncode}")
    return value


def _from_keyring(name: str, _folders: tuple[Path, ...]) -> str:
    try:
        import keyring
    except ImportError:
        raise SecretError(f"keyring:{name} needs the extra: pip install 'nr-run[keyring]'") from None
    service, _, user = name.partition("/")
    try:
        value = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise SecretError(f"keyring:{name} resolves to nothing: {type(error).__name__}: there is no keyring to ask") from None
    if not value:
        raise SecretError(f"keyring:{name} resolves to nothing: the keyring has no such entry")
    return str(value)


def _read(path: Path, reference: str) -> str:
    try:
        value = path.read_text(encoding="utf8").strip("\r\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise SecretError(f"{reference} resolves to nothing: {path}: {reason}") from None
    if not value:
        raise SecretError(f"{reference} resolves to nothing: {path} is empty")
    if "\n" in value or "\r" in value:
        raise SecretError(f"{reference}: {path} has more than one line, and a second line would be typed as a command")
    return value


SCHEMES: Mapping[str, Callable[[str, tuple[Path, ...]], str]] = {
    "credential": _from_credential,
    "env": _from_env,
    "file": _from_file,
    "command": _from_command,
    "keyring": _from_keyring,
}


def check_preshared_key(value: str, reference: str) -> None:
    """Refuse a key that a Cisco command line would cut, complete or misread.

    ``?`` asks for help, a space ends the argument, quotes and the backslash are taken literally by one end only, ``!`` at the
    start is a comment, and other characters than printable ASCII are not accepted (Cisco IOS and ASA command line rules).
    """
    bad = sorted({character for character in value if character in "?\"'\\<> " or not " " < character <= "~"})
    if bad or value.startswith("!"):
        raise SecretError(
            f"{reference}: the key has a character that a command line cannot take (one of ? space quote \\ < > ! first)"
        )
    if not 8 <= len(value) <= 128:
        raise SecretError(f"{reference}: the key has {len(value)} characters; 8 to 128 are allowed, 24 or more advised")


@lru_cache(maxsize=256)
def _broken(value: str) -> re.Pattern[str]:
    """The value with line breaks anywhere in it."""
    return re.compile(r"(?:\r?\n)*".join(re.escape(character) for character in value))


@dataclass(frozen=True, slots=True)
class Secrets:
    """All secrets of one run: resolves references once, hides and reveals. Safe to share between threads."""

    folders: tuple[Path, ...] = field(default_factory=credential_folders)
    _values: dict[str, str] = field(default_factory=dict, repr=False)
    _names: dict[str, str] = field(default_factory=dict, repr=False)
    _salt: bytes = field(default_factory=lambda: random_source.token_bytes(32), repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def resolve(self, reference: str) -> str:
        """Value of a reference. Raises SecretError, which never holds the value."""
        token = self.token(reference)
        with self._lock:
            if token not in self._values:
                self._values[token] = self._fetch(reference)
            return self._values[token]

    def look_up(self, reference: str) -> str:
        """Value of a reference that is not itself secret, such as a user name; it is not hidden in texts."""
        with self._lock:
            if reference not in self._names:
                self._names[reference] = self._fetch(reference)
            return self._names[reference]

    def _fetch(self, reference: str) -> str:
        scheme, _, rest = reference.partition(":")
        if scheme not in SCHEMES or not rest:
            near = get_close_matches(scheme, SCHEMES, n=1)
            hint = f"did you mean {near[0]}:?" if near else f"known: {', '.join(SCHEMES)}"
            raise SecretError(f"{scheme or '(empty)'}: is no kind of secret reference; {hint}")
        return SCHEMES[scheme](rest, self.folders)

    def preshared_key(self, reference: str) -> str:
        """Token of a pre-shared key that is there and that a command line can take.

        It is the token that ``hide`` puts in place of the value: where two references hold one value, that of the first.
        """
        value = self.resolve(reference)
        check_preshared_key(value, reference)
        return self._token_of(value)

    @staticmethod
    def token(reference: str) -> str:
        """How the value of this reference stands in a text: ``<secret:REF>``, two references never alike."""
        words = re.sub(r"[\s<>]", "_", reference)
        if words != reference:
            words += f"~{hashlib.sha256(reference.encode()).hexdigest()[:8]}"
        return f"<secret:{words}>"

    def hide(self, text: str) -> str:
        """The text with every known value, and whatever stands where a secret stands, as a token.

        First values that a line break cuts in two, which no syntax finds whole; then by syntax, so that a value inside a
        longer secret does not leave the rest of it readable; then by value, wherever it is left.
        """
        with self._lock:
            known = [value for token, value in self._values.items() if token.startswith("<secret:")]
        known = sorted({value for value in known if len(value) >= SHORTEST_HIDDEN_BY_VALUE}, key=lambda value: -len(value))
        for value in known:
            text = _broken(value).sub(self._hide_broken, text)
        for pattern in SYNTAX:
            text = pattern.sub(self._hide_match, text)
        if known:
            anywhere = "|".join((TOKEN.pattern, *map(re.escape, known)))
            text = re.sub(anywhere, lambda match: match[0] if TOKEN.fullmatch(match[0]) else self._token_of(match[0]), text)
        return text

    def _hide_broken(self, match: re.Match[str]) -> str:
        return self._token_of(match[0]) if "\n" in match[0] else match[0]

    def export(self) -> dict[str, Any]:
        """All values and the salt of the fingerprints, for an encrypted file and nothing else."""
        with self._lock:
            return {"salt": self._salt.hex(), "values": dict(self._values), "names": dict(self._names)}

    @classmethod
    def restored(cls, exported: Mapping[str, Any]) -> Secrets:
        """The secrets of an earlier run: equal values get the tokens that they had then."""
        return cls((), dict(exported["values"]), dict(exported["names"]), bytes.fromhex(exported["salt"]))

    def _hide_match(self, match: re.Match[str]) -> str:
        value = match["secret"]
        if TOKEN.fullmatch(value) or set(value) == {"*"}:
            return match[0]
        start, end = (offset - match.start() for offset in match.span("secret"))
        return match[0][:start] + self._token_of(value) + match[0][end:]

    def _token_of(self, value: str) -> str:
        with self._lock:
            for token, known in self._values.items():
                if known == value:
                    return token
            digest = hmac.new(self._salt, value.encode(), hashlib.sha256).hexdigest()[:8]
            self._values[f"<key:{digest}>"] = value
            return f"<key:{digest}>"

    def reveal(self, line: str) -> str:
        """The line with its tokens replaced by the values, for the device and for nothing else."""
        return TOKEN.sub(self._reveal_match, line)

    def _reveal_match(self, match: re.Match[str]) -> str:
        try:
            return self._values[match[0]]
        except KeyError:
            raise SecretError(f"{match[0]} is not known to this run: a key seen in another run cannot be put back") from None
