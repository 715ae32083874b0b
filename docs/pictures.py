"""Export the README's pictures: what the command prints on a terminal, in real runs on a lab with the whole example inventory.

    python docs/pictures.py [FOLDER]

Two exports of one version are equal byte for byte: the name of the run, which is a time, is replaced by an example, and
everything else is what the command printed.
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI, TerminalTheme
from rich.text import Text

DOCS = Path(__file__).resolve().parent
INVENTORY = DOCS.parent / "inventory"
RUN = "20261121T031200Z-7f3a"
WIDTH = 118
SECONDS = 600
NR_RUN = str(Path(sys.executable).parent / "nr-run")
#: On white each of these is dark enough to be read (4.5 to 1 at least).
LIGHT = TerminalTheme(
    (255, 255, 255),
    (10, 12, 14),
    [(10, 12, 14), (164, 14, 38), (17, 99, 41), (122, 66, 0), (5, 80, 174), (110, 60, 180), (14, 99, 106), (87, 96, 106)],
    [(80, 88, 97), (207, 34, 46), (26, 127, 55), (154, 87, 0), (9, 105, 218), (130, 80, 223), (20, 117, 125), (50, 56, 63)],
)
#: `--plan` has something to do.
PENDING = 2


def on_a_terminal(arguments: list[str], more: Mapping[str, str], desk: Path, *, code: int = 0) -> str:
    """What nr-run writes to a terminal as its standard output, with colours, in the folder ``desk``.

    Raises CalledProcessError for another exit code.
    """
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR" and not name.startswith("NR_RUN_")}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": str(WIDTH), **more}
    command = [NR_RUN, *arguments]
    with os.fdopen(ours, "rb", buffering=0) as screen:
        running = subprocess.Popen(  # noqa: S603 - our own command, with arguments that stand below
            command, cwd=desk, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL
        )
        os.close(theirs)
        late = threading.Timer(SECONDS, running.kill)
        late.start()
        seen = b""
        with suppress(OSError):  # how Linux says that nobody has the terminal open any more
            while part := screen.read(65536):
                seen += part
        ended = running.wait()
        late.cancel()
    if ended != code:
        raise subprocess.CalledProcessError(ended, command, seen)
    return seen.decode().replace("\r\n", "\n")


def picture(ansi: str, name: str) -> str:
    """Terminal output as SVG: dark, and light where its reader prefers that."""
    dark, light = (_export(ansi, name, theme) for theme in (MONOKAI, LIGHT))
    if re.findall(r"<text class=\"[^\"]*\"", dark) != re.findall(r"<text class=\"[^\"]*\"", light):
        raise RuntimeError(f"two colours of {name} are one in one of the themes: the light picture would have wrong ones")
    rules = "\n".join(re.findall(rf"\.nr-run-{name}-r\d+ \{{.*?\}}", light))
    back, front = (f"rgb({', '.join(map(str, colour))})" for colour in (LIGHT.background_color, LIGHT.foreground_color))
    window = f'rect[rx="8"] {{ fill: {back}; stroke: rgba(0, 0, 0, 0.35) }}\n.nr-run-{name}-title {{ fill: {front} }}'
    return dark.replace("    </style>", f"@media (prefers-color-scheme: light) {{\n{rules}\n{window}\n}}\n    </style>", 1)


def _export(ansi: str, name: str, theme: TerminalTheme) -> str:
    console = Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=io.StringIO())
    console.print(Text.from_ansi(ansi.strip("\n")), highlight=False, soft_wrap=True)
    svg = console.export_svg(title="nr-run deploy-l2l", theme=theme, unique_id=f"nr-run-{name}")
    # Rich would have every reader's browser fetch a font from elsewhere; any monospaced font will do.
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


@contextmanager
def estate(speed: str = "10") -> Iterator[dict[str, str]]:
    """A lab with all of the example inventory; what the environment of a command has to hold that uses it."""
    with tempfile.TemporaryDirectory(prefix="nr-run-estate-") as folder:
        own = {"NR_RUN_LAB_DIR": f"{folder}/lab"}
        up = [NR_RUN, "lab", "up", "--inventory", str(INVENTORY), "--detach", "--any-ports", "--speed", speed]
        subprocess.run(up, env={**os.environ, **own}, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
        try:
            yield own
        finally:
            subprocess.run([NR_RUN, "lab", "down"], env={**os.environ, **own}, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def pictures(lab: Mapping[str, str], desk: Path) -> dict[str, str]:
    """File name to SVG: the plan of one tunnel, and the recap of all of them, run on the lab from the folder ``desk``."""
    deploy = ["deploy-l2l", "--lab", "--inventory", str(INVENTORY)]
    plan, _ = _halves(on_a_terminal([*deploy, "hq-branch", "--plan", "--detail"], lab, desk, code=PENDING))
    _, recap = _halves(on_a_terminal([*deploy, "--yes"], lab, desk))
    return {"plan.svg": picture(plan, "plan"), "recap.svg": picture(recap, "recap")}


def _halves(printed: str) -> list[str]:
    """What stands before the recap, and the recap."""
    printed = re.sub(r"\b\d{8}T\d{6}Z-[0-9a-f]{4}\b", RUN, printed)
    return re.split(r"^(?=(?:\x1b\[[\d;]*m)*RUN )", printed, maxsplit=1, flags=re.MULTILINE)


def main() -> None:
    """Write the pictures to the folder that is given, or to where the README looks for them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with estate() as lab, tempfile.TemporaryDirectory(prefix="nr-run-pictures-") as desk:
        made = pictures(lab, Path(desk))
    for name, svg in made.items():
        (folder / name).write_text(svg, encoding="utf8")
        print(folder / name)


if __name__ == "__main__":
    main()
