"""Export the README's pictures: what the command prints on a terminal, in a real run on a throw-away lab.

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
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

DOCS = Path(__file__).resolve().parent
INVENTORY = DOCS.parent / "inventory"
RUN = "20261121T031200Z-7f3a"
WIDTH = 118
SECONDS = 120


def on_a_terminal(arguments: list[str]) -> str:
    """What nr-run writes to a terminal as its standard output, with colours. Raises CalledProcessError."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR" and not name.startswith("NR_RUN_")}
    environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": str(WIDTH)}
    command = [str(Path(sys.executable).parent / "nr-run"), *arguments]
    with tempfile.TemporaryDirectory(prefix="nr-run-pictures-") as desk, os.fdopen(ours, "rb", buffering=0) as screen:
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
        code = running.wait()
        late.cancel()
    if code:
        raise subprocess.CalledProcessError(code, command, seen)
    return seen.decode().replace("\r\n", "\n")


def picture(ansi: str, name: str) -> str:
    """Terminal output as SVG."""
    console = Console(record=True, width=WIDTH, force_terminal=True, color_system="truecolor", file=io.StringIO())
    console.print(Text.from_ansi(ansi.strip("\n")), highlight=False, soft_wrap=True)
    svg = console.export_svg(title="nr-run deploy-l2l", theme=MONOKAI, unique_id=f"nr-run-{name}")
    # Rich would have every reader's browser fetch a font from elsewhere; any monospaced font will do.
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)


def pictures() -> dict[str, str]:
    """File name to SVG: what stands before the recap, and the recap."""
    printed = on_a_terminal(["deploy-l2l", "--lab", "--yes", "--detail", "--inventory", str(INVENTORY)])
    printed = re.sub(r"\b\d{8}T\d{6}Z-[0-9a-f]{4}\b", RUN, printed)
    plan, recap = re.split(r"^(?=(?:\x1b\[[\d;]*m)*RUN )", printed, maxsplit=1, flags=re.MULTILINE)
    return {"plan.svg": picture(plan, "plan"), "recap.svg": picture(recap, "recap")}


def main() -> None:
    """Write the pictures to the folder that is given, or to where the README looks for them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures().items():
        (folder / name).write_text(svg, encoding="utf8")
        print(folder / name)


if __name__ == "__main__":
    main()
