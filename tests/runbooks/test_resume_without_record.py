"""Resume and rollback pass over no tunnel in silence: one whose record is gone is named, with what a person has to paste."""

from __future__ import annotations

from ..conftest import Rehearsal
from .test_many_tunnels import two_tunnels


def test_a_tunnel_whose_record_is_gone_is_named(rehearsal: Rehearsal) -> None:
    """One tunnel is done and the other half-built when the run is killed: without its record nothing says what it was."""
    two_tunnels(rehearsal)
    rehearsal.lab.fault("vpn3640", "slow", "15")
    process = rehearsal.begin("--yes", "--json")
    rehearsal.wait_for("done")
    (journal,) = rehearsal.runs.glob("2*/journal.jsonl")
    # Twice for each device of the first tunnel, and then for the one that is pushed first of the second.
    rehearsal.wait_until(lambda: journal.read_text().count('"state": "building"') == 3, seconds=60)
    process.kill()
    process.communicate(timeout=30)
    rehearsal.lab.fault("vpn3640", "slow", on=False)
    (record,) = rehearsal.runs.glob("2*/hq-warehouse/record.json")
    record.rename(rehearsal.folder / "kept.json")
    done = rehearsal.nr_run("resume", "--json")
    assert done.code == 21, done.out + done.err
    (tunnel,) = done.report["tunnels"]
    assert tunnel["tunnel"] == "hq-warehouse"
    for host in ("vpn2611", "vpn3640"):
        assert f"on {host}, paste {record.parent / host}/rollback.cfg" in " ".join(tunnel["by_hand"])
        assert (record.parent / host / "rollback.cfg").is_file()
    (rehearsal.folder / "kept.json").rename(record)
    again = rehearsal.nr_run("resume", "--json")
    assert again.code == 20, again.out + again.err
    assert rehearsal.nr_run("resume").code == 66
    assert "NR-hq-branch" in rehearsal.lab.exec("vpn3640", "show running-config")
    assert "NR-hq-warehouse" not in rehearsal.lab.exec("vpn3640", "show running-config")


def test_what_a_rollback_cannot_undo_is_named(rehearsal: Rehearsal) -> None:
    """Of two tunnels of a run the record of one is gone: the other is undone, and the run is not told as undone."""
    two_tunnels(rehearsal)
    assert rehearsal.deploy("--yes").code == 0
    (record,) = rehearsal.runs.glob("2*/hq-warehouse/record.json")
    record.unlink()
    done = rehearsal.nr_run("rollback", "--yes", "--json")
    assert done.code == 10, done.out + done.err
    undone, left = done.report["tunnels"]
    assert (undone["tunnel"], undone["changed"]) == ("hq-branch", True)
    assert (left["tunnel"], left["result"]) == ("hq-warehouse", "refused")
    assert "record.json is gone, so it was not undone" in left["sentence"]
    running = rehearsal.lab.exec("vpn3640", "show running-config")
    assert "NR-hq-branch" not in running
    assert "NR-hq-warehouse" in running
