"""The use of the phones' pools, and the sessions of a head-end: read whole, or not known."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from nr_run.checks.phones.audit import audit
from nr_run.checks.phones.case import AuditAsked
from nr_run.checks.phones.pools import command_for, use_of
from nr_run.checks.phones.sessions import sessions_of, why_unknown
from nr_run.checks.phones.shown import SESSION_COUNT, SESSIONS, HeadEnd
from nr_run.inventory.errors import UsageError
from nr_run.lab.rehearsal import Rehearsal
from nr_run.lab.stations import phone_site
from nr_run.runbooks.far.carrying import pack
from nr_run.runbooks.phones.audit import _Pools

from .ground import CREDENTIALS, Site, shown

POOL = command_for(phone_site.POOL)
FULL = """\
Begin           End             Mask            Free     Held     In use
10.20.30.1      10.20.30.200    255.255.255.0       0      10      190

In Use Addresses:
"""
TWO = """
Session Type: AnyConnect

Username     : CP-7962G-SEP00005E005301 Index        : 7
Assigned IP  : 10.20.30.1             Public IP    : 203.0.113.241
Protocol     : AnyConnect-Parent SSL-Tunnel DTLS-Tunnel
Group Policy : GroupPolicy_VPNPhone   Tunnel Group : VPNPhone

Username     : anna                   Index        : 9
Assigned IP  : 10.20.30.2             Public IP    : 203.0.113.242
Protocol     : AnyConnect-Parent
Group Policy : Staff                  Tunnel Group : Staff
"""


@pytest.fixture(scope="module")
def device() -> HeadEnd:
    """A head-end in order, to which one phone has connected."""

    async def ask() -> HeadEnd:
        lab = Rehearsal({"fw": Site().order}, 1.0, CREDENTIALS)
        await lab.client("desk", "phone", {"host": "fw", "xml": Site().xml})
        return await shown(lab, Site())

    return asyncio.run(ask())


def showing(device: HeadEnd, command: str, text: str) -> HeadEnd:
    """With another answer to a command."""
    return replace(device, outputs={**device.outputs, command: text})


def test_the_lab_shows_what_is_read(device: HeadEnd) -> None:
    """A phone that is connected has one address of the pool, and is a session by its own name."""
    use, sessions = use_of(device, phone_site.POOL), sessions_of(device)
    assert use is not None
    assert (use.free, use.size) == (199, 200)
    assert sessions is not None
    assert [(one.phone[:3], one.group, one.address) for one in sessions] == [("SEP", phone_site.GROUP, "10.20.30.1")]


def test_held_addresses_are_not_free(device: HeadEnd) -> None:
    """A pool whose last addresses are held for who left is full, and named with its line."""
    found = {one.id: one for one in audit(showing(device, POOL, FULL), AuditAsked()).causes}
    assert "10     190" in found["pool-full"].evidence[0].text.replace("      ", "     ")


@pytest.mark.parametrize(
    "text",
    ["", FULL.replace(" 190", " 19"), "ERROR: % Invalid input detected at '^' marker.", FULL.replace("10.20.30.200", "10.20.30")],
    ids=["no answer", "numbers that are not its size", "refused", "an address that is none"],
)
def test_a_pool_that_is_not_read_is_not_known(device: HeadEnd, text: str) -> None:
    """An answer that is none, or whose numbers do not add up, says neither that the pool is full nor that it is not."""
    made = audit(showing(device, POOL, text), AuditAsked())
    assert "pool-full" not in {one.id for one in made.findings}
    assert any("pool PHONES" in words for words in made.unread), made.unread


def test_what_is_asked_for_pools_can_go_to_another_process(device: HeadEnd) -> None:
    """Which pools are asked for is data, which another process can be sent; a function that is alive is refused there."""
    ask = _Pools("fw", device.platform, AuditAsked())
    assert pack(ask)
    assert ask(device.running, device.outputs) == (POOL,)
    with pytest.raises(UsageError):
        pack(lambda: ask)


def counted(device: HeadEnd, active: int, inactive: int = 0) -> HeadEnd:
    """With another summary of the sessions, which adds up."""
    total = active + inactive
    text = f"""\
---------------------------------------------------------------------------
VPN Session Summary
---------------------------------------------------------------------------
                               Active : Cumulative : Peak Concur : Inactive
                             ----------------------------------------------
AnyConnect Client            : {active:>6} : {total:>10} : {total:>11} : {inactive:>8}
  SSL/TLS/DTLS               : {active:>6} : {total:>10} : {total:>11} : {inactive:>8}
---------------------------------------------------------------------------
Total Active and Inactive    : {total:>6}             Total Cumulative : {total:>6}
Device Total VPN Capacity    :    250
Device Load                  :     1%
---------------------------------------------------------------------------

---------------------------------------------------------------------------
Tunnels Summary
---------------------------------------------------------------------------
                               Active : Cumulative : Peak Concurrent
                             ----------------------------------------------
AnyConnect-Parent            : {active:>6} : {total:>10} : {total:>11}
---------------------------------------------------------------------------
Totals                       : {active:>6} : {total:>10}
---------------------------------------------------------------------------
"""
    return showing(device, SESSION_COUNT, text)


def test_a_list_that_is_cut_between_two_sessions_is_not_known(device: HeadEnd) -> None:
    """Each session of it is whole, and one is missing by what the device counts; without the count nothing is known."""
    first = TWO[: TWO.index("Username     : anna")]
    for active, inactive in ((2, 0), (1, 1)):
        two = counted(device, active, inactive)
        made = sessions_of(showing(two, SESSIONS, TWO))
        assert made is not None
        assert len(made) == 2
        for cut in (first, "INFO: There are presently no active sessions of the type specified\n"):
            assert sessions_of(showing(two, SESSIONS, cut)) is None
    assert "2 are counted, and not all were listed whole" in why_unknown(showing(two, SESSIONS, first))
    whole = counted(device, 1)
    assert sessions_of(showing(whole, SESSIONS, first)) is not None
    summary = whole.outputs[SESSION_COUNT]
    for text in ("", "ERROR: % Invalid input detected at '^' marker.\n", summary[: summary.rindex("Totals")]):
        assert sessions_of(showing(showing(whole, SESSION_COUNT, text), SESSIONS, first)) is None


def test_sessions_are_whole_or_not_known(device: HeadEnd) -> None:
    """Every session has a user, a number and a tunnel group; a list that is cut is no list."""
    made = sessions_of(showing(device, SESSIONS, TWO))
    assert made is not None
    assert [(one.user, one.index, one.group, one.phone) for one in made] == [
        ("CP-7962G-SEP00005E005301", "7", "VPNPhone", "SEP00005E005301"),
        ("anna", "9", "Staff", ""),
    ]
    for cut in (TWO[: TWO.rindex("Tunnel")], TWO[TWO.index("Username") :], "", "Session Type: AnyConnect\n"):
        assert sessions_of(showing(device, SESSIONS, cut)) is None
    nobody = counted(device, 0)
    assert sessions_of(showing(nobody, SESSIONS, "INFO: There are presently no active sessions of the type specified\n")) == ()


def test_a_session_has_a_tunnel_by_what_is_said_of_its_protocol(device: HeadEnd) -> None:
    """Also where another column stands behind it; without that line it is not known whether anybody is connected."""

    def tunnels(text: str) -> list[bool] | None:
        made = sessions_of(showing(device, SESSIONS, text))
        return None if made is None else [one.tunnel for one in made]

    assert tunnels(TWO) == [True, False]
    for parent in ("AnyConnect-Parent", "Clientless"):
        aside = TWO.replace("AnyConnect-Parent\n", f"{parent}          Encryption   : 3DES\n")
        assert tunnels(aside) == [True, False]
    assert tunnels(TWO.replace("Protocol     : AnyConnect-Parent\n", "")) is None
