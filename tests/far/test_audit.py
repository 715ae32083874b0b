"""An audit of head-ends for IP phones over workers finds what it finds from here."""

from __future__ import annotations

from pathlib import Path

from nr_run.lab.stations import phone_site
from nr_run.runbooks.far.seal import REFERENCE

from ..remote_access.ground import Site, typed
from ..runbooks.test_ssh import STRONG, write_inventory
from ..verify.estate import Estate
from ..warm import start_lab
from .at_work import every
from .conftest import KEY, begin_cluster

BAD = typed(Site(profile="asa91"), *phone_site.documented(phone_site.MIDDLE))


@every
def test_an_audit_says_the_same(tmp_path: Path) -> None:
    """The causes and their lines do not depend on from where the ASA was read; a fix is refused before anything is connected."""
    with start_lab(tmp_path / "lab", devices={"bad": BAD.order}, speed=20) as lab:
        write_inventory(lab, tmp_path / "inventory", {"bad": "asa91"}, STRONG)
        (lab.credentials / REFERENCE.partition(":")[2]).write_text(KEY + "\n")
        estate = Estate(lab, tmp_path)
        cluster = begin_cluster(estate, tmp_path / "cluster", workers=1)
        try:
            there = cluster.run("audit-vpn-phone", "bad", "--json")
            here = estate.run("audit-vpn-phone", "bad", "--json")
            fix = cluster.run("audit-vpn-phone", "bad", "--fix", "csd", "--yes", "--json")
        finally:
            cluster.end()
    assert (there.code, fix.code) == (here.code, 64), there.out + there.err + fix.out
    both = [[(one["id"], one["evidence"]) for one in done.report["devices"][0]["findings"]] for done in (there, here)]
    assert both[0] == both[1]
    assert len(both[0]) > 2
    assert "takes --scheduler" in fix.report["error"]
