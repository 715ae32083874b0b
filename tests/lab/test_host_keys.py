"""Host keys of many boxes: each its own, each a key that signs, and the later ones for a fraction of what the first ones cost."""

from __future__ import annotations

import asyncssh
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from nr_run.lab.core.access import ssh_keys

BITS = 1024
COUNT = 4 * ssh_keys.OWN_PRIMES


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes for which primes were looked for."""
    asked: list[int] = []
    make = rsa.generate_private_key

    def noted(exponent: int, bits: int) -> rsa.RSAPrivateKey:
        asked.append(bits)
        return make(exponent, bits)

    monkeypatch.setattr(rsa, "generate_private_key", noted)
    ssh_keys._keys.cache_clear()
    return asked


def test_no_two_boxes_have_the_same_key_and_primes_are_looked_for_ten_times(counted: list[int]) -> None:
    """Forty keys of one size are forty keys of that size, made of the primes of ten; each signs and is verified by its own."""
    keys = [ssh_keys._made(BITS) for _ in range(COUNT)]
    assert counted == [BITS] * ssh_keys.OWN_PRIMES
    public = [asyncssh.import_public_key(key.export_public_key()) for key in keys]
    assert len({key.export_public_key() for key in keys}) == COUNT
    for number, key in enumerate(keys):
        signed = key.sign(b"session", b"rsa-sha2-256")
        assert public[number].verify(b"session", signed)
        assert not public[number - 1].verify(b"session", signed)


def test_openssl_takes_a_key_of_known_primes(counted: list[int]) -> None:
    """A key that was put together passes the checks that reading a key makes of it."""
    key = [ssh_keys._made(BITS) for _ in range(ssh_keys.OWN_PRIMES + 3)][-1]
    again = asyncssh.import_private_key(key.export_private_key("pkcs1-pem"))
    assert again.export_public_key() == key.export_public_key()
    assert len(counted) == ssh_keys.OWN_PRIMES
