"""A rehearsal lab that runs in a folder of its own choice, and a run there that somebody else finishes."""

from __future__ import annotations

from pathlib import Path

from ..faults.bench import HQ, bench_of


def test_resume_knows_the_keys_of_a_lab_in_any_folder(tmp_path: Path) -> None:
    """The folder of the lab is kept with the run, so resume checks its host keys and pins none of them for later."""
    with bench_of("asareload-revert", tmp_path) as bench:
        bench.environment["XDG_STATE_HOME"] = str(tmp_path / "state")
        bench.kill_at("applied", HQ, "--yes", "--revert-in", "60")
        code, report = bench.run(command="resume")
        assert code in (0, 20), report
        assert not (tmp_path / "state" / "nr-run" / "known_hosts").exists()
