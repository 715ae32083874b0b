"""The site, made of the pages as they stand here: `make docs` builds it into build/docs, and a warning is an error."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
project = "nr-run"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["generate", "images"]
# The pages link to headings, as every reader of Markdown makes anchors of them.
myst_heading_anchors = 4
html_theme = "furo"
html_title = "nr-run"
# Configurations and sessions of devices are no language that is known.
highlight_language = "text"

#: The tables of contents: where a reader of the site looks for what a reader of the repository finds as folders.
ROOMS = {
    "Tutorial": ("tutorial/first-tunnel", "tutorial/two-routers"),
    "How-to": ("how-to/*",),
    "Reference": ("reference/*", "rendered/README"),
    "Explanation": ("explanation/*", "architecture", "benchmarks"),
}
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<path>[^)\s#]+)(?:#[^)\s]*)?\)")


def contents() -> str:
    """The tables of contents, which the pages themselves do without."""
    parts = (
        f"```{{toctree}}\n:hidden:\n:glob:\n:caption: {title}\n\n" + "\n".join(pages) + "\n```" for title, pages in ROOMS.items()
    )
    return "\n\n" + "\n\n".join(parts) + "\n"


def within(page: Path, text: str) -> str:
    """The text of a page, in which a link to a file of the repository that is no page is the name of that file alone."""

    def named(link: re.Match[str]) -> str:
        if "://" in link["path"]:
            return link[0]
        target = (page.parent / link["path"]).resolve()
        return link[0] if target.is_relative_to(HERE) and target.suffix in (".md", ".svg", ".png", ".json") else link["text"]

    return _LINK.sub(named, text)


def on_read(app: Sphinx, docname: str, source: list[str]) -> None:
    """Hand Sphinx a page as it needs it."""
    source[0] = within(Path(app.srcdir) / f"{docname}.md", source[0])
    if docname == "index":
        source[0] += contents()
    if docname == "rendered/README":
        source[0] += "\n\n```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", on_read)
