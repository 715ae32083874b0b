"""What goes over other people's machinery is sealed: with a key that both sides resolve by reference, and that is never sent.

A scheduler, its logs and its dashboard then see names of runs and sizes, and no configuration, address or sentence. It is not a
guard against a scheduler that means harm: whoever may give a cluster work may run any program on its workers.
"""

from __future__ import annotations

import secrets as random_source

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ...inventory.errors import SecretError
from ...inventory.hiding.secrets import Secrets

#: Where both sides have the key of the cluster.
REFERENCE = "credential:nr-run-cluster"
#: Characters; what a person makes up is shorter, and can be guessed.
SHORTEST = 32
_NONCE = 12


class Seal:
    """Of one run."""

    def __init__(self, key: str, run: str) -> None:
        """Raises SecretError for a key that could be guessed."""
        if len(key) < SHORTEST:
            raise SecretError(f"{REFERENCE} has fewer than {SHORTEST} characters: make one with `openssl rand -hex 32`")
        made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"nr-run {run}".encode()).derive(key.encode())
        self._key = AESGCM(made)

    @classmethod
    def of(cls, run: str, secrets: Secrets) -> Seal:
        """With the key that this side has. Raises SecretError, which names the reference."""
        return cls(secrets.resolve(REFERENCE), run)

    def close(self, data: bytes, way: str) -> bytes:
        """Sealed, for one way: ``way`` says from whom to whom."""
        nonce = random_source.token_bytes(_NONCE)
        return nonce + self._key.encrypt(nonce, data, way.encode())

    def open(self, data: bytes, way: str) -> bytes:
        """What was sealed for this way. Raises SecretError where it was not, by the holder of the same key for the same run."""
        try:
            return self._key.decrypt(data[:_NONCE], data[_NONCE:], way.encode())
        except (InvalidTag, ValueError):
            raise SecretError(f"{REFERENCE} is another key there than here, or what was sent is not whole") from None
