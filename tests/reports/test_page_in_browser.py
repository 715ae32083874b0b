"""The page in a real browser: it can be read wide and narrow, light and dark, by eye, by keyboard and by a screen reader."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from nr_run.checks.verdict import DeviceState, Operating
from nr_run.runbooks.reports.page import page

from ..tools import browser
from ..verifications import CAUSE, FINDING, NASTY, end, flow, verdict, verification
from .devtools import Browser, Page, chromium
from .estates import SITES, large, with_past
from .page_pictures import IMAGES, PICTURES, pictures

DESKTOP, PHONE = 1280, 390
LOOKS = [(width, scheme) for width in (DESKTOP, PHONE) for scheme in ("light", "dark")]
TAB, ENTER = ("Tab", 9), ("Enter", 13, "\r")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One browser for this module."""
    with chromium(browser()) as made:
        yield made


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a hub with a past."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page(*with_past(path.parent / "runs")), encoding="utf8")
    return path


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_is_quiet_and_fits(chrome: Browser, file: Path, width: int, scheme: str) -> None:
    """Nothing is said on the console, nothing is fetched, nothing sticks out of the window, and the scheme is followed."""
    with chrome.page(file, width=width, scheme=scheme, phone=width == PHONE) as opened:
        assert opened.run("document.documentElement.scrollWidth") <= width
        assert opened.run("window.innerWidth") == width
        ground = opened.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
        assert (sum(ground) < 200) is (scheme == "dark"), ground
        assert not opened.happened("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        asked = {event["request"]["url"] for event in opened.happened("Network.requestWillBeSent")}
        assert {url for url in asked if not url.startswith("data:")} == {file.as_uri()}
        assert opened.run("document.scripts.length") == 0


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_rules_of_accessibility_hold(chrome: Browser, file: Path, width: int, scheme: str) -> None:
    """axe-core finds nothing against the page, with all evidence open: names, roles, contrast, tables, order of headings."""
    with chrome.page(file, width=width, scheme=scheme, phone=width == PHONE) as opened:
        opened.run("document.querySelectorAll('details').forEach(item => item.open = true)")
        opened.run((files("axe_core_python") / "axe.min.js").read_text(encoding="utf8"))
        found = opened.run("axe.run(document).then(r => ({bad: r.violations, passed: r.passes.map(p => p.id)}))")
        assert [(item["id"], [node["html"] for node in item["nodes"][:3]]) for item in found["bad"]] == []
        assert {"color-contrast", "svg-img-alt", "landmark-one-main", "page-has-heading-one"} <= set(found["passed"])


def test_what_axe_would_find_is_found(chrome: Browser, file: Path, tmp_path: Path) -> None:
    """The same rules do find a picture without a name and text that is too pale."""
    spoiled = file.read_text().replace('role="img" aria-labelledby="map-title map-desc"', 'role="img"')
    spoiled = spoiled.replace('<title id="map-title">', '<desc id="map-title">').replace("--soft: #4d5a68", "--soft: #c9ced4")
    (tmp_path / "page.html").write_text(spoiled)
    with chrome.page(tmp_path / "page.html", width=DESKTOP) as opened:
        opened.run((files("axe_core_python") / "axe.min.js").read_text(encoding="utf8"))
        assert {"svg-img-alt", "color-contrast"} <= set(opened.run("axe.run(document).then(r => r.violations.map(v => v.id))"))


def test_a_screen_reader_hears_it(chrome: Browser, file: Path) -> None:
    """The tree has landmarks, headings in order, named pictures, tables with headers, and each verdict in words."""
    with chrome.page(file, width=DESKTOP) as opened:
        nodes = [node for node in opened.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
        roles: dict[str, list[str]] = {}
        for node in nodes:
            roles.setdefault(node["role"]["value"], []).append(str(node.get("name", {}).get("value", "")))
        assert {"banner", "main", "contentinfo"} <= roles.keys()
        assert any("Map of 10 sites" in name for name in roles["image"])
        assert len([name for name in roles["image"] if name.startswith("last 60 verifications")]) == len(SITES)
        assert set(SITES) <= set(roles["columnheader"]) & set(roles["rowheader"])
        assert "hq, lyon: down" in roles["link"]
        levels = opened.run("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(item => Number(item.tagName[1]))")
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
        text = opened.run("document.body.innerText")
        assert (
            "Of 9 services, 2 do not work as they have to, 1 could not be verified, 1 works and differs from the intent." in text
        )


def _focused(opened: Page) -> str:
    return str(
        opened.run(
            "(e => e.matches(':focus-visible') ? `${e.tagName} ${e.getAttribute('href') || ''}` : '')(document.activeElement)"
        )
    )


def test_a_keyboard_is_enough(chrome: Browser, file: Path) -> None:
    """Tab reaches every link and every service, the focus can be seen, and Enter follows and opens."""
    with chrome.page(file, width=DESKTOP) as opened:
        opened.press(*TAB)
        assert _focused(opened) == "A #services"
        seen = [_focused(opened)]
        while (now := _focused(opened)) and len(seen) < 200:
            assert opened.run("getComputedStyle(document.activeElement).outlineStyle") != "none"
            opened.press(*TAB)
            seen.append(now)
        assert sum(item.startswith("SUMMARY") for item in seen) == len(SITES)
        assert {f"A #service-{number}" for number in range(1, len(SITES) + 1)} <= set(seen)
        opened.run("document.querySelector('#service-9 summary').focus()")
        assert opened.run("document.querySelector('#service-9').open") is False
        opened.press(*ENTER)
        assert opened.run("document.querySelector('#service-9').open") is True
        opened.run("document.querySelector('a[href=\"#service-2\"]').focus()")
        opened.press(*ENTER)
        assert opened.run("location.hash") == "#service-2"


def test_paper_shows_what_can_be_opened(chrome: Browser, file: Path) -> None:
    """Printed from a dark screen it is dark on white, and the evidence of closed services stands there."""
    inside = (
        "(card => getComputedStyle(card, '::details-content').contentVisibility === 'visible'"
        " && card.getBoundingClientRect().height > 0 && card.querySelector('dl').checkVisibility())"
        "(document.querySelector('#service-9'))"
    )
    height = "document.querySelector('#service-9 dl').getBoundingClientRect().height"
    with chrome.page(file, width=DESKTOP, scheme="dark") as opened:
        assert opened.run(inside) is False
        opened.media("dark", "print")
        assert opened.run(inside) is True
        assert opened.run(height) > 10
        assert opened.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert opened.run("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert len(opened.call("Page.printToPDF")["data"]) > 10_000


def test_what_devices_print_stays_text(chrome: Browser, tmp_path: Path) -> None:
    """Markup in any field is shown in letters: no element, no script, no dialogue comes of it."""
    bad = '"><img src=x onerror=alert(1)>' + NASTY
    found = verification(
        verdict(
            bad,
            Operating.DOWN,
            title=bad,
            sentence=bad,
            findings=(type(FINDING)(bad, bad, FINDING.status, bad, FINDING.evidence, CAUSE),),
            causes=(type(CAUSE)(bad, bad, bad, bad, bad),),
            ends=(end(bad, ike=bad, flows=(type(flow())(bad, bad, up=None),)),),
            untested=(bad,),
            reach=bad,
            sites=(bad, "hq"),
        ),
        devices=(DeviceState(bad, bad, bad),),
        notices=(bad,),
    )
    path = tmp_path / "page.html"
    path.write_text(page(found), encoding="utf8")
    with chrome.page(path, width=DESKTOP) as opened:
        assert opened.run("document.scripts.length + document.images.length + document.querySelectorAll('[onerror]').length") == 0
        assert opened.run("document.body.innerText.split('<script>alert(1)</script>').length") > 10
        assert "\\u202e" in opened.run("document.body.innerText")
        assert not opened.happened("Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Log.entryAdded")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_large_estate_can_be_read(chrome: Browser, tmp_path: Path, width: int) -> None:
    """Of 500 sites the map draws what is worst and says what it leaves out; every service is listed, and the page fits."""
    path = tmp_path / "page.html"
    path.write_text(page(large()), encoding="utf8")
    with chrome.page(path, width=width, phone=width == PHONE) as opened:
        assert opened.run("document.querySelectorAll('details').length") == 500
        assert 10 < opened.run("document.querySelectorAll('circle.place').length") <= 60
        assert "more links are not drawn" in opened.run("document.body.innerText")
        assert opened.run("document.documentElement.scrollWidth") <= width


def test_nothing_verified_is_no_success(chrome: Browser, tmp_path: Path) -> None:
    """A verification of nothing says that nothing is known."""
    path = tmp_path / "page.html"
    path.write_text(page(verification(devices=())), encoding="utf8")
    with chrome.page(path, width=DESKTOP) as opened:
        assert opened.run("document.querySelector('h1').innerText") == "There was nothing to verify, so nothing is known."


def test_pictures_can_be_made(tmp_path: Path) -> None:
    """The pictures of the documents are those that are made, in the size of their windows."""
    pictures(tmp_path)
    for name, (width, height, _, _) in PICTURES.items():
        for path in (tmp_path / name, IMAGES / name):
            head = path.read_bytes()[:24]
            assert head.startswith(b"\x89PNG")
            assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) == (width, height)
