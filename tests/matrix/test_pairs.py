"""Pairs of the matrix in the lab: each form is deployed, verified, found again, changed and removed; the devices are as they
were.

A sample stands for each form and pair of systems; ``NR_RUN_MATRIX=all`` (``make matrix``) takes every pair of the table that is
built.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from nr_run.inventory.intents.built import CARRIED

from ..estate.test_estate import example_forms
from .devices import HOSTS, two
from .table import PLATFORMS, STYLES, VERSIONS, Built, cells, platforms, what

EVERY = os.environ.get("NR_RUN_MATRIX") == "all"
R3640, R881, XE, XE1712, XE26, ASA91, ASA, ASA924 = (PLATFORMS[number] for number in (2, 3, 4, 5, 6, 8, 9, 10))
Cell = tuple[tuple[str, str], tuple[str, str], int, str]
#: One pair for each form and each pair of systems, the releases taken in turn; two firewalls with IKEv2 stand in the example
#: inventory, which tests/estate builds and takes away.
SAMPLE: tuple[Cell, ...] = (
    (R3640, R881, 1, "vti"),
    (R881, ASA, 1, "vti"),
    (ASA, ASA924, 1, "vti"),
    (R881, XE26, 2, "vti"),
    (XE, ASA924, 2, "vti"),
    (R881, XE, 2, "crypto-map"),
    (R881, ASA91, 2, "crypto-map"),
)
#: The youngest firewall with each of the younger routers, in the forms in which the sample has neither.
YOUNGEST: tuple[Cell, ...] = ((ASA924, XE1712, 2, "crypto-map"), (XE26, ASA924, 2, "vti"), (ASA924, XE26, 1, "crypto-map"))

#: Another proposal for the data than auto finds, with a lifetime of its own and without a group for rekeys.
OTHER_ESP = {
    "ipsec_proposals": [
        {
            "name": "e",
            "encryption_algorithm": "aes-128-cbc",
            "authentication_algorithm": "hmac-sha1",
            "sa_lifetime_seconds": 1800,
        },
        {
            "name": "old",
            "encryption_algorithm": "3des-cbc",
            "authentication_algorithm": "hmac-sha1",
            "sa_lifetime_seconds": 1800,
        },
    ],
    "ipsec_policies": [{"name": "p2", "proposals": ["e", "old"]}],
}


def built() -> tuple[Cell, ...]:
    """Every cell of the table that is built, by model and release."""
    places = {str(platform): key for platform, key in zip(platforms(), PLATFORMS, strict=True)}
    return tuple(
        (places[str(near)], places[str(far)], version, style)
        for near, far, version, style in cells()
        if isinstance(what(near, far, version, style, CARRIED), Built)
    )


def without_shared(running: dict[str, list[str]], stays: list[str]) -> dict[str, list[str]]:
    """What runs after a removal, without what the report says stays because other IKE peers of the device use it: VPN clients."""
    left = {host: [*lines] for host, lines in running.items()}
    for host, kind, number in re.findall(
        r"(?m)^(\S+): isakmp-(policy|keepalive)(?: (\d+))?.* stays: other IKE", "\n".join(stays)
    ):
        at = next(index for index, line in enumerate(left[host]) if line.startswith(f"crypto isakmp {kind} {number}"))
        end = next(index for index in range(at + 1, len(left[host])) if not left[host][index].startswith(" "))
        del left[host][at:end]
    return left


def _named(cell: Cell) -> str:
    near, far, version, style = cell
    return f"{' '.join(near)} and {' '.join(far)} IKEv{version} {style}"


@pytest.mark.parametrize("cell", built() if EVERY else SAMPLE, ids=_named)
def test_a_tunnel_comes_stays_changes_and_goes(cell: Cell, tmp_path: Path) -> None:
    """Deployed, found again, changed in place and removed, each time verified; both devices run what they ran before."""
    near, far, version, style = cell
    with two(tmp_path, near, far) as pair:
        before = pair.running()
        pair.write(version, style)
        code, report = pair.run("deploy-l2l", "--yes")
        assert code == 0, report
        assert report["tunnels"][0]["verified"] is True
        assert report["tunnels"][0]["sentence"].startswith("built on both ends, verified up and saved")
        assert all(pair.running()[host] != before[host] for host in HOSTS)
        code, report = pair.run("deploy-l2l", "--yes")
        assert (code, report["changed"]) == (0, False), report
        pair.write(version, style, OTHER_ESP, terminations=pair.wider)
        code, report = pair.run("deploy-l2l", "--yes")
        assert code == 0, report
        changed = pair.running()
        assert all("10.99." in (text := "\n".join(lines)) and " 1800" in text for lines in changed.values())
        code, report = pair.run("deploy-l2l", "--yes")
        assert (code, report["changed"]) == (0, False), report
        assert pair.running() == changed
        code, report = pair.run("remove-l2l", "pair", "--yes")
        assert code == 0, report
        assert without_shared(pair.running(), report["tunnels"][0]["stays"]) == before


@pytest.mark.parametrize("cell", YOUNGEST, ids=_named)
def test_the_youngest_firewall_and_routers_agree(cell: Cell, tmp_path: Path) -> None:
    """ASA 9.24 with IOS-XE 17.12 and 26.1: deployed and verified, verified as it stands, and removed without a trace."""
    near, far, version, style = cell
    assert cell in built()
    with two(tmp_path, near, far) as pair:
        before = pair.running()
        pair.write(version, style)
        code, report = pair.run("deploy-l2l", "--yes")
        assert (code, report["tunnels"][0]["verified"]) == (0, True), report
        code, report = pair.run("verify", "pair")
        assert code == 0, report
        code, report = pair.run("remove-l2l", "pair", "--yes")
        assert code == 0, report
        assert report["tunnels"][0]["sentence"].startswith("removed from both ends, verified gone")
        assert pair.running() == before


def test_the_sample_has_every_form_for_every_pair_of_systems() -> None:
    """Each form that is built stands in the sample, or in the example, for two routers, two firewalls and one of each.

    Each form is changed in place on both systems by the sample.
    """
    have = {
        (version, style, frozenset(("ASA",) if "ASA" in end else ("IOS",) for end in cell)) for *cell, version, style in SAMPLE
    }
    changed = {(version, style, system) for version, style, pair in have for system in pair}
    forms = [(version, style) for version in VERSIONS for style in STYLES if (version, style) != (1, "crypto-map")]
    assert changed == {(*form, system) for form in forms for system in (("IOS",), ("ASA",))}
    have |= {form for form in example_forms() if form[:2] in forms}
    systems = {frozenset({("IOS",)}), frozenset({("ASA",)}), frozenset({("IOS",), ("ASA",)})}
    wanted = {(version, style, pair) for version in VERSIONS for style in STYLES for pair in systems}
    older = {(1, "crypto-map", pair) for pair in systems}
    assert have == wanted - older, "IKEv1 with a crypto map has tests of its own in runbooks/"
    assert {*SAMPLE} <= {*built()}
