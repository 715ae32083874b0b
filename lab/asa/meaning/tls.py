"""The TLS of an ASA: which ciphers and versions it offers by its configuration, and which certificate it shows.

Sources: ASA command references (ssl encryption, ssl cipher: what the levels leave out; ssl server-version), Cisco's document on
AnyConnect IP phones (the certificate that is chosen before and after CSCuu02848). The lists of suites are from memory.
"""

from __future__ import annotations

from msgspec import Struct

from ...core.configuration.store import Entry, Store
from ..tables.generations import Generation

#: The words until 9.3(1), and the suites that they stand for.
OLD_WORDS = {
    "3des-sha1": "DES-CBC3-SHA",
    "aes128-sha1": "AES128-SHA",
    "aes256-sha1": "AES256-SHA",
    "des-sha1": "DES-CBC-SHA",
    "dhe-aes128-sha1": "DHE-RSA-AES128-SHA",
    "dhe-aes256-sha1": "DHE-RSA-AES256-SHA",
    "null-sha1": "NULL-SHA",
    "rc4-md5": "RC4-MD5",
    "rc4-sha1": "RC4-SHA",
}
OLD_ORDER = "rc4-sha1 aes128-sha1 aes256-sha1 3des-sha1"
_SHA1 = ("DHE-RSA-AES256-SHA", "AES256-SHA", "DHE-RSA-AES128-SHA", "AES128-SHA")
_WEAK = ("DES-CBC3-SHA", "RC4-SHA")
_TLS12 = (
    "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES256-GCM-SHA384", "AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384", "DHE-RSA-AES256-SHA256", "AES256-SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-SHA256", "AES128-SHA256",
)  # fmt: skip
SUITES = frozenset((*_TLS12, *_SHA1, *_WEAK, *OLD_WORDS.values()))
VERSIONS = ("default", "tlsv1", "tlsv1.1", "tlsv1.2", "dtlsv1", "dtlsv1.2")
_ELLIPTIC = "ECDHE-ECDSA-"


def of_level(level: str, version: str) -> tuple[str, ...]:
    """The suites of a level."""
    every = (*_TLS12, *_SHA1) if version in ("default", "tlsv1.2", "dtlsv1.2") else _SHA1
    if level == "high":
        return tuple(name for name in every if "AES256" in name and "SHA384" in name)
    return (*every, *_WEAK) if level in ("low", "all") else every


def level(store: Store, version: str) -> tuple[str, tuple[str, ...]]:
    """What `ssl cipher` says of a version: the level, or `custom`, and the suites."""
    entry = store.get("ssl cipher", version)
    if entry is None:
        return "medium", of_level("medium", version)
    suites = entry.values.get("suites", "")
    return ("custom", tuple(suites.split(":"))) if suites else (entry.values["level"], of_level(entry.values["level"], version))


class Offer(Struct, frozen=True):
    """What a box takes: versions of TLS or DTLS, and for each the suites in its order."""

    suites: dict[str, tuple[str, ...]]


def offered(store: Store, row: Generation) -> Offer:
    """What a box takes by its configuration."""
    server = store.get("ssl server-version")
    least = server.values["version"] if server is not None else "tlsv1" if row.modern else "any"
    if not row.modern:
        line = store.get("ssl encryption")
        words = (line.values["ciphers"] if line is not None else OLD_ORDER).split()
        suites = tuple(OLD_WORDS[word] for word in words)
        return Offer({} if least == "sslv3-only" else {"tlsv1": suites, "dtlsv1": suites})
    order = ["tlsv1", "tlsv1.1", "tlsv1.2"]
    datagram = server.values.get("dtls", "dtlsv1") if server is not None else "dtlsv1"
    kinds = [*order[order.index(least) :], *(["dtlsv1"] if datagram == "dtlsv1" else []), "dtlsv1.2"]
    return Offer({version: level(store, version)[1] for version in kinds})


def bound(store: Store, nameif: str) -> Entry | None:
    """The trustpoint of an interface, or that for every one without."""
    return store.get("ssl trust-point", nameif) or store.get("ssl trust-point", "")


def identity(store: Store, trustpoint: str) -> bytes | None:
    """The identity certificate of a trustpoint; None where it has none."""
    chain = store.get("ca chain", trustpoint)
    for entry in chain.all("certificate") if chain is not None else []:
        if "ca" not in entry.values:
            return bytes.fromhex(entry.values["hex"])
    return None


def elliptic(suite: str) -> bool:
    """Whether a suite needs a certificate with an elliptic key."""
    return suite.startswith(_ELLIPTIC)
