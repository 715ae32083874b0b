"""The example that is shipped: two hubs, a spoke of every platform, and one tunnel to a partner."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read_desired
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.intents.intent import Tunnel
from nr_run.inventory.intents.intent_files import load_intent
from nr_run.inventory.intents.strength import narrow
from nr_run.inventory.intents.validation import validate
from nr_run.services.flexvpn.intent import load as load_head_ends
from nr_run.services.l2l import features
from nr_run.services.l2l.partner import partner_sheet

from ..matrix.table import PLATFORMS

FOLDER = Path(__file__).parents[2] / "inventory"
INTENT = load_intent(FOLDER / "vpn")
HOSTS = platforms_of(load_nornir(FOLDER))
TODAY = date(2026, 11, 21)


def members_of(tunnel: Tunnel) -> tuple[features.Member, ...]:
    """The ends of ours of a tunnel of the estate."""
    crypto = narrow(INTENT.resolve(tunnel), [HOSTS[end.host] for end in tunnel.own])
    nameifs = {host: ("outside", "inside") for host, platform in HOSTS.items() if platform.os == "asa"}
    return features.members(tunnel, crypto, HOSTS, f"<secret:{tunnel.preshared_key_ref}>", nameifs)


def example_forms() -> set[tuple[int, str, frozenset[tuple[str]]]]:
    """IKE version, style, and the systems of both ends, of every tunnel between two of ours."""
    return {
        (ends[0].ike_version, ends[0].style, frozenset((("ASA",) if end.platform.os == "asa" else ("IOS",)) for end in ends))
        for tunnel in INTENT.select()
        if not tunnel.foreign
        for ends in [members_of(tunnel)]
    }


def test_the_estate_is_taken_without_a_word() -> None:
    """Nothing in the estate is refused, and nothing has to be told."""
    assert validate(INTENT, INTENT.select(), HOSTS, TODAY) == ()


def test_every_platform_and_every_form_occurs() -> None:
    """A spoke of every platform of the matrix; both IKE versions in both styles; one end that is not ours."""
    assert {(platform.model, str(platform.release)) for platform in HOSTS.values()} == set(PLATFORMS)
    ends = [member for tunnel in INTENT.select() for member in members_of(tunnel)]
    # The head-end of remote access is an end of no tunnel.
    assert {end.local.host for end in ends} == set(HOSTS) - {site.host for site in load_head_ends(FOLDER).by_name.values()}
    assert {(end.ike_version, end.style) for end in ends} == {(1, "crypto-map"), (1, "vti"), (2, "crypto-map"), (2, "vti")}
    assert [tunnel.name for tunnel in INTENT.select() if tunnel.foreign] == ["partner"]


@pytest.mark.parametrize("name", INTENT.tunnels)
def test_every_tunnel_can_be_written(name: str) -> None:
    """Each end has its text, of which every line is known to a family."""
    tunnel = INTENT.tunnels[name]
    for member in members_of(tunnel):
        names = features.draft_names(member)
        text = features.text(member, replace(names, routes=features.tunnel_routes(member, names)))
        assert f"<secret:{tunnel.preshared_key_ref}>" in text
        read_desired(member.platform.os, text)


def test_the_partner_has_a_sheet() -> None:
    """The one tunnel to a partner has a sheet, with the partner's own selectors first."""
    tunnel = INTENT.tunnels["partner"]
    crypto = narrow(INTENT.resolve(tunnel), [HOSTS["hub-asa"]])
    text = partner_sheet.sheet(tunnel, crypto, HOSTS["hub-asa"]).text()
    assert "10.200.0.0/24 to 10.100.0.0/24" in text
    assert "28800 seconds" in text
