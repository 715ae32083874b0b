"""What is planted in a head-end that phones can connect to: for each cause what a person would have done wrongly.

The order is that in which several are planted: a later one may change lines that an earlier one has typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from nr_run.lab.stations import phone_site

from .ground import Plant, Site, certified, typed

GROUP, POLICY, URL = phone_site.GROUP, phone_site.POLICY, f"https://{phone_site.URL_HOST}/{phone_site.GROUP}"
_WEBVPN = f"tunnel-group {GROUP} webvpn-attributes"
_GENERAL = f"tunnel-group {GROUP} general-attributes"
_DEFAULT = "group-policy DfltGrpPolicy attributes"
_LATER = datetime(2040, 1, 1)
#: More than any device of the lab has room for.
MANY = 5000


class Mistake(Struct, frozen=True):
    """One way to keep phones out. ``hides`` are causes that cannot be there, or cannot be seen, beside it."""

    name: str
    cause: str
    plant: Plant
    hides: frozenset[str] = frozenset()
    profiles: tuple[str, ...] = ("asa82", "asa91", "asa919", "asa924")


def lines(*text: str) -> Plant:
    """Typed behind the others."""
    return lambda site: typed(site, *text)


def client(word: str) -> Plant:
    """Typed in webvpn, in the words of the release."""
    return lambda site: typed(site, "webvpn", f" {word.format(client=site.words.client, desktop=site.words.desktop)}")


def licence(name: str, value: str) -> Plant:
    """Another licence."""
    return lambda site: replace(site, licences={**site.licences, name: value})


def _weak(site: Site) -> Site:
    return licence("VPN-3DES-AES" if site.words is phone_site.OLD else "Encryption-3DES-AES", "Disabled")(site)


def _no_phones(site: Site) -> Site:
    return licence("AnyConnect for Cisco VPN Phone", "Disabled")(site)


def _of_another_type(site: Site) -> Site:
    return typed(
        site,
        f"no tunnel-group {GROUP}",
        f"tunnel-group {GROUP} type ipsec-l2l",
        _GENERAL,
        f" address-pool {phone_site.POOL}",
        f" default-group-policy {POLICY}",
        _WEBVPN,
        " authentication certificate",
        f" group-url {URL} enable",
    )


def _protocols(site: Site) -> Site:
    return typed(site, _DEFAULT, f" vpn-tunnel-protocol {site.words.protocols}", _OWN, " no vpn-tunnel-protocol")


_OWN = f"group-policy {POLICY} attributes"


def _terminated_by_a_record(site: Site) -> Site:
    made = typed(
        site,
        "dynamic-access-policy-record LAPTOPS",
        " action continue",
        "dynamic-access-policy-record PHONES",
        " action terminate",
    )
    return replace(made, files={"dap.xml": tuple(phone_site.dap_file(("LAPTOPS", "STAFF"), ("PHONES", GROUP)))})


def _only_others(site: Site) -> Site:
    record = "dynamic-access-policy-record"
    made = typed(site, f"{record} LAPTOPS", " action continue", f"{record} DfltAccessPolicy", " action terminate")
    return replace(made, files={"dap.xml": tuple(phone_site.dap_file(("LAPTOPS", "STAFF")))})


def _old() -> bytes:
    return phone_site.certificate("old.example.com")


def _ciphers(version: str, suites: str, words: str) -> Plant:
    """A list of ciphers in the words of the release: for one version from 9.3(2) on, for all before."""
    return lambda site: typed(
        site, f'ssl cipher {version} custom "{suites}"' if site.words is phone_site.NEW else f"ssl encryption {words}"
    )


_LATE = ("asa919", "asa924")
_TLS = frozenset({"cipher-tls", "cipher-dtls", "cipher-differs", "certificate-choice"})
_SHOWN = frozenset({"certificate-dates", "certificate-choice", "certificate-hash", "host-id"})
MISTAKES: tuple[Mistake, ...] = (
    Mistake("the group is of another type", "tunnel-group", _of_another_type),
    Mistake("no licence for phones", "phone-licence", _no_phones),
    Mistake("Essentials in force", "essentials", licence("AnyConnect Essentials", "Enabled")),
    Mistake("no strong encryption", "strong-encryption", _weak),
    Mistake("no authority", "client-certificate", lines("no crypto ca certificate chain PHONE-CA")),
    Mistake("every session is in use", "peers", lambda site: replace(site, sessions=MANY), frozenset(), ("asa91", *_LATE)),
    Mistake("webvpn is off outside", "webvpn-interface", client("no enable outside")),
    Mistake("another port", "webvpn-port", client("port 8443")),
    Mistake("clients are off", "client-disabled", client("no {client} enable")),
    Mistake("CSD of everybody", "csd", lambda site: client("{desktop} enable")(client("{desktop} image disk0:/c.pkg")(site))),
    Mistake("a cluster", "load-balancing", lines("vpn load-balancing", " participate")),
    Mistake("the URL is disabled", "group-url", lines(_WEBVPN, f" group-url {URL} disable")),
    Mistake("the URL is another one", "group-url", lines(_WEBVPN, f" no group-url {URL}", f" group-url {URL}s enable")),
    Mistake("no pool", "address-pool", lines(_GENERAL, f" no address-pool {phone_site.POOL}")),
    Mistake(
        "every address is in use",
        "pool-full",
        lambda site: replace(site, addresses=MANY),
        frozenset({"address-pool", "tunnel-group"}),
    ),
    Mistake("protocols of DfltGrpPolicy", "protocol", _protocols),
    Mistake("no login by DfltGrpPolicy", "logins", lines(_DEFAULT, " vpn-simultaneous-logins 0")),
    Mistake("no login by the policy", "logins", lines(_OWN, " vpn-simultaneous-logins 0")),
    Mistake("locked by DfltGrpPolicy", "group-lock", lines(_DEFAULT, " group-lock value DefaultWEBVPNGroup")),
    Mistake(
        "a filter of DfltGrpPolicy",
        "filter",
        lines("access-list NONE extended deny ip any any", _DEFAULT, " vpn-filter value NONE"),
    ),
    Mistake(
        "the default record terminates", "dap", lines("dynamic-access-policy-record DfltAccessPolicy", " action terminate")
    ),
    Mistake("a record for phones terminates", "dap", _terminated_by_a_record),
    Mistake("a record for others, none for phones", "dap", _only_others),
    Mistake("TLS 1.2 at least", "tls-version", lines("ssl server-version tlsv1.2"), _TLS, _LATE),
    Mistake("SSLv3 alone", "tls-version", lines("ssl server-version sslv3-only"), _TLS, ("asa82", "asa91")),
    Mistake(
        "no AES in TLS", "cipher-tls", _ciphers("tlsv1", "DHE-RSA-AES256-SHA", ""), _TLS - {"cipher-dtls"}, _LATE
    ),
    Mistake(
        "no AES in DTLS", "cipher-dtls", _ciphers("dtlsv1", "DHE-RSA-AES256-SHA", ""), frozenset({"cipher-differs"}), _LATE
    ),
    Mistake("another AES in DTLS", "cipher-differs", _ciphers("dtlsv1", "AES128-SHA", ""), frozenset(), _LATE),
    Mistake("no certificate bound", "trustpoint", lines("no ssl trust-point SSL outside"), _SHOWN),
    Mistake("an expired certificate", "certificate-dates", lambda site: certified(site, days=100)),
    Mistake("a certificate of tomorrow", "certificate-dates", lambda site: certified(site, begins=_LATER)),
    Mistake(
        "an elliptic certificate",
        "certificate-choice",
        lambda site: certified(site, elliptic=True),
        frozenset({"certificate-hash", "host-id"}),
    ),
    Mistake("the phone trusts another one", "certificate-hash", lambda site: replace(site, trusted=_old())),
    Mistake(
        "a wildcard", "host-id", lambda site: certified(site, common="*.example.com", others=("*.example.com",))
    ),
    Mistake("the name of another device", "host-id", lambda site: certified(site, common="asa5.example.com", others=())),
)  # fmt: skip


def single(profile: str) -> tuple[Mistake, ...]:
    """Those that can be made on a device."""
    return tuple(item for item in MISTAKES if profile in item.profiles)


def pairs(profile: str) -> Iterator[tuple[Mistake, Mistake]]:
    """Any two that can both be there, and both be seen."""
    for one, other in combinations(single(profile), 2):
        if one.cause != other.cause and one.cause not in other.hides and other.cause not in one.hides:
            yield one, other
