"""Every configuration in docs/rendered is taken by the boxes of its release, line by line."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from nr_run.lab.rehearsal import CREDENTIALS, Rehearsal, new_secret

FOLDER = Path(__file__).parents[2] / "docs" / "rendered"
#: The beginning of a page's name: the boxes of that release, and their outer interface.
PLAYED = {
    "ios-12.2-": (("vpn3640",), "Ethernet0/0"),
    "ios-12.4-": (("vpn3640-124",), "Ethernet0/0"),
    "ios-15-": (("c881",), "FastEthernet4"),
    "ios-xe-17-": (("c8000v-17", "c8000v-1711", "c8000v-1712", "c8000v-26"), "GigabitEthernet1"),
}
CASES = [
    (page.name, model, wan)
    for begin, (models, wan) in PLAYED.items()
    for page in sorted(FOLDER.glob(f"{begin}*.md"))
    for model in models
]


@pytest.mark.parametrize(("page", "model", "wan"), CASES)
def test_a_rendered_configuration_is_taken(page: str, model: str, wan: str) -> None:
    """No line is refused, by the release that the page is about and by those after it that are played."""
    text = re.search(r"```\n(.*?)```", (FOLDER / page).read_text(), re.DOTALL)
    assert text is not None
    lines = re.sub(r"<secret:[^>]+>", "Sec.ret-123456789", re.sub(r"\b[A-Z]\w*Ethernet\d+(?:/\d+)*", wan, text[1]))

    async def typed() -> str:
        lab = Rehearsal({"box": model}, 50, {"device-username": "nr"} | {name: new_secret() for name in CREDENTIALS})
        try:
            # Logins by lists, which lists of users rest on, are the device's own, as on every device that is managed by name.
            return await lab.execute("box", f"configure terminal\naaa new-model\n{lines}")
        finally:
            await lab.close()

    said = asyncio.run(typed()).splitlines()
    assert not [line for line in said if "^" in line or (line.startswith("%") and "NOTE" not in line)], said


def test_there_are_pages_of_every_release_that_is_played() -> None:
    """A page that is renamed does not take its test away."""
    assert {begin for begin in PLAYED if any(name.startswith(begin) for name, _, _ in CASES)} == set(PLAYED)
