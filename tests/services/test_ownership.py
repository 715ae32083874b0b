"""What a deployment uses and has not made stays when it goes, and is named: by its name, or since no run has made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from nr_run.changes.families import FAMILIES
from nr_run.changes.objects import ConfigObject, read
from nr_run.changes.plans.removal import owned
from nr_run.inventory.hiding.secrets import Secrets
from nr_run.runbooks.run.folder import RunFolder
from nr_run.runbooks.run.made_before import made_before
from nr_run.services.common.ownership import OWN_NAMES, is_of_others, without_others, without_unmade
from nr_run.services.l2l.existing.in_place import policies_of_offers
from nr_run.services.ra.service import REMOTE_ACCESS
from nr_run.services.service import Removal

from ..changes.trees import same
from .flexvpn import head_ends as flexvpn
from .ra import groups as ra
from .zia import planned as zia
from .zia.sites import BARE as ZIA_BARE
from .zia.sites import site

#: What each offers in IKEv2 under a name of somebody's, for the address and alone.
_THEIRS = "crypto ikev2 proposal THEIRS\n{offer}crypto ikev2 policy OTHER\n match address local {address}\n proposal THEIRS\n"


def _theirs(running: str, there: str, address: str) -> str:
    """The same router on which somebody has typed that proposal and policy before."""
    (offer,) = [item.children for item in read("ios", there).of("ikev2-proposal")]
    lines = _THEIRS.format(offer="".join(f" {line}\n" for line in offer), address=address)
    return running.replace("ip route", f"{lines}ip route", 1)


def test_a_policy_of_somebody_else_outlives_a_head_end() -> None:
    """A proposal and a policy that fit and were there are used, and both stay when the head-end goes, as they were."""
    before = _theirs(flexvpn.BARE, flexvpn.deployed(flexvpn.head_end(), flexvpn.BARE), "172.18.124.117")
    there = flexvpn.deployed(flexvpn.head_end(), before)
    assert "proposal NR-" not in there
    after, stays = flexvpn.removed(flexvpn.head_end(), there)
    assert same(after, before), after
    assert [words for words in stays if "ikev2-policy OTHER stays: it was there before" in words]


def test_a_policy_of_somebody_else_outlives_a_site() -> None:
    """The same of a site that goes to the Internet by Zscaler."""
    wanted = site()
    before = _theirs(ZIA_BARE, zia.deployed(wanted), str(wanted.wan_ip))
    there = read("ios", zia.deployed(wanted, before))
    made = [item for item in there.objects.values() if item.key not in read("ios", ZIA_BARE).objects]
    going, _ = owned(there, without_others(policies_of_offers(there, made))[0])
    assert {"ikev2-policy OTHER", "ikev2-proposal THEIRS"}.isdisjoint(item.title for item in going)


def test_a_map_that_took_peers_before_takes_them_after() -> None:
    """Somebody's dynamic entry of a map, and the lists that it asks by, are used by clients and stay without them."""
    there = """\
aaa authentication login THEIR-USERS local
aaa authorization network THEIR-GROUPS local
crypto ipsec transform-set THEIRS esp-3des esp-sha-hmac
crypto dynamic-map THEIRS 10
 set transform-set THEIRS
crypto map OUT client authentication list THEIR-USERS
crypto map OUT isakmp authorization list THEIR-GROUPS
crypto map OUT client configuration address respond
crypto map OUT 65000 ipsec-isakmp dynamic THEIRS
"""
    before = ra.BARE.replace("interface Ethernet0/0\n", f"{there}interface Ethernet0/0\n crypto map OUT\n", 1)
    running = ra.deployed("staff", before)
    going = REMOTE_ACCESS.removal(ra.PARTS["staff"], ra.planned("staff", running), running)
    theirs = {key for key in read("ios", before).objects if key[0] != "crypto-map-setting"}
    assert not {item.key for item in going.items} & theirs
    assert any("crypto-map-dynamic OUT 65000 stays" in words for words in going.stays)


@pytest.mark.parametrize("os", sorted(FAMILIES))
def test_nothing_of_ours_is_taken_for_anothers(os: str) -> None:
    """Whatever its family, an object under a name of ours is ours by it."""
    headers = (
        *("crypto ikev2 policy NR-x", "crypto ikev2 proposal NR-x"),
        *("ip local pool RA-x 10.0.0.1", "crypto ipsec profile NR-x"),
    )
    for header in headers:
        for family in FAMILIES[os]:
            if family.header.fullmatch(header) and not family.child_is_object:
                assert not is_of_others(ConfigObject(family, header)), header
    assert all(name.endswith("-") for name in OWN_NAMES)


def _user(name: str) -> ConfigObject:
    (family,) = [one for one in FAMILIES["ios"] if one.name == "user"]
    return ConfigObject(family, f"username {name} secret 9 <hash>")


def _run(
    runs: Path, name: str, *, created: list[str], removed: list[str], kept: bool = True, rehearsal: bool = False
) -> RunFolder:
    """A run that made and took away these users on one device."""
    (runs / name).mkdir(parents=True, mode=0o700)
    folder = RunFolder(runs / name, "deploy-flexvpn", Secrets(folders=()), make_key=True)
    key = {"key": folder.seal.key_id} if folder.seal else {}
    folder.note("begun", runbook="deploy-flexvpn", rehearsal=rehearsal, **key)

    def objects(users: list[str]) -> list[dict[str, Any]]:
        return [{"family": "user", "header": _user(user).header, "children": []} for user in users]

    change = {"created": objects(created), "removed": objects(removed), "reused": [], "edited": [], "stays": []}
    (runs / name / "laptops").mkdir(mode=0o700)
    folder.write_sealed("laptops/record.json", {"format": 4, "members": [{"host": "xe", "changes": [change]}]})
    folder.note("recorded", tunnel="laptops")
    folder.note("done" if kept else "rolled-back", tunnel="laptops")
    return folder


def test_the_last_run_that_is_kept_decides(tmp_path: Path) -> None:
    """Made and kept is ours; rolled back, taken away since, of another device, of a rehearsal or changed by hand is not."""
    runs = tmp_path / "runs"
    _run(runs, "20260101T000001Z-0001", created=["anna", "bob"], removed=[])
    _run(runs, "20260101T000002Z-0002", created=["carl"], removed=[], kept=False)
    _run(runs, "20260101T000003Z-0003", created=[], removed=["bob"])
    _run(runs, "20260101T000004Z-0004", created=["dora"], removed=[], rehearsal=True)
    now = _run(runs, "20260101T000005Z-0005", created=[], removed=[])
    keys = {name: _user(name).key for name in ("anna", "bob", "carl", "dora", "emil")}
    assert made_before(now.path, "xe", "ios", keys.values()) == {keys["anna"]}
    assert made_before(now.path, "other", "ios", keys.values()) == frozenset()
    record = runs / "20260101T000001Z-0001" / "laptops" / "record.json"
    record.write_text(record.read_text().replace("username bob", "username emil"))
    assert made_before(now.path, "xe", "ios", keys.values()) == frozenset()


def test_what_no_run_has_made_stays_and_is_named() -> None:
    """It neither goes now, nor along with a later removal of the same run."""
    anna, bob = _user("anna"), _user("bob")
    going = without_unmade(Removal((anna, bob), (), ()), (anna, bob), {anna.key})
    assert going.items == (anna,)
    assert going.stays == ("user bob stays: no run that is kept here has made it, so it may have been there before",)
    assert without_unmade(replace(going, left=(bob,)), (bob,), frozenset()).left == ()
