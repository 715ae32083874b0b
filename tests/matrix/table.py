"""What can be built between two platforms, as a pure table: built with this cryptography, or refused for this reason.

The end-to-end matrix deploys what this table says is built, and expects the refusal for the rest. `matrix.txt` beside this file
is the whole of it, rewritten by ``make rendered`` (``python tests/matrix/table.py``); a test holds it to be current.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Literal

from msgspec import Struct

from nr_run.inventory.errors import IntentError
from nr_run.inventory.intents.built import WRITTEN, Carried
from nr_run.inventory.intents.intent import Crypto, Intent, IntentFile, Style
from nr_run.inventory.intents.strength import narrow
from nr_run.inventory.intents.validation import validate
from nr_run.inventory.models.platforms import Platform, platform_for

#: Model and release of each platform of the matrix, from old to new.
PLATFORMS: tuple[tuple[str, str], ...] = (
    ("2611", "12.2(8)T"),
    ("3640", "12.2(8)T"),
    ("3640", "12.4(25)"),
    ("881", "15.4(3)M3"),
    ("C8000V", "17.9.4"),
    ("C8000V", "17.12.1"),
    ("C8000V", "26.1.1"),
    ("ASA", "8.2(5)"),
    ("ASA", "9.1(7)"),
    ("ASA", "9.19(1)"),
    ("ASA", "9.24(1)"),
)
STYLES: tuple[Style, ...] = ("crypto-map", "vti")
VERSIONS: tuple[Literal[1, 2], ...] = (1, 2)
KEPT = Path(__file__).with_name("matrix.txt")
TODAY = date(2026, 11, 21)


class Built(Struct, frozen=True):
    """The tunnel is built with the strongest that both ends can do."""

    crypto: Crypto

    @property
    def word(self) -> str:
        """Phase 2 cipher, phase 1 integrity and group, in a few characters."""
        ike, ipsec = self.crypto.ike_proposals[0], self.crypto.ipsec_proposals[0]
        cipher = ipsec.encryption_algorithm.removeprefix("aes-256-").removesuffix("-cbc")
        return f"{cipher}/{ike.authentication_algorithm.removeprefix('hmac-')}/{ike.group}"


class Refused(Struct, frozen=True):
    """The tunnel is refused before any device is touched; ``reason`` is the first sentence."""

    reason: str

    @property
    def word(self) -> str:
        """Why, in a few characters: the version, the style, or nothing in common."""
        words = (
            ("can do: use style", "no vti"),
            ("is more than", "no version"),
            ("there is no", "none"),
            ("not built", "not yet"),
        )
        return next(word for sign, word in words if sign in self.reason)


def platforms() -> tuple[Platform, ...]:
    """The platforms of the matrix."""
    return tuple(platform_for(model, release) for model, release in PLATFORMS)


def cells() -> Iterator[tuple[Platform, Platform, Literal[1, 2], Style]]:
    """Every ordered pair with every IKE version and style."""
    yield from product(platforms(), platforms(), VERSIONS, STYLES)


def intent_of(near: Platform, far: Platform, version: Literal[1, 2], style: Style) -> Intent:
    """One tunnel between two hosts of these platforms, whose cryptography is left to nr-run, under a waiver that holds."""
    ends = [
        {
            "host": name,
            "interface": "GigabitEthernet0/0" if platform.os == "asa" else "Ethernet0/0",
            "outside_ip": f"192.0.2.{number}",
            "protected_prefixes": [f"10.{number}.0.0/24"],
            "probe_address": f"10.{number}.0.1",
        }
        for number, (name, platform) in enumerate((("near", near), ("far", far)), 1)
    ]
    mode = {"mode": "main"} if version == 1 else {}
    return Intent.of(
        IntentFile.model_validate(
            {
                "schema_version": 1,
                "ike_policies": [{"name": "p1", "version": version, **mode, "proposals": "auto"}],
                "ipsec_policies": [{"name": "p2", "proposals": "auto", "pfs_group": "auto"}],
                "ipsec_profiles": [{"name": "p", "ike_policy": "p1", "ipsec_policy": "p2"}],
                "tunnels": [
                    {
                        "name": "pair",
                        "ipsec_profile": "p",
                        "preshared_key_ref": "credential:pair",
                        "dpd": {"interval_seconds": 10, "retries": 3},
                        "waiver": {"until": "2028-06-30", "ticket": "T-1", "reason": "old devices"},
                        "cisco": {"style": style},
                        "tunnel_prefix": "10.255.0.0/30" if style == "vti" else None,
                        "terminations": ends,
                    }
                ],
            }
        )
    )


def what(near: Platform, far: Platform, version: Literal[1, 2], style: Style, carried: Carried = WRITTEN) -> Built | Refused:
    """Built or refused; ``carried`` is what counts as built, all that can be written unless said otherwise."""
    intent = intent_of(near, far, version, style)
    try:
        validate(intent, intent.select(), {"near": near, "far": far}, TODAY, carried=carried)
    except IntentError as error:
        return Refused(str(error).splitlines()[0].removeprefix("tunnel pair: "))
    return Built(narrow(intent.resolve(intent.tunnels["pair"]), [near, far]))


def as_text() -> str:
    """The whole matrix: a table for each IKE version and style, then each reason in full for its first pair."""
    names = [str(platform).replace(" with ", " ") for platform in platforms()]
    lines: list[str] = []
    for version, style in product(VERSIONS, STYLES):
        lines += [f"IKEv{version}, {style}", "".join(f"{name:<18}" for name in ("", *names)).rstrip()]
        for near, name in zip(platforms(), names, strict=True):
            row = (what(near, far, version, style).word for far in platforms())
            lines.append("".join(f"{word:<18}" for word in (name, *row)).rstrip())
        lines.append("")
    return "\n".join([*lines, *_reasons()]) + "\n"


def _reasons() -> Iterator[str]:
    yield "Why a pair is refused, near end first"
    for near, far, version, style in cells():
        verdict = what(near, far, version, style)
        if isinstance(verdict, Refused):
            yield f"IKEv{version} {style}, {near} and {far}: {verdict.reason}"


if __name__ == "__main__":
    KEPT.write_text(as_text(), encoding="utf-8")
