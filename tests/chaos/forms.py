"""What a trial may build: each form of a tunnel on each pair of platforms that has it, a partner's far end, and VPN clients.

What a device can do is said here once more, so that trials can be drawn without asking nr-run; a test compares it with the
matrix of pairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from ..matrix.devices import PLAYED

#: Cipher, integrity and group of both phases.
Suite = tuple[str, str, int]
OLD: Suite = ("3des-cbc", "hmac-sha1", 2)
STRONG: Suite = ("aes-256-cbc", "hmac-sha1", 5)
YOUNG: Suite = ("aes-256-cbc", "hmac-sha1", 14)
YOUNGER: Suite = ("aes-256-cbc", "hmac-sha256", 14)
#: Profile -> the suites that it can do with IKEv1, the best first.
_IKEV1: Mapping[str, tuple[Suite, ...]] = {
    "vpn2611": (OLD,),
    "vpn3640": (OLD,),
    "vpn3640-124": (STRONG, OLD),
    "c881": (YOUNGER, YOUNG, STRONG, OLD),
    "c8000v-17": (YOUNGER, YOUNG, STRONG, OLD),
    "c8000v-1712": (YOUNGER, YOUNG),
    "c8000v-26": (YOUNGER, YOUNG),
    "asa82": (STRONG, OLD),
    "asa91": (STRONG, OLD),
    "asa919": (YOUNG, STRONG),
    "asa924": (YOUNG, STRONG),
}
_IKEV2 = {"c881", "c8000v-17", "c8000v-1712", "c8000v-26", "asa91", "asa919", "asa924"}
_VTI = {"vpn3640-124", "c881", "c8000v-17", "c8000v-1712", "c8000v-26", "asa919", "asa924"}
#: Profile -> model, release, outside interface and driver.
BOXES: Mapping[str, tuple[str, str, str, str]] = {
    profile: (model, release, interface, driver) for (model, _), (profile, release, interface, driver) in PLAYED.items()
}
#: Routers on which VPN clients are built.
SERVERS = ("vpn2611", "vpn3640", "vpn3640-124")


@dataclass(frozen=True)
class Form:
    """How a tunnel is built: IKE version 1 or 2, style ``crypto-map`` or ``vti``."""

    version: int
    style: str

    def __str__(self) -> str:
        return f"IKEv{self.version} {self.style}"


FORMS = tuple(Form(version, style) for version in (1, 2) for style in ("crypto-map", "vti"))


@dataclass(frozen=True)
class Place:
    """A pair of profiles, hq first, with a form that both can do and the best suite that they have in common."""

    hq: str
    branch: str
    form: Form
    suite: Suite


def suite_of(hq: str, branch: str, form: Form) -> Suite | None:
    """The best that both can do in this form, or None where they cannot."""
    if form.style == "vti" and not {hq, branch} <= _VTI:
        return None
    if form.version == 2:
        return YOUNGER if {hq, branch} <= _IKEV2 else None
    return next((suite for suite in _IKEV1[hq] if suite in _IKEV1[branch]), None)


def _places() -> Iterator[Place]:
    for form, hq, branch in product(FORMS, BOXES, BOXES):
        suite = suite_of(hq, branch, form)
        if suite is not None:
            yield Place(hq, branch, form, suite)


PLACES: Mapping[Form, tuple[Place, ...]] = {form: tuple(p for p in _places() if p.form == form) for form in FORMS}
#: Where VPN clients are built on hq, beside a tunnel of the oldest form.
CLIENT_PLACES = tuple(
    place for place in PLACES[FORMS[0]] if place.hq in SERVERS and place.branch in ("vpn2611", "vpn3640", "c881")
)
