"""Export the README's pictures: the plan and the recap of a real run on a throw-away lab, drawn by the program itself.

    python docs/pictures.py [FOLDER]

Two exports of one version are equal byte for byte: what differs from run to run (the run's name, its folder) is replaced by an
example, and everything else comes out of the run.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path

from rich.console import Console, RenderableType
from rich.terminal_theme import MONOKAI

from nr_run.runbooks.context import Waits
from nr_run.runbooks.deploy_l2l import deploy
from nr_run.runbooks.opening import Wanted, open_run
from nr_run.runbooks.outcome import TunnelOutcome
from nr_run.runbooks.planning import TunnelPlan
from nr_run.runbooks.progress import PlainProgress
from nr_run.runbooks.view import plan_view, recap_view

DOCS = Path(__file__).resolve().parent
INVENTORY = DOCS.parent / "inventory"
RUNBOOK = "deploy-l2l"
RUN = "20261121T031200Z-7f3a"
WIDTH = 118


def one_run(runs: Path) -> tuple[list[TunnelPlan], tuple[TunnelOutcome, ...]]:
    """Plans and outcomes of a deploy of all active tunnels on a lab that lives as long as the run."""
    shown: list[TunnelPlan] = []

    def show(plans: Sequence[TunnelPlan], _refused: Sequence[TunnelOutcome]) -> None:
        shown.extend(plans)

    progress = PlainProgress()
    wanted = Wanted(RUNBOOK, (), INVENTORY, runs, lab=True, debug=False, waits=Waits())
    with open_run(wanted, progress) as opened, progress:
        outcomes = deploy(opened.context, opened.tunnels, opened.runs, show, approve=lambda: True)
    return shown, outcomes


def picture(view: RenderableType, command: str) -> str:
    """The view as SVG, in the window of a terminal with the command as its title."""
    console = Console(
        record=True, width=WIDTH, force_terminal=True, color_system="truecolor", highlight=False, file=io.StringIO()
    )
    console.print(view)
    svg = console.export_svg(title=command, theme=MONOKAI, unique_id=re.sub(r"\W+", "-", command).strip("-"))
    # Rich would have every reader's browser fetch a font from elsewhere; any monospaced font will do.
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def pictures() -> dict[str, str]:
    """File name to SVG."""
    with tempfile.TemporaryDirectory(prefix="nr-run-pictures-") as runs, redirect_stderr(io.StringIO()):
        plans, outcomes = one_run(Path(runs))
    return {
        "plan.svg": picture(plan_view(plans), "nr-run deploy-l2l hq-branch --plan"),
        "recap.svg": picture(recap_view(RUN, RUNBOOK, f"runs/{RUN}", outcomes), "nr-run deploy-l2l hq-branch --yes"),
    }


def main() -> None:
    """Write the pictures to the folder that is given, or to where the README looks for them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures().items():
        (folder / name).write_text(svg, encoding="utf8")
        print(folder / name)


if __name__ == "__main__":
    main()
