"""The judge can say wrong: each lie about two devices is found out, and the truth is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from .device import State, lines_of
from .intended import Wanted
from .judge import Foreign, Goal, Judge, Now

BARE = "hostname {name}\ninterface Ethernet0/0\n ip address 192.0.2.{last} 255.255.255.0\n{bound}ip http server\nend\n"
BOUND = " crypto map M\n"
TUNNEL = """\
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
 group 14
crypto isakmp key Not.A.Real.Key address 192.0.2.{peer}
crypto ipsec transform-set T esp-aes 256 esp-sha-hmac
crypto map M 10 ipsec-isakmp
 set peer 192.0.2.{peer}
 set transform-set T
 set pfs group14
 match address NR-t
ip access-list extended NR-t
 permit ip 10.0.{last}.0 0.0.0.255 10.0.{peer}.0 0.0.0.255
"""
LAST = {"hq": 1, "branch": 2}
LINE = ("ip route 10.9.0.0 255.255.0.0 192.0.2.254",)


def text_of(name: str, *, tunnel: bool) -> str:
    """The configuration of one device."""
    numbers = {"name": name, "last": LAST[name], "peer": 3 - LAST[name], "bound": BOUND if tunnel else ""}
    return BARE.format(**numbers) + (TUNNEL.format(**numbers) if tunnel else "")


def device(name: str, *, tunnel: bool) -> Now:
    """One device, without the tunnel or with it, saved and with SAs."""
    text, own, far = text_of(name, tunnel=tunnel), f"10.0.{LAST[name]}.0", f"10.0.{3 - LAST[name]}.0"
    sends, receives = frozenset({f"A{LAST[name]}"}), frozenset({f"A{3 - LAST[name]}"})
    lines = lines_of(text)
    return Now(State(lines, lines, lines, (), {(own, far): (sends, receives)} if tunnel else {}), text, False, went_back=False)


def both(*, tunnel: bool) -> dict[str, Now]:
    """Both devices."""
    return {name: device(name, tunnel=tunnel) for name in LAST}


def wanted(name: str) -> Wanted:
    """One end of the tunnel."""
    own, far = LAST[name], 3 - LAST[name]
    networks = (f"10.0.{own}.0/24",), (f"10.0.{far}.0/24",)
    suite = ("aes-256-cbc", "aes-256-cbc", "hmac-sha1", 14)
    return Wanted(f"192.0.2.{far}", "Ethernet0/0", *networks, "Not.A.Real.Key", *suite)


def judge(foreign: dict[str, Foreign] | None = None) -> Judge:
    """Of a build."""
    before = {name: now.state for name, now in both(tunnel=False).items()}
    return Judge(before, Goal({name: wanted(name) for name in LAST}, {}, up=True), foreign or {})


def test_the_truth_is_believed() -> None:
    """Proved and saved with 0, as before with 20, and a page that names the one device that is in between."""
    assert judge().judged(0, "", both(tunnel=True)).ending == "changed"
    assert judge().judged(20, "", both(tunnel=False)).ending == "before"
    half = both(tunnel=False) | {"hq": device("hq", tunnel=True)}
    assert judge().judged(21, "on hq, paste hq-branch/branch/rollback.cfg", half).ending == "rollback-incomplete"


@pytest.mark.parametrize("code", [0, 1, 11, 12, 20, 130])
def test_one_end_changed_is_never_right(code: int) -> None:
    """With the tunnel on one end only neither done nor nothing changed is true."""
    assert judge().judged(code, "", both(tunnel=False) | {"hq": device("hq", tunnel=True)}).ending == "wrong"


@pytest.mark.parametrize("line", [*(line for line in TUNNEL.splitlines() if re.search(r"[{ ]", line)), BOUND.rstrip()])
def test_each_line_of_the_tunnel_is_missed(line: str) -> None:
    """A 0 without any one line of the tunnel on one end is wrong."""
    numbers = {"last": 2, "peer": 1}
    text = text_of("branch", tunnel=True).replace(f"{line.format(**numbers)}\n", "")
    lines = lines_of(text)
    now = both(tunnel=True)
    now["branch"] = replace(
        now["branch"], text=text, state=replace(now["branch"].state, running=lines, shown=lines, startup=lines)
    )
    assert judge().judged(0, "", now).ending == "wrong"


def _timer(state: State) -> State:
    return replace(state, timers=("reload",))


def _unsaved(state: State) -> State:
    return replace(state, startup=lines_of("hostname branch\n"))


def _other_spis(state: State) -> State:
    return replace(state, spis={pair: (frozenset({"B7"}), received) for pair, (_, received) in state.spis.items()})


def _somebodys(state: State) -> State:
    return replace(state, running=state.running + lines_of("\n".join(LINE)))


@pytest.mark.parametrize("amiss", [_timer, _unsaved, _other_spis, _somebodys])
def test_what_is_amiss_on_one_end_is_seen(amiss: Callable[[State], State]) -> None:
    """A timer that counts, a change that is not saved, SAs that do not cross, a line that nobody typed: 0 is wrong."""
    now = both(tunnel=True)
    now["branch"] = replace(now["branch"], state=amiss(now["branch"].state))
    assert judge().judged(0, "", now).ending == "wrong"


@pytest.mark.parametrize("amiss", [_timer, _unsaved, _somebodys])
def test_as_before_is_all_of_it(amiss: Callable[[State], State]) -> None:
    """A timer, another startup configuration or a line more: 20 is wrong, unless the line is what a second operator typed."""
    now = both(tunnel=False)
    now["branch"] = replace(now["branch"], state=amiss(now["branch"].state))
    assert judge().judged(20, "", now).ending == "wrong"
    others = {"branch": Foreign(added={LINE}, kept={LINE})}
    assert judge(others).judged(20, "", now).ending == ("before" if amiss is _somebodys else "wrong")


def test_somebody_elses_line_is_not_lost() -> None:
    """A 20 that took a second operator's line away is wrong, unless the device rolled itself back."""
    others, now = {"branch": Foreign(added={LINE}, kept={LINE})}, both(tunnel=False)
    assert judge(others).judged(20, "", now).ending == "wrong"
    now["branch"] = replace(now["branch"], went_back=True)
    assert judge(others).judged(20, "", now).ending == "before"


@pytest.mark.parametrize(
    "page",
    ["", "on branch, paste x", "see hq-branch/hq/rollback.cfg", "hq and branch: both configurations are as before"],
    ids=["nothing", "the other", "a file name", "as before"],
)
def test_a_false_page_is_found_out(page: str) -> None:
    """A page that does not name the device that is in between, or says that it is as before, is wrong."""
    assert judge().judged(21, page, both(tunnel=False) | {"hq": device("hq", tunnel=True)}).ending == "wrong"


def test_a_timer_that_the_page_does_not_tell_is_found_out() -> None:
    """A page that names the device and not what counts on it is wrong; one that names both is right."""
    now = both(tunnel=False)
    now["hq"] = replace(now["hq"], state=_timer(now["hq"].state))
    assert judge().judged(21, "look at hq", now).ending == "wrong"
    assert judge().judged(21, "hq reloads in 3 minutes", now).ending == "rollback-incomplete"


def test_what_somebody_else_took_is_told_too() -> None:
    """Where a second operator took a part of a tunnel that was there, a page that names the other device only is wrong."""
    had = {name: now.state for name, now in both(tunnel=True).items()}
    path = ("crypto map M 10 ipsec-isakmp", "match address NR-t")
    robbed, now = {"branch": Foreign(removed={path})}, both(tunnel=True)
    now["branch"] = replace(
        now["branch"], state=replace(now["branch"].state, running=now["branch"].state.running - Counter([path]))
    )
    asked = Judge(had, judge().goal, robbed)
    assert asked.judged(21, "the tunnel is not up: hq has no SA", now).ending == "wrong"
    assert asked.judged(21, "hq has no SA; kept: what others changed on branch", now).ending == "rollback-incomplete"
