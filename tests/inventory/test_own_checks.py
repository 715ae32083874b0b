"""Checks of the user's own in the files: what is wrong with one is told with its line, its field and what was probably meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nr_run.inventory.errors import IntentError
from nr_run.inventory.files.hosts import load_nornir, platforms_of
from nr_run.inventory.intents.intent_files import load_intent
from nr_run.inventory.intents.own_checks import Range
from nr_run.services.l2l.service import L2L
from nr_run.services.ra.service import REMOTE_ACCESS

from ..own_inventory import PAIR
from .test_intent_files import refusal

CHECKS = """\
    checks:
      - host: vpn2611
        command: show ip route
        holds:
          prefix: 10.10.20.0/24
          next_hops.distance: {at_most: 1}
        count: {at_least: 1, at_most: 1}
      - command: show interfaces description
        contains: uplink ok
        when: [verify]
"""
TODAY = date(2026, 11, 21)


def written(vpn: Path, old: str = "", new: str = "") -> Path:
    """The file of the tunnel with the checks in it, one part of them otherwise."""
    path = vpn / "hq-branch.yaml"
    assert CHECKS.count(old) == 1 or not old, old
    text = path.read_text()
    path.write_text(
        text.replace(
            "    terminations:\n", CHECKS.replace(old, new) + "    terminations:\n" if old else CHECKS + "    terminations:\n"
        )
    )
    return path


def test_checks_are_read(vpn: Path) -> None:
    """Both checks of the tunnel are read, with ranges as numbers and all else as it is written; a record of a run keeps them."""
    written(vpn)
    (tunnel,) = load_intent(vpn).select()
    first, second = tunnel.checks
    assert first.holds == {"prefix": "10.10.20.0/24", "next_hops.distance": Range(at_most=1)}
    assert first.count == Range(at_least=1, at_most=1)
    assert (second.contains, second.when, second.host) == ("uplink ok", ("verify",), None)
    assert type(tunnel).model_validate_json(tunnel.model_dump_json()) == tunnel


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (
            "contains: uplink ok",
            "contain: uplink ok",
            "contain: uplink ok",
            "checks[1].contain: unknown key (did you mean contains?)",
        ),
        ("when: [verify]", "when: [verfy]", "[verfy]", "'verfy' is not a value it can have (did you mean verify?)"),
        ("command: show ip route", "command: clear ip route", "clear ip", "checks[0].command: is no show command"),
        ("command: show ip route", "command: show ip route | inc S", "| inc", "checks[0].command: has a filter"),
        ("        contains: uplink ok\n", "", "interfaces desc", "checks[1]: checks nothing"),
        ("contains: uplink ok", "matches: '(a+)+'", "(a+)+", "checks[1].matches: repeats a group"),
        (
            "{at_most: 1}",
            "{atmost: 1}",
            "holds:",
            "checks[0].holds: next_hops.distance has an unknown key atmost (did you mean at_most?)",
        ),
        ("at_least: 1, ", "at_leest: 1, ", "at_leest", "checks[0].count.at_leest: unknown key (did you mean at_least?)"),
    ],
)
def test_a_wrong_form_is_told_with_its_line(vpn: Path, old: str, new: str, line: str, said: str) -> None:
    """What a check alone shows to be wrong is told when the file is read: file, line, field, and what was probably meant."""
    path = written(vpn, old, new)
    number = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if line in text)
    assert any(told.startswith(f"{path}:{number}: tunnels[0].") and said in told for told in refusal(vpn)), refusal(vpn)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("prefix: 10", "prefx: 10", "prefx", "checks[0].holds.prefx: there is no field 'prefx' in Route (did you mean prefix?)"),
        ("host: vpn2611", "host: vpn2612", "vpn2612", "checks[0].host: 'vpn2612' is no end of ours (did you mean vpn2611?)"),
        ("command: show ip route", "command: show ip rip", "ip rip", "no parser reads 'show ip rip' of ios"),
        ("next_hops.distance", "next_hops.distnace", "distnace", "no field 'distnace' in NextHop (did you mean distance?)"),
    ],
)
def test_what_no_answer_can_have_is_told_with_its_line(inventory: Path, old: str, new: str, line: str, said: str) -> None:
    """What the devices and the parsers have to be known for is told before any is touched: file, line, field, nearest match."""
    path = written(inventory / "vpn", old, new)
    number = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if line in text)
    platforms = platforms_of(load_nornir(inventory))
    with pytest.raises(IntentError) as refused:
        L2L.intended(inventory, platforms).select((), TODAY, removal=False)
    (told,) = str(refused.value).splitlines()
    assert told.startswith(f"{path}:{number}: tunnel hq-branch: checks[0].")
    assert said in told
    L2L.intended(inventory, platforms).select((), TODAY, removal=True)


def test_a_group_of_clients_has_checks_too(inventory: Path) -> None:
    """Of a group of VPN clients a wrong field is told in the same way, and right checks are those of its deployment."""
    text = (PAIR / "remote-access.yaml").read_text()
    path = inventory / "remote-access.yaml"
    check = "    checks:\n      - command: show ip route\n        holds: {prefix: 10.10.10.0/24}\n    waiver:\n"
    path.write_text(text.replace("    waiver:\n", check))
    platforms = platforms_of(load_nornir(inventory))
    (deployment,), _ = REMOTE_ACCESS.intended(inventory, platforms).select((), TODAY, removal=False)
    assert [check.command for check in deployment.checks] == ["show ip route"]
    path.write_text(path.read_text().replace("holds: {prefix", "holds: {prefx"))
    number = next(n for n, line in enumerate(path.read_text().splitlines(), 1) if "prefx" in line)
    with pytest.raises(IntentError, match="did you mean prefix") as refused:
        REMOTE_ACCESS.intended(inventory, platforms).select((), TODAY, removal=False)
    assert str(refused.value).startswith(f"{path}:{number}: group ")
