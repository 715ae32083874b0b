"""Keys are exchanged by OpenSSL, or by Python with a shorter exponent, and come out as Paramiko's own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paramiko.kex_group1 import KexGroup1
from paramiko.kex_group14 import KexGroup14
from paramiko.kex_group16 import KexGroup16SHA512

from nr_run.tasks.access import key_exchange
from nr_run.tasks.access.key_exchange import _CLASSES, LeanTransport, _Base, exponent_for

from ..sampling import examples

GROUPS = {1: KexGroup1.P, 14: KexGroup14.P, 16: KexGroup16SHA512.P}


class _Anybody(paramiko.ServerInterface):
    """Lets in who has the password."""

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if password == "right" else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


@pytest.fixture(scope="module")
def moduli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The groups that a server may choose: that of 2048 bits of RFC 3526."""
    path = tmp_path_factory.mktemp("ssh") / "moduli"
    path.write_text(f"20260101000000 2 6 100 2047 2 {KexGroup14.P:X}\n")
    yield path
    paramiko.Transport._modulus_pack = None


@pytest.mark.parametrize("name", [each.name for each in _CLASSES])
def test_another_implementation_agrees_on_the_keys(name: str, moduli: Path) -> None:
    """A server that computes as Paramiko does takes the password that goes under the exchanged keys, for each exchange."""
    ours, theirs = socket.socketpair()
    assert paramiko.Transport.load_server_moduli(str(moduli))
    server, client = paramiko.Transport(theirs), LeanTransport(ours)
    try:
        server.add_server_key(paramiko.RSAKey.generate(2048))
        for side in (server, client):
            side.get_security_options().kex = (name,)
        server.start_server(event=threading.Event(), server=_Anybody())
        client.connect(username="anybody", password="right")
        assert client.is_authenticated()
        assert LeanTransport._kex_info[name] in _CLASSES
    finally:
        client.close()
        server.close()


@pytest.mark.parametrize("group", GROUPS)
@settings(max_examples=examples(100))
@given(exponent=st.integers(2, 2**300))
def test_powers_are_powers(group: int, exponent: int) -> None:
    """What is computed with our exponent, of the generator and of a number of the group, is what Python computes."""
    modulus = GROUPS[group]
    ours, number = exponent_for(modulus, 2), pow(2, exponent, modulus)
    assert pow(_Base(2), ours, modulus) == pow(2, int(ours), modulus)
    assert pow(_Base(number), ours, modulus) == pow(number, int(ours), modulus)


@pytest.mark.parametrize("number", [1, KexGroup14.P - 1])
def test_a_number_that_is_not_of_the_group_is_refused(number: int) -> None:
    """A number with which the key would be known beforehand ends the login."""
    with pytest.raises(paramiko.SSHException, match="not of the group"):
        pow(_Base(number), exponent_for(KexGroup14.P, 2), KexGroup14.P)


def test_what_openssl_does_not_take_is_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that OpenSSL refuses to make a key of gets an exponent that Python computes with."""
    monkeypatch.setattr(key_exchange, "_KNOWN", (97,))  # too short for any OpenSSL
    made = exponent_for(97, 2)
    assert type(made) is int
    assert pow(_Base(2), made, 97) == pow(2, made, 97)


def test_an_exponent_is_as_long_as_the_group_is_strong() -> None:
    """Without a group that OpenSSL knows it has 320 bits for a modulus of up to 2048, and never fewer."""
    assert {exponent_for(KexGroup1.P, 2).bit_length() for _ in range(50)} == {320}
    assert {exponent_for(KexGroup14.P, 5).bit_length() for _ in range(50)} == {320}
    assert exponent_for(KexGroup16SHA512.P, 5).bit_length() == 480


def test_a_packet_that_was_altered_on_its_way_ends_the_session() -> None:
    """The code of each packet is compared: one bit that another has turned over in it is seen."""
    ours, near = socket.socketpair()
    far, theirs = socket.socketpair()
    altering = threading.Event()

    def relay(source: socket.socket, target: socket.socket, *, alters: bool) -> None:
        with source, target:
            while data := source.recv(65536):
                if alters and altering.is_set():
                    data = data[:-1] + bytes([data[-1] ^ 1])
                target.sendall(data)

    for source, target, alters in ((near, far, False), (far, near, True)):
        arguments = {"source": source.dup(), "target": target.dup(), "alters": alters}
        threading.Thread(target=relay, kwargs=arguments, daemon=True).start()
    server, client = paramiko.Transport(theirs), LeanTransport(ours)
    try:
        server.add_server_key(paramiko.RSAKey.generate(2048))
        server.start_server(event=threading.Event(), server=_Anybody())
        client.connect(username="anybody", password="right")
        altering.set()
        with pytest.raises(paramiko.SSHException, match="Mismatched MAC"):
            client.open_session(timeout=30)
        assert not client.is_active()
    finally:
        client.close()
        server.close()
        near.close()
        far.close()
