"""The task that renders a template on a host, for runbooks of one's own; with the environment that nr-run plans with."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from nornir.core import Nornir

from nr_run.inventory.errors import NrRunError
from nr_run.inventory.files.hosts import load_nornir
from nr_run.tasks.nornir_tasks import render
from nr_run.templates.environment import fill

from ..own_inventory import PAIR

TEXT = "hostname {{ host.name }}\n{% for network in networks %}\n permit ip {{ network | ios_address }} any\n{% endfor %}\n"
OURS = "ios/l2l_ikev1_crypto_map.j2"


@pytest.fixture
def nornir() -> Nornir:
    """The inventory of the pair; no device is asked."""
    return load_nornir(PAIR)


def test_a_template_is_rendered_on_each_host(nornir: Nornir, tmp_path: Path) -> None:
    """Each host has its own text, with its name and the filters of nr-run."""
    (tmp_path / "name.j2").write_text(TEXT)
    made = nornir.run(render, template="name.j2", path=str(tmp_path), networks=[IPv4Network("192.0.2.0/24")])
    assert made["vpn2611"].result == "hostname vpn2611\n permit ip 192.0.2.0 0.0.0.255 any\n"
    assert made["vpn3640"].result.startswith("hostname vpn3640\n")


def test_a_template_of_ours_is_found_by_its_path(nornir: Nornir) -> None:
    """Task and pure function fill the same template: there is one environment."""
    error = nornir.run(render, template=OURS)["vpn2611"].exception
    assert str(error) == f"vpn2611: template {OURS}: 'names' is undefined"
    with pytest.raises(Exception, match="'names' is undefined"):
        fill(OURS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "mine.j2: there is no such template"),
        ("{% if %}", "mine.j2: Expected an expression"),
        ("{{ nobody_gave_it }}", "mine.j2: 'nobody_gave_it' is undefined"),
        ("{% include 'part.j2' %}", "mine.j2: there is no such template: part.j2"),
    ],
)
def test_what_cannot_be_rendered_is_one_sentence(nornir: Nornir, tmp_path: Path, text: str | None, words: str) -> None:
    """No template, no Jinja and no word: each says which host, which template, and why."""
    if text is not None:
        (tmp_path / "mine.j2").write_text(text)
    error = nornir.run(render, template="mine.j2", path=str(tmp_path))["vpn2611"].exception
    assert isinstance(error, NrRunError)
    assert str(error).startswith(f"vpn2611: template {words}")
