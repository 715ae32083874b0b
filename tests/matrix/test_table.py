"""Every ordered pair of platforms, with every IKE version and style: built with the strongest in common, or refused."""

from __future__ import annotations

from functools import cache
from typing import Literal

import pytest
from msgspec.structs import replace

from nr_run.changes.objects import read_desired
from nr_run.inventory.intents.auto_proposals import IKE_PREFERENCE, IPSEC_PREFERENCE
from nr_run.inventory.intents.built import CARRIED, WRITTEN
from nr_run.inventory.intents.forms import can_do
from nr_run.inventory.intents.intent import Style
from nr_run.inventory.intents.strength import FORBIDDEN, algorithms, lacking
from nr_run.inventory.models.platforms import MODELS, Platform, platform_for, rows
from nr_run.services.l2l import features

from .table import KEPT, STYLES, VERSIONS, Built, Refused, as_text, cells, intent_of, platforms, what


@cache
def judged() -> tuple[tuple[Platform, Platform, Literal[1, 2], Style, Built | Refused], ...]:
    """Each cell: the two ends, IKE version, style, and what becomes of it. Only who tries this file computes them."""
    return tuple((*cell, what(*cell)) for cell in cells())


@cache
def words() -> dict[tuple[str, str, int, Style], str]:
    """Of each cell the word for what becomes of it."""
    return {(str(near), str(far), version, style): verdict.word for near, far, version, style, verdict in judged()}


def test_the_whole_matrix_is_the_one_that_is_kept() -> None:
    """What can be built between two platforms, and why not, changes only together with the file that shows it."""
    print(as_text())
    assert as_text() == KEPT.read_text(), "run `make rendered`"


def test_every_cell_is_one_of_the_four_answers() -> None:
    """A cell is built, or an end lacks the IKE version or the style, or nothing is in common; and it names the end that lacks."""
    for near, far, version, style, verdict in judged():
        if isinstance(verdict, Built):
            assert can_do(near, version, style)
            assert can_do(far, version, style)
            continue
        assert verdict.word in ("no version", "no vti", "none"), verdict
        unable = [name for name, end in (("near", near), ("far", far)) if not can_do(end, version, style)]
        named = [name for name in ("near", "far") if f"{name} (" in verdict.reason]
        assert set(named) <= set(unable) if unable else named == ["near", "far"], verdict
        assert named, verdict
        assert verdict.reason.count(", or ") >= 1, "two ways out"


def test_both_orders_give_the_same() -> None:
    """Which end comes first changes neither whether a tunnel is built nor with what."""
    for near, far, version, style, verdict in judged():
        assert words()[str(far), str(near), version, style] == verdict.word


@pytest.mark.parametrize(
    ("near", "far", "version", "style", "word"),
    [
        ("2611 12.2(8)T", "3640 12.2(8)T", 1, "crypto-map", "3des/sha1/5"),
        ("2611 12.2(8)T", "C8000V 17.12.1", 1, "crypto-map", "none"),
        ("2611 12.2(8)T", "ASA 9.19(1)", 1, "crypto-map", "none"),
        ("3640 12.4(25)", "C8000V 17.9.4", 1, "crypto-map", "cbc/sha1/5"),
        ("3640 12.4(25)", "ASA 9.19(1)", 1, "vti", "cbc/sha1/5"),
        ("881 15.4(3)M3", "ASA 9.1(7)", 1, "crypto-map", "cbc/sha1/5"),
        ("881 15.4(3)M3", "ASA 9.1(7)", 2, "crypto-map", "cbc/sha384/20"),
        ("881 15.4(3)M3", "ASA 9.1(7)", 2, "vti", "no vti"),
        ("C8000V 17.12.1", "ASA 9.19(1)", 2, "vti", "gcm/sha384/20"),
        ("C8000V 26.1.1", "ASA 9.24(1)", 2, "vti", "gcm/sha384/20"),
        ("C8000V 17.12.1", "ASA 8.2(5)", 1, "crypto-map", "none"),
        ("ASA 8.2(5)", "ASA 9.19(1)", 1, "crypto-map", "cbc/sha1/5"),
        ("3640 12.4(25)", "881 15.4(3)M3", 2, "crypto-map", "no version"),
    ],
)
def test_pairs_that_are_known(near: str, far: str, version: int, style: Style, word: str) -> None:
    """The strongest that two releases have in common, as their command references say."""
    assert words()[str(platform_for(*near.split())), str(platform_for(*far.split())), version, style] == word


def test_nothing_stronger_is_passed_over() -> None:
    """What is picked is the first proposal that both ends can do, and never what may not be built."""
    for near, far, version, _, verdict in judged():
        if not isinstance(verdict, Built):
            continue
        crypto = verdict.crypto
        for preference, picked in ((IKE_PREFERENCE, crypto.ike_proposals), (IPSEC_PREFERENCE, crypto.ipsec_proposals)):
            able = [offer for offer in preference if not lacking(near, version, offer) and not lacking(far, version, offer)]
            assert picked == tuple(able[:1])
            assert not set(algorithms(able[0])) & FORBIDDEN.keys()
        assert verdict.crypto.pfs_group not in (None, 1)


def test_two_releases_with_something_in_common_have_a_proposal() -> None:
    """No pair of releases of the whole table is refused for want of a proposal: the lists reach as low as the table does."""
    every = [platform for model in MODELS for platform in rows(model)]
    for near in every:
        for far in every:
            for version in near.ike_versions & far.ike_versions:
                verdict = what(near, far, VERSIONS[version - 1], "crypto-map")
                if isinstance(verdict, Refused):
                    assert "has only" in verdict.reason, verdict.reason


def text_of(near: Platform, far: Platform, verdict: Built, version: int, style: Style) -> tuple[str, str]:
    """The configuration of both ends under their first names, with routes and NAT exemption."""
    intent = intent_of(near, far, VERSIONS[version - 1], style)
    members = features.members(
        intent.tunnels["pair"],
        verdict.crypto,
        {"near": near, "far": far},
        "<secret:credential:pair>",
        {name: ("outside", "inside") for name, end in (("near", near), ("far", far)) if end.os == "asa"},
    )
    made = []
    for member in members:
        names = features.draft_names(member)
        made.append(features.text(member, replace(names, routes=features.tunnel_routes(member, names))))
    return made[0], made[1]


def test_what_is_built_can_be_written_on_both_ends() -> None:
    """Each pair that is built has a text for both ends, with the key as a token and each end's address at the other."""
    for near, far, version, style, verdict in judged():
        if isinstance(verdict, Built):
            for text, peer in zip(text_of(near, far, verdict, version, style), ("192.0.2.2", "192.0.2.1"), strict=True):
                assert "<secret:credential:pair>" in text
                assert peer in text
                assert ("interface Tunnel" in text) == (style == "vti")
                assert ("crypto map" in text) == (style == "crypto-map")
                assert ("ikev2" in text) == (version == 2)


def test_every_line_is_known_to_a_family() -> None:
    """A line that no family knows could not be rolled back; the text of no form has one, on either end."""
    for near, far, version, style, verdict in judged():
        if isinstance(verdict, Built):
            for end, text in zip((near, far), text_of(near, far, verdict, version, style), strict=True):
                read_desired(end.os, text)


def test_what_waits_for_the_engine_is_refused_as_not_built() -> None:
    """The switch is the one table of what is carried: with less in it the same pair is refused in a sentence that says so."""
    for near, far, version, style, verdict in judged():
        today = what(near, far, version, style, CARRIED)
        if isinstance(verdict, Built) and not all(CARRIED.carries(end, version, style) for end in (near, far)):
            assert isinstance(today, Refused)
            assert "not built yet" in today.reason
        elif isinstance(verdict, Refused):
            # Of a pair that waits, only what cannot be helped by waiting is told today.
            assert today.word in (verdict.word, "not yet")
        else:
            assert today.word == verdict.word


def test_each_generation_has_a_template_for_each_form_that_is_written() -> None:
    """The table of what is written and the table of templates are of one mind."""
    assert {generation: frozenset(forms) for generation, forms in features.TEMPLATES.items()} == WRITTEN.forms
    able = {
        (end.output, version, style)
        for end in platforms()
        for version in VERSIONS
        for style in STYLES
        if can_do(end, version, style)
    }
    assert {(generation, *form) for generation, forms in WRITTEN.forms.items() for form in forms} <= able
