"""nr-run verify of a FlexVPN head-end on the lab: in order in each way that it can be, and sick in one way at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from ..runbooks.test_flexvpn import INSIDE, LOGIN, Router
from ..runbooks.test_flexvpn import shared as shared
from ..services.flexvpn.head_ends import HOST

SESSIONS = "show crypto session detail"
OWN = "FLEX-laptops"
PROFILE, TEMPLATE = f"crypto ikev2 profile {OWN}", "interface Virtual-Template10"
POOL = f"ip local pool {OWN} 192.168.117.10 192.168.117.59"
LOGINS = f"aaa authentication login {OWN}-USERS local"


@dataclass(frozen=True)
class Case:
    """One way that a head-end is: what is typed and broken, and typed again; who is connected; and what is to be said of it."""

    name: str
    word: str
    lines: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    fault: tuple[str, ...] = ()
    connected: bool = False
    asleep: bool = False
    other: dict[str, Any] = field(default_factory=dict)
    says: str = ""
    #: None: healthy by its word.
    code: int | None = None

    @property
    def exit_code(self) -> int:
        """0 for what is in order."""
        return self.code if self.code is not None else 0 if self.word in ("up", "idle") else 12


EXPECTED: dict[str, Any] = {"expected_sessions": {"at_least": 1}}
CASES = (
    Case("nobody is connected", "idle"),
    Case("a client sends", "up", connected=True),
    Case("a client sleeps", "idle", connected=True, asleep=True),
    Case("expected and in", "up", connected=True, other=EXPECTED),
    Case("expected and not in", "degraded", other=EXPECTED, says="0 of at least 1 expected"),
    Case("interface shut", "down", ("interface GigabitEthernet1", "shutdown"), ("interface GigabitEthernet1", "no shutdown")),
    Case("template shut", "down", (TEMPLATE, "shutdown"), (TEMPLATE, "no shutdown")),
    Case("template unprotected", "missing", (TEMPLATE, f"no tunnel protection ipsec profile {OWN}"),
         (TEMPLATE, f"tunnel protection ipsec profile {OWN}")),
    Case("no template", "down", (PROFILE, "no virtual-template 10"), (PROFILE, "virtual-template 10")),
    Case("no reconnect", "idle", (PROFILE, "no reconnect timeout 900"), (PROFILE, "reconnect timeout 900"), code=2),
    Case("no list of users", "down", (f"no {LOGINS}",), (LOGINS,)),
    Case("no pool", "down", (f"no {POOL}",), (POOL,)),
    Case("certificate ended", "down", fault=("clock-step", str(86400 * 800)), says="has ended on"),
    Case("clock never set", "down", fault=("clock-unset",), says="never set"),
    Case("lines lost", "unverified", fault=("lose-lines", "IPSEC FLOW", SESSIONS), connected=True),
    Case("list cut", "unverified", fault=("cut-show", "6", SESSIONS), connected=True, says="in no list of sessions"),
    Case("list refused", "unverified", fault=("refuse-show", SESSIONS), connected=True),
)  # fmt: skip


@pytest.fixture(scope="module")
def built(shared: Router) -> Router:
    """The head-end, verified by a client who has left since."""
    with shared.somebody_connects():
        done = shared.run("deploy-flexvpn", "laptops", "--yes")
    assert done.code == 0, done.out + done.err
    shared.lab.client("laptop", "disconnect")
    return shared


def typed(router: Router, lines: tuple[str, ...]) -> None:
    """These lines, if any, typed on the router."""
    if lines:
        router.lab.exec(HOST, "\n".join(("configure terminal", *lines, "end")))


@contextmanager
def planted(router: Router, case: Case) -> Iterator[None]:
    """The router as the case has it, and as it was behind that."""
    router.intend(**case.other)
    if case.connected:
        assert router.lab.client("laptop", "connect-secure", **LOGIN)["connected"]
        assert router.lab.client("laptop", "send", to=INSIDE, count=3)["answered"] == 3
    if case.asleep:
        router.lab.client("laptop", "suspend")
        # The router gives up a client that is silent after a while.
        router.lab.client("laptop", "idle", seconds=200)
    typed(router, case.lines)
    if case.fault:
        router.lab.fault(HOST, *case.fault)
    try:
        yield
    finally:
        if case.fault:
            router.lab.fault(HOST, *case.fault, on=False)
        typed(router, case.back)
        router.lab.client("laptop", "disconnect")
        router.intend()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_a_head_end(built: Router, case: Case) -> None:
    """What is in order is up or idle, and nothing that is sick is either."""
    with planted(built, case):
        done = built.run("verify", "laptops")
    (found,) = done.report["verdicts"]
    assert (found["word"], done.code) == (case.word, case.exit_code), found["sentence"]
    assert case.says in found["sentence"]
