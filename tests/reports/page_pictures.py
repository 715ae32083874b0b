"""Pictures of the page for the documents: `python -m tests.reports.page_pictures [FOLDER]`, as `make pictures` does."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from nr_run.runbooks.reports.page import page

from ..tools import browser
from .devtools import chromium
from .estates import with_past

IMAGES = Path(__file__).parents[2] / "docs" / "images"
#: Name -> width, height, scheme, phone.
PICTURES = {
    "page.png": (1120, 860, "light", False),
    "page-dark.png": (1120, 860, "dark", False),
    "page-phone.png": (390, 844, "light", True),
}


def pictures(folder: Path) -> None:
    """Write each picture into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, chromium(browser()) as chrome:
        path = Path(work) / "page.html"
        path.write_text(page(*with_past(Path(work) / "runs")), encoding="utf8")
        for name, (width, height, scheme, phone) in PICTURES.items():
            with chrome.page(path, width=width, height=height, scheme=scheme, phone=phone) as opened:
                opened.screenshot(folder / name)


if __name__ == "__main__":
    pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
