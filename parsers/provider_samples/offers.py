"""Algorithms of a sample in NetBox's words, each with the line that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from .. import algorithms
from .records import Offer, Statement


class Unread(Struct, frozen=True):
    """A word that stands where an algorithm stands, and is none that is known."""

    line: int
    word: str


def by_name(statements: Iterable[Statement], *names: str) -> tuple[Statement, ...]:
    """Statements of some forms, in the order of the text."""
    return tuple(one for one in statements if one.form is not None and one.form.name in names)


def part(statements: Iterable[Statement], name: str, key: str) -> str:
    """A part of the first statement of a form; nothing where there is none."""
    return next((one.parts.get(key, "") for one in by_name(statements, name)), "")


def number(word: str) -> int | None:
    """A whole number, None for any other word."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def read(reader: Callable[[str], str], words: Iterable[str]) -> tuple[str, ...]:
    """Those that are known."""
    found = []
    for word in words:
        try:
            found.append(reader(word))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def ike1(head: Statement, lines: Sequence[Statement]) -> tuple[Offer, ...]:
    """Of a policy for version 1. What it leaves out is left out: the default of a release is no offer of the provider."""
    cipher = read(algorithms.encryption, [part(lines, "isakmp-encryption", "cipher")])
    integrity = read(algorithms.integrity, [part(lines, "isakmp-hash", "integrity")])
    group = number(part(lines, "isakmp-group", "n_group"))
    if not cipher or not integrity or group is None:
        return ()
    return (Offer(cipher[0], integrity[0], group, number(part(lines, "isakmp-lifetime", "n_seconds")), head.number),)


def ike2(head: Statement, lines: Sequence[Statement]) -> tuple[Offer, ...]:
    """Of a proposal or policy for version 2: every combination, in the order in which it is preferred."""
    ciphers = read(algorithms.encryption, part(lines, "ikev2-encryption", "ciphers").split())
    hashes = read(algorithms.integrity, part(lines, "ikev2-integrity", "integrities").split())
    prfs = read(algorithms.integrity, part(lines, "ikev2-prf", "prfs").split())
    groups = [value for word in part(lines, "ikev2-group", "groups").split() if (value := number(word)) is not None]
    seconds = number(part(lines, "ikev2-lifetime", "n_seconds"))
    return tuple(
        Offer(cipher, integrity, group, seconds, head.number)
        for cipher in ciphers
        for integrity in (prfs or hashes if cipher.endswith("-gcm") else hashes)
        for group in groups
    )


def transform(head: Statement, seconds: int | None) -> tuple[Offer, ...]:
    """Of a transform set."""
    try:
        cipher, integrity = algorithms.transform(head.parts.get("transforms", ""))
    except ValueError:
        return ()
    return (Offer(cipher, integrity, None, seconds, head.number),) if cipher else ()


def proposal(head: Statement, lines: Sequence[Statement], seconds: int | None) -> tuple[Offer, ...]:
    """Of an IPsec proposal of an ASA."""
    ciphers = read(algorithms.encryption, part(lines, "proposal-encryption", "ciphers").split())
    hashes = read(algorithms.integrity, part(lines, "proposal-integrity", "integrities").split())
    found: list[Offer] = []
    for cipher in ciphers:
        if cipher.endswith("-gcm"):
            found.append(Offer(cipher, None, None, seconds, head.number))
        else:
            found += [Offer(cipher, integrity, None, seconds, head.number) for integrity in hashes]
    return tuple(found)
