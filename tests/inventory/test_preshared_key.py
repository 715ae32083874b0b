"""Which pre-shared keys can be typed on a device, and how long they have to be."""

from __future__ import annotations

import pytest

from nr_run.inventory.errors import SecretError
from nr_run.inventory.hiding.secrets import Secrets, check_preshared_key

from .secret_syntaxes import CANARY, KEY_CHARACTERS


@pytest.mark.parametrize("bad", [*"?\"'\\<> \t\n\r\0\x7f\x03", "é", "\u00a0", "\u200b", "ß"])
@pytest.mark.parametrize("position", [0, 4, 9])
def test_character_that_a_command_line_cannot_take(bad: str, position: int) -> None:
    """Help, blanks, quotes, control and other letters are refused wherever they stand; the key is not in the sentence."""
    key = "Secret9.x"[:position] + bad + "Secret9.x"[position:]
    with pytest.raises(SecretError, match=r"env:PSK: the key has a character that a command line cannot take") as caught:
        check_preshared_key(key, "env:PSK")
    assert key not in str(caught.value)
    assert "ecret9" not in str(caught.value)


def test_exclamation_mark_first() -> None:
    """An exclamation mark begins a comment; further on it is a character like others."""
    with pytest.raises(SecretError, match="a character that a command line cannot take"):
        check_preshared_key("!2345678", "env:PSK")
    check_preshared_key("1!345678", "env:PSK")


@pytest.mark.parametrize("length", [8, 9, 24, 127, 128])
def test_lengths_that_work(length: int) -> None:
    """8 to 128 characters of the whole allowed set are a key."""
    check_preshared_key((KEY_CHARACTERS.replace("!", "") * 2)[:length], "env:PSK")


@pytest.mark.parametrize("length", [0, 1, 7, 129, 4096])
def test_lengths_that_do_not(length: int) -> None:
    """Shorter and longer keys are refused with their length and what is advised."""
    with pytest.raises(SecretError, match=f"the key has {length} characters; 8 to 128 are allowed, 24 or more advised"):
        check_preshared_key("k" * length, "env:PSK")


def test_preshared_key_is_checked_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan gets a token only for a key that can be typed."""
    monkeypatch.setenv("NR_TEST_PSK", "has a blank.")
    with pytest.raises(SecretError, match="env:NR_TEST_PSK"):
        Secrets(folders=()).preshared_key("env:NR_TEST_PSK")
    monkeypatch.setenv("NR_TEST_PSK", CANARY)
    assert Secrets(folders=()).preshared_key("env:NR_TEST_PSK") == "<secret:env:NR_TEST_PSK>"
