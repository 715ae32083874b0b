"""Every form of a tunnel, as the templates write it, on the lab's own devices: there and back, and cut after each line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from nr_run.changes.families import FAMILIES
from nr_run.changes.plans.change import Change
from nr_run.changes.plans.plan import plan
from nr_run.checks.finding import against
from nr_run.lab.ios import configure
from nr_run.lab.rehearsal import Rehearsal

from .firewall import Firewall, lines_of
from .trees import same
from .whole import read_back, restore

PAGES = Path(__file__).parents[2] / "docs" / "rendered"
#: Device of the lab to the pages of its generation.
FORMS = [
    *((model, page) for model in ("c881",) for page in sorted(PAGES.glob("ios-15-*.md"))),
    *((model, page) for model in ("c8000v-17",) for page in sorted(PAGES.glob("ios-xe-17-*.md"))),
    *((model, page) for model in ("asa919",) for page in sorted(PAGES.glob("asa-9.19-*.md"))),
]
#: Interfaces of a firewall with lines of several carriers, which are named and are left as they are.
LINES = """\
interface GigabitEthernet0/2
 nameif VPN-IP1
 security-level 0
 ip address 192.168.110.136 255.255.255.0
interface GigabitEthernet0/3
 nameif VPN-IP2
 security-level 0
 ip address 192.168.140.159 255.255.255.0
interface GigabitEthernet0/4
 nameif private
 security-level 100
 ip address 192.168.50.1 255.255.255.0
"""


class Router:
    """One router of the lab without a session: it takes lines, and shows itself."""

    def __init__(self, model: str) -> None:
        credentials = dict.fromkeys(("device-password", "enable-secret", "hq-branch-psk"), "Secret-4-the-lab")
        self.box = Rehearsal({model: model}, 1.0, credentials).boxes[model]
        self.place = configure.Place()
        self.said: list[str] = []
        # Logins by lists, which lists of users rest on; and the list of what is translated, for the line that a form has for it.
        self.enter(("aaa new-model",))
        self.enter(("ip access-list extended NAT", "permit ip 10.10.0.0 0.0.255.255 any", "exit"))

    def enter(self, lines: Iterable[str]) -> None:
        """Lines as they are typed in configuration mode; a refusal, and a line in a wrong mode, fail the test."""
        for line in lines:
            if line == "exit":
                assert self.place != configure.Place(), "exit would leave configuration mode"
                self.place = self.place.outer
                continue
            reading, _ = configure.read(self.box.release, self.place, line)
            assert reading.leaf, line
            assert reading.leaf.form.mode == self.place.mode, f"{line!r} is typed in {self.place.mode}"
            answer, self.place = configure.apply(self.box, self.box.release, self.place, line)
            assert not any(text.strip() == "^" for text in answer), (line, answer)
            self.said += [" ".join(text.split()) for text in ["\n".join(answer)] if text.strip()]

    def cut(self) -> None:
        """The session ends, and configuration mode with it."""
        self.place = configure.Place()

    def show(self) -> str:
        """The running configuration with its keys."""
        return "\n".join([*self.box.config_lines(), ""])


def device(model: str) -> Router | Firewall:
    """A fresh device of the lab."""
    return Firewall(model, made_with=LINES) if model.startswith("asa") else Router(model)


def os_of(model: str) -> str:
    """The operating system of a device."""
    return "asa" if model.startswith("asa") else "ios"


def wanted(page: Path, running: str) -> str:
    """The text of all stages of a page with the interface of this device, without routes by a next hop that is no neighbour."""
    stages = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf8"), re.DOTALL)
    assert stages, f"{page.name} has no configuration"
    text = "".join(stages)
    interface = next(line.split()[1] for line in running.splitlines() if re.fullmatch(r"interface \S*Ethernet\S+", line))
    text = re.sub(r"(?m)^((?:interface| tunnel source) )GigabitEthernet0/0$", rf"\g<1>{interface}", text)
    return re.sub(r"(?m)^(?:route outside|ip route \S+ \S+ \d).*\n", "", text)


def change_on(model: str, page: Path, running: str) -> Change:
    """The change that brings the form to a device that runs this."""
    return plan(model, os_of(model), wanted(page, running), running)


@pytest.mark.parametrize(("model", "page"), FORMS, ids=[f"{model}-{page.stem}" for model, page in FORMS])
def test_there_and_back_and_cut_after_each_line(model: str, page: Path) -> None:
    """The device takes every line, has what was sent and nothing else, and is as before by the inverse and after any cut."""
    one = device(model)
    before = one.show()
    change = change_on(model, page, before)
    lines = lines_of(change.forward)
    one.enter(lines)
    if isinstance(one, Router):
        used = {step.family for step in change.forward}
        normal = [form for family in FAMILIES["ios"] if family.name in used for form in family.replies]
        assert [text for text in one.said if not any(form.fullmatch(text) for form in normal)] == []
    there = one.show()
    assert against(read_back(change, before, there, "now")) == ()
    assert not change_on(model, page, there)
    one.enter(lines_of(change.inverse))
    assert same(one.show(), before)
    for count in range(len(lines) + 1):
        one.enter(lines[:count])
        one.cut()
        one.enter(lines_of(restore(change, before, one.show())))
        assert same(one.show(), before), lines[:count]
