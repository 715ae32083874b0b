"""What a person probably meant."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_run.inventory.files.did_you_mean import SHOWN, hint, nearest


@pytest.mark.parametrize(
    ("word", "meant"),
    [("hq-brnch", "hq-branch"), ("HQ-Branch", "hq-branch"), ("vpn", None), ("2", None), ("3641", "3640")],
)
def test_the_nearest_word(word: str, meant: str | None) -> None:
    """A word with a letter wrong is recognised; a short number and an unlike word are not."""
    assert nearest(word, ["hq-branch", "3640", "21"]) == meant


@given(known=st.lists(st.text(min_size=1, max_size=20), min_size=1, unique_by=str.lower), data=st.data())
def test_a_known_word_is_nearest_to_itself(known: list[str], data: st.DataObject) -> None:
    """Whatever the names are, an exact one of three letters or more is found."""
    word = data.draw(st.sampled_from(known))
    assert nearest(word, known) == word or word.isdigit()


def test_a_long_list_is_cut() -> None:
    """A sentence stays a sentence with a thousand names."""
    names = [f"site{number:04}" for number in range(1000)]
    assert hint("zzz", names) == f" (known: {', '.join(names[:SHOWN])} and {1000 - SHOWN} more)"
    assert hint("zzz", []) == ""


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("errors", ["pydantic", "nornir", "ruamel.yaml", "netmiko", "ttp"]),
        ("models.platforms", ["pydantic", "nornir", "ruamel.yaml"]),
        ("intents.intent_files", ["nornir", "netmiko"]),
        ("files.hosts", ["nornir", "netmiko", "pydantic"]),
    ],
)
def test_a_module_imports_no_more_than_it_needs(module: str, heavy: list[str]) -> None:
    """The command line starts fast because the inventory imports heavy libraries only where it uses them."""
    code = f"import sys, nr_run.inventory.{module}; print(*[name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
