"""What a recap or a page says of each device is true of it: what others took is named, and a reload is told as one."""

from __future__ import annotations

from pathlib import Path

from ..faults.bench import BRANCH, HQ, SHORT, bench_of, ended_right, ready


def test_the_page_names_what_others_took_away(tmp_path: Path) -> None:
    """Somebody removes the tunnel's list while it is changed: the page says on which end and what, and so does a resume."""
    with bench_of("revert-kron", tmp_path) as bench:
        work = ready(bench, "proposal")
        bench.lab.fault(HQ, "drop-esp")
        bench.slow(30)
        process = bench.begin(*work.words, command=work.command)
        bench.wait_for("applied", BRANCH)
        bench.lab.exec(BRANCH, "configure terminal\nno ip access-list extended NR-hq-branch")
        bench.slow(0)
        code, report = bench.end(process)
        assert code == 21, report
        for _ in range(2):
            told = " | ".join(report["tunnels"][0]["by_hand"])
            assert "both configurations are as before" not in told
            assert "what others changed on branch (- ip access-list extended NR-hq-branch" in told
            assert "nothing of our change is left on either end, and the tunnel is not up again" in told
            code, report = bench.run(command="resume")
            assert code == 21, report


def test_a_reload_is_told_and_lost_neighbours_are_no_reason(tmp_path: Path) -> None:
    """A hub whose power fails has lost the SAs of its clients too: the tunnel is verified as it was, and both are told."""
    with bench_of("reload-reload", tmp_path) as bench:
        work = ready(bench, "proposal")
        bench.lab.fault(HQ, "reboot-after", "2")
        code, report = bench.run(*work.words, *SHORT, command=work.command)
        assert code == 20, report
        assert ended_right(bench, code, report) == "before"
        sentence = report["tunnels"][0]["sentence"]
        assert "hq has reloaded meanwhile" in sentence
        assert "had SAs and has lost them" in sentence
