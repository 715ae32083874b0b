"""What comes out is what the records promise: types, units and names."""

from __future__ import annotations

import types
import typing
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import Struct
from msgspec.structs import asdict

from nr_run.parsers import algorithms, parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command
from nr_run.parsers.fields import columns
from nr_run.parsers.fields.columns import Spi
from nr_run.parsers.fields.export import as_document
from nr_run.parsers.fields.shape import fields_of
from nr_run.parsers.records import Selector

if TYPE_CHECKING:
    from .conftest import Case


def conforms(value: Any, hint: Any) -> bool:
    """True if a value, and all that is in it, has the annotated type."""
    if hint == Spi:
        return isinstance(value, int)
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        return any(conforms(value, option) for option in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(conforms(item, typing.get_args(hint)[0]) for item in value)
    if typing.get_origin(hint) is frozenset:
        return isinstance(value, frozenset) and all(conforms(item, typing.get_args(hint)[0]) for item in value)
    if isinstance(hint, type) and issubclass(hint, Struct):
        return isinstance(value, hint) and not broken(value)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, hint)


def broken(record: Any) -> list[str]:
    """Names of the fields whose value is not of the annotated type."""
    hints = fields_of(type(record))
    return [
        f"{type(record).__name__}.{name}: {value!r}" for name, value in asdict(record).items() if not conforms(value, hints[name])
    ]


def test_every_value_has_the_type_that_its_record_says(case: Case) -> None:
    """A converter that gives something else than the annotation would mislead every reader of the state."""
    state = parse(case.os, case.command, case.text).state
    for record in state if isinstance(state, tuple) else (state,):
        if isinstance(record, Struct):
            assert broken(record) == []


def test_text_fields_hold_no_blanks_at_their_ends(case: Case) -> None:
    """Padding is the table's, not the value's."""

    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for key, item in value.items() if key not in {"problems", "notes"} for text in texts(item)]
        if isinstance(value, list):
            return [text for item in value for text in texts(item)]
        return [value] if isinstance(value, str) else []

    assert [text for text in texts(as_document(parse(case.os, case.command, case.text))["state"]) if text != text.strip()] == []


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{c.os}: {c.name}" for c in COMMANDS])
def test_records_are_frozen_and_explained(command: Command) -> None:
    """A state can be kept, compared and shared between threads; its docstring says what the fields are."""
    for record in command.records.values():
        assert record.__struct_config__.frozen
        assert record.__doc__


@pytest.mark.parametrize(
    ("printed", "encryption", "integrity"),
    [
        ("esp-3des esp-md5-hmac ,", "3des-cbc", "hmac-md5"),
        ("esp-aes esp-sha-hmac ,", "aes-128-cbc", "hmac-sha1"),
        ("esp-256-aes esp-sha256-hmac ,", "aes-256-cbc", "hmac-sha256"),
        ("esp-aes 256 esp-sha-hmac", "aes-256-cbc", "hmac-sha1"),
        ("esp-aes-256 esp-sha-256-hmac no compression", "aes-256-cbc", "hmac-sha256"),
        ("esp-gcm 256", "aes-256-gcm", None),
        ("esp-null esp-sha-hmac ,", "null", "hmac-sha1"),
        ("ah-sha-hmac ,", None, "hmac-sha1"),
    ],
)
def test_one_name_for_one_algorithm(printed: str, encryption: str | None, integrity: str | None) -> None:
    """What an IOS prints, what it is configured with and what an ASA prints come to one canonical name."""
    assert algorithms.transform(printed) == (encryption, integrity)


def test_an_unknown_algorithm_is_an_error_not_none() -> None:
    """`esp-rot13` must not pass for a transform without encryption."""
    with pytest.raises(ValueError, match="rot13"):
        algorithms.transform("esp-rot13 esp-sha-hmac")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:16:23", 983),
        ("1d16h", 144_000),
        ("2w3d", 1_468_800),
        ("52d 6h:35m:23s", 4_516_523),
        ("1 hour, 15 minutes", 4_500),
        ("2 years, 31 weeks, 6 days, 9 hours, 55 minutes", 82_374_900),
        ("9 minutes and 58 seconds", 598),
        ("3600", 3600),
    ],
)
def test_durations_of_every_spelling_are_seconds(text: str, seconds: int) -> None:
    """Uptime, last change and lifetimes are compared as seconds."""
    assert columns.duration(text) == seconds


def test_a_word_is_no_duration() -> None:
    """An unreadable age is an error, not zero."""
    with pytest.raises(ValueError, match="yesterday"):
        columns.duration("yesterday")


def test_selectors_of_both_address_families() -> None:
    """address/mask/protocol/port of IPv4, and address/length/protocol/port of IPv6."""
    assert Selector.parse("10.10.10.0/255.255.255.0/0/0") == Selector(IPv4Network("10.10.10.0/24"), 0, 0)
    assert Selector.parse("FE80::/10/89/0") == Selector(ip_network("fe80::/10"), 89, 0)


def test_spis_are_integers_here_and_hexadecimal_in_json() -> None:
    """Leading zeros and case of a printed SPI do not matter in comparisons."""
    assert columns.hexadecimal("0xBDC1E53") == columns.hexadecimal("0bdc1e53") == 0x0BDC1E53
    assert Spi is not int
    assert columns.address("10.0.0.1") == IPv4Address("10.0.0.1") == ip_address("10.0.0.1")
