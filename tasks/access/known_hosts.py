"""Files of known SSH host keys, as OpenSSH writes them: names with patterns, ports and hashes, and the keys behind them.

Source: OpenSSH, sshd(8), section "SSH_KNOWN_HOSTS FILE FORMAT".
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

#: A pattern or a hash, which may mean a host whose name does not stand in the line.
_MAY_MEAN_ANY = re.compile(r"[*?|]")


class HostKey(Struct, frozen=True):
    """One public key: its type, its bytes, and the file and line that name it."""

    kind: str
    data: bytes
    place: str = ""
    revoked: bool = False

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -lf`` shows it."""
        digest = base64.b64encode(hashlib.sha256(self.data).digest()).decode().rstrip("=")
        return f"{self.kind} SHA256:{digest}"

    @property
    def text(self) -> str:
        """As it stands in a file, without a name."""
        return f"{self.kind} {base64.b64encode(self.data).decode()}"


def keys_in(path: Path, name: str) -> Iterator[HostKey]:
    """The keys that a file has for a host; nothing for a file that is not there. Raises OSError when it cannot be read."""
    try:
        text = path.read_text(encoding="utf8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return
    wanted = name.lower()
    for number, line in enumerate(text.splitlines(), 1):
        # A fleet has a line for each of its devices, and each login looks for one of them.
        if wanted not in line.lower() and _MAY_MEAN_ANY.search(line) is None:
            continue
        fields = line.split()
        revoked = fields[:1] == ["@revoked"]
        if revoked:
            fields = fields[1:]
        # The key of a certificate authority signs host keys and is none; Paramiko asks for no host certificates.
        if len(fields) < 3 or fields[0].startswith(("#", "@")) or not _names(fields[0], name):
            continue
        try:
            data = base64.b64decode(fields[2], validate=True)
        except (binascii.Error, ValueError):
            continue
        yield HostKey(fields[1], data, f"{path}:{number}", revoked)


def keys_in_all(paths: Iterable[Path], name: str) -> tuple[HostKey, ...]:
    """The keys of several files. Raises OSError."""
    return tuple(key for path in paths for key in keys_in(path, name))


def _names(patterns: str, name: str) -> bool:
    if patterns.startswith("|1|"):
        return _is_hash_of(patterns, name)
    # A pattern with an exclamation mark wins over all others. Brackets are part of a name with a port, not a class of characters.
    words = [pattern.replace("[", "[[]").lower() for pattern in patterns.split(",")]
    wanted = name.lower()
    if any(word.startswith("!") and fnmatch.fnmatchcase(wanted, word[1:]) for word in words):
        return False
    return any(fnmatch.fnmatchcase(wanted, word) for word in words)


def _is_hash_of(hashed: str, name: str) -> bool:
    try:
        _, _, salt, digest = hashed.split("|")
        made = hmac.new(base64.b64decode(salt), name.lower().encode(), hashlib.sha1).digest()
        return hmac.compare_digest(made, base64.b64decode(digest))
    except (ValueError, binascii.Error):
        return False
