"""Networks of a tunnel change where an ASA has a rule of ours against translation: groups are replaced, never edited in use."""

from __future__ import annotations

from .test_nat_exemption import lines_of, of, pair
from .test_ssh import Pair

__all__ = ["pair"]


@of("asa 9.1")
def test_other_networks_get_a_rule_of_their_own(pair: Pair, line: str) -> None:
    """The new rule has the groups of now, the old one goes with its group, rollback brings that one back, and removal all."""
    clean = pair.running()
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    first = pair.running()
    path = pair.folder / "inventory/vpn/intent.yaml"
    path.write_text(path.read_text().replace("[10.10.24.0/24]", "[10.10.24.0/25]"))
    code, report = pair.run("deploy-l2l", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    (rule,) = lines_of(pair, line)
    assert "destination static NR-hq-branch-R.v2 NR-hq-branch-R.v2 " in rule
    assert lines_of(pair, "object-group network NR-") == [
        "object-group network NR-hq-branch-L",
        "object-group network NR-hq-branch-R.v2",
    ]
    code, report = pair.run("deploy-l2l", "--yes")
    assert (code, report["changed"]) == (0, False), report["tunnels"][0]["sentence"]
    code, report = pair.run("rollback", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert {name: sorted(lines) for name, lines in pair.running().items()} == {n: sorted(lines) for n, lines in first.items()}
    assert pair.run("deploy-l2l", "--yes")[0] == 0
    code, report = pair.run("remove-l2l", "hq-branch", "--yes")
    assert code == 0, report["tunnels"][0]["sentence"]
    assert pair.running() == clean
