"""The task that renders a template on a host, for runbooks of one's own; with the environment that nr-run plans with."""

from __future__ import annotations

from pathlib import Path

import pytest
from nornir.core import Nornir

from nr_run.inventory.errors import ChangeError
from nr_run.inventory.hosts import load_nornir
from nr_run.runbooks.engine.nornir_run import run_on_all
from nr_run.tasks.render import render
from nr_run.templates.environment import fill, jinja_env

ROOT = Path(__file__).parents[2]
TEXT = "hostname {{ host.name }}\n{% for network in networks %}\n permit ip {{ network | ios_address }} any\n{% endfor %}\n"


@pytest.fixture
def nornir() -> Nornir:
    """The example inventory; no device is asked."""
    return load_nornir(ROOT / "inventory")


def test_a_text_is_rendered_on_each_host(nornir: Nornir) -> None:
    """Each host has its own, with its name and the filters of nr-run."""
    networks = {"networks": ["192.0.2.0/24"]}
    made = run_on_all(nornir, render, {name: {"text": TEXT, **_networks(networks)} for name in ("vpn2611", "vpn3640")})
    assert made["vpn2611"] == "hostname vpn2611\n permit ip 192.0.2.0 0.0.0.255 any\n"
    assert made["vpn3640"].startswith("hostname vpn3640\n")


def _networks(words: dict[str, list[str]]) -> dict[str, object]:
    from ipaddress import IPv4Network

    return {name: [IPv4Network(value) for value in values] for name, values in words.items()}


def test_a_template_of_ours_is_found_by_its_path(nornir: Nornir) -> None:
    """Task and pure function give the same text for the same words: there is one environment."""
    (template,) = [name for name in jinja_env().list_templates() if name == "ios/l2l_ikev1_crypto_map.j2"]
    with pytest.raises(ChangeError, match=r"vpn2611: ios/l2l_ikev1_crypto_map\.j2 cannot be rendered: 'names' is undefined"):
        run_on_all(nornir, render, {"vpn2611": {"template": template}})
    with pytest.raises(Exception, match="'names' is undefined"):
        fill(template)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"template": "ios/nothing.j2"}, "ios/nothing.j2"),
        ({"text": "{% if %}"}, "the text cannot be rendered"),
        ({"text": "{{ nobody_gave_it }}"}, "'nobody_gave_it' is undefined"),
    ],
)
def test_what_cannot_be_rendered_is_one_sentence(nornir: Nornir, arguments: dict[str, str], words: str) -> None:
    """No template, no Jinja and no word: each says which host and why."""
    with pytest.raises(ChangeError, match=f"vpn2611: .*{words}"):
        run_on_all(nornir, render, {"vpn2611": arguments})
