"""nr-run verify of a connection on the lab, as real processes, one fault at a time: none of them is called up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ... import warm
from .carried import GATEWAYS, Carried, begin, inventory
from .sites import HOST

FIRST, SECOND = GATEWAYS
#: A host of the cloud, by the second tunnel whatever BGP says.
ASIDE = "route NR-ali-2 172.16.0.10 255.255.255.255 169.254.20.1 1"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    """A connection that is up."""
    folder = tmp_path_factory.mktemp("planted")
    with begin(folder) as lab:
        inventory(lab, folder / "inventory")
        made = Carried(lab, folder)
        code, report = made.deploy()
        assert code == 0, json.dumps(report)[:4000]
        yield made


def verdict(built: Carried, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code, and the one verdict."""
    code, report = built.run("verify", *words)
    (found,) = report["verdicts"]
    return code, found


@pytest.fixture
def up(built: Carried) -> Carried:
    """It has come up again behind what was broken before."""
    for _ in range(int(30 * warm.PATIENCE)):
        code, found = verdict(built)
        if code == 0:
            assert (found["word"], found["known_by"]) == ("up", "probe")
            return built
    raise AssertionError(found)


@pytest.mark.parametrize(
    ("fault", "at"),
    [("down", (FIRST,)), ("down", GATEWAYS), ("drop-esp", (SECOND,)), ("bgp-untold", GATEWAYS), ("bgp-untold", (SECOND,))],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_a_gateway_with_a_fault_is_not_called_up(up: Carried, fault: str, at: Sequence[str]) -> None:
    """At once too, while BGP still holds its session over what is dead; the tunnel or the hosts are named."""
    for gateway in at:
        up.lab.fault(gateway, fault)
    try:
        code, found = verdict(up)
    finally:
        for gateway in at:
            up.lab.fault(gateway, fault, on=False)
    assert (code, found["healthy"]) == (12, False), found
    assert found["word"] in ("degraded", "down"), found
    assert ("first: " if FIRST in at else "second: ") in found["sentence"]


@pytest.mark.parametrize("at", [GATEWAYS, (SECOND,)], ids="+".join)
def test_gateways_that_answer_no_ping(up: Carried, at: Sequence[str]) -> None:
    """Neither does, or one of them, as a gateway may: up, by the session of BGP, which is said, and not by a probe."""
    for gateway in at:
        up.lab.fault(gateway, "no-ping")
    try:
        code, found = verdict(up)
    finally:
        for gateway in at:
            up.lab.fault(gateway, "no-ping", on=False)
    assert (code, found["word"], found["known_by"]) == (0, "up", "tables"), found
    assert "by the session of BGP alone" in found["sentence"]
    code, found = verdict(up, "--no-probe")
    assert (code, found["word"], found["known_by"]) == (0, "up", "tables"), found


@pytest.mark.parametrize(
    ("lines", "back", "words"),
    [
        ((ASIDE,), (f"no {ASIDE}",), ASIDE),
        (("interface Tunnel1", "shutdown"), ("interface Tunnel1", "no shutdown"), "first: 10.10.10.49 is not up"),
    ],
    ids=["a route beside BGP", "an interface that is shut"],
)
def test_somebody_types_on_the_firewall(up: Carried, lines: Sequence[str], back: Sequence[str], words: str) -> None:
    """A static route that takes a part of the cloud by one tunnel alone, and a tunnel that is shut: neither is up."""
    up.lab.exec(HOST, "\n".join(("configure terminal", *lines, "end")))
    try:
        code, found = verdict(up)
    finally:
        up.lab.exec(HOST, "\n".join(("configure terminal", *back, "end")))
    assert (code, found["word"] in ("degraded", "down")) == (12, True), found
    assert words in found["sentence"]
