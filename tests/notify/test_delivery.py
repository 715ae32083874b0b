"""A notification arrives at last, once it can; it never takes long, and never tells where it went."""

from __future__ import annotations

import base64
import io
import json
import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from nr_run.checks.verdict import Operating, Verification
from nr_run.runbooks.history.file import NAME
from nr_run.runbooks.history.keep import keep
from nr_run.runbooks.notify.holding import Hold
from nr_run.runbooks.notify.message import KIND, VerdictChange, title
from nr_run.runbooks.notify.notify import notify
from nr_run.runbooks.notify.targets import NotDelivered, deliver, why_unusable

from ..verifications import CAUSE, verdict, verification

SECRET = "s3cr3t-hook-path"
NOW = Hold(0, 0)
#: Seconds for a delivery that has to succeed, on a machine that is busy.
PATIENCE = 240.0


@dataclass
class Receiver:
    """A webhook: what it got, and what it answers."""

    port: int
    code: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server on loopback that keeps what it is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(made.code)
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A webhook."""
    with receiver() as made:
        yield made


@pytest.fixture
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of credentials, and no proxy on the way."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    monkeypatch.setenv("NR_RUN_CREDENTIALS", str(folder))
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return folder


@pytest.fixture
def root_log() -> Iterator[io.StringIO]:
    """All that reaches the root logger, as what keeps a log attaches itself there."""
    kept = io.StringIO()
    handler, root = logging.StreamHandler(kept), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield kept
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def told(runs: Path, made: Verification, *targets: str, seconds: float = PATIENCE) -> list[str]:
    """The warnings of a verification that is kept and told."""
    assert keep(runs, made, 12) == []
    return notify(runs, made, targets or ("credential:hook",), NOW, seconds=seconds)


def down(minutes: float) -> Verification:
    """A verification in which hq-branch is down, with its cause."""
    return verification(verdict(operating=Operating.DOWN, minutes=minutes, causes=(CAUSE,)), minutes=minutes)


def test_a_webhook_gets_the_document(tmp_path: Path, credentials: Path, hook: Receiver) -> None:
    """A plain JSON POST with what changed, from what, since when and why; the next verification tells nothing again."""
    (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/{SECRET}?a=b\n")
    assert told(tmp_path, down(0)) == []
    assert told(tmp_path, down(5)) == []
    ((path, headers, document),) = hook.got
    assert path == f"/{SECRET}?a=b"
    assert headers["Content-Type"] == "application/json"
    assert (document["kind"], document["schema_version"], document["run"]) == (KIND, 1, "run-0")
    (change,) = document["changes"]
    assert (change["name"], change["before"], change["now"], change["causes"]) == ("hq-branch", "fine", "down", [CAUSE.sentence])
    assert document["title"] == "nr-run: hq-branch is down"


def test_it_is_tried_again_until_it_is_taken(tmp_path: Path, credentials: Path, hook: Receiver) -> None:
    """While the far side refuses, each verification tries again with the same id, in the order of time, and then it is over."""
    (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/{SECRET}")
    hook.code = 503
    for minutes, made in ((0, down(0)), (5, verification(verdict(minutes=5), minutes=5))):
        (warning,) = told(tmp_path, made)
        assert warning == "a notification was not delivered and is tried again: credential:hook: the answer was 503", minutes
    hook.code = 200
    assert told(tmp_path, verification(verdict(minutes=10), minutes=10)) == []
    assert told(tmp_path, verification(verdict(minutes=15), minutes=15)) == []
    documents = [document for _, _, document in hook.got]
    assert [document["changes"][0]["now"] for document in documents] == ["down", "down", "down", "fine"]
    assert len({document["id"] for document in documents}) == 2


def test_one_target_that_is_away_does_not_hold_another(tmp_path: Path, credentials: Path, hook: Receiver) -> None:
    """Each target is told for itself."""
    (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/x")
    (credentials / "away").write_text(f"http://127.0.0.1:{_closed_port()}/{SECRET}")
    (warning,) = told(tmp_path, down(0), "credential:away", "credential:hook")
    assert "credential:away: Connection refused" in warning
    assert len(hook.got) == 1


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what apprise imports
@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"http://127.0.0.1:{SECRET}/x", "this is no web address: its host or its port has no such form"),
        (f"http://[{SECRET}/x", "this is no web address"),
        (f"https:///{SECRET}", "it names no host"),
        (f"gibberish-{SECRET}", ""),
        (f"nosuch://{SECRET}", "no URL that apprise knows"),
        (f"http://{SECRET}.invalid/x", ""),
    ],
)
def test_no_word_of_the_url_is_told(credentials: Path, url: str, words: str, root_log: io.StringIO) -> None:
    """Whatever is wrong with a URL, the sentence and the log hold the reference and no part of it."""
    (credentials / "hook").write_text(url)
    with pytest.raises(NotDelivered, match=f"^credential:hook: .*{words}") as refused:
        deliver("credential:hook", {"title": "t", "changes": []}, PATIENCE)
    assert SECRET not in str(refused.value)
    assert SECRET not in root_log.getvalue()


def test_a_url_in_place_of_a_reference_is_not_repeated(credentials: Path) -> None:
    """Who gives the URL itself is told what a reference is, without the URL."""
    with pytest.raises(NotDelivered, match="no kind of secret reference") as refused:
        deliver(f"https://hooks.example/{SECRET}", {})
    assert SECRET not in str(refused.value)


def test_a_password_in_the_url_goes_into_its_header(credentials: Path, hook: Receiver) -> None:
    """User and password of the URL are sent as basic authentication."""
    (credentials / "hook").write_text(f"http://me:a%40b@127.0.0.1:{hook.port}/x")
    deliver("credential:hook", {}, PATIENCE)
    ((_, headers, _),) = hook.got
    assert headers["Authorization"] == f"Basic {base64.b64encode(b'me:a@b').decode()}"


def test_a_redirect_is_not_followed(credentials: Path, hook: Receiver) -> None:
    """What is sent goes to nobody who was not named."""
    with receiver() as elsewhere:
        hook.code, hook.headers = 302, {"Location": f"http://127.0.0.1:{elsewhere.port}/"}
        (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/x")
        with pytest.raises(NotDelivered, match="the answer was 302"):
            deliver("credential:hook", {}, PATIENCE)
        assert elsewhere.got == []


def test_a_far_side_that_drips_is_left(credentials: Path) -> None:
    """One that sends a byte now and then, and never an answer, holds a verification no longer than it may."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        (credentials / "hook").write_text(f"http://127.0.0.1:{server.getsockname()[1]}/x")

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(NotDelivered, match=r"no answer within 0\.5 seconds"):
                deliver("credential:hook", {}, seconds=0.5)
        finally:
            stop.set()
            thread.join()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what apprise imports
def test_what_is_no_webhook_goes_by_apprise(
    tmp_path: Path, credentials: Path, hook: Receiver, root_log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """A URL that apprise knows is told in words, and its address is in no log."""
    (credentials / "hook").write_text(f"json://127.0.0.1:{hook.port}/{SECRET}")
    assert told(tmp_path, down(0)) == []
    ((path, _, document),) = hook.got
    assert path.rstrip("/") == f"/{SECRET}"
    assert "hq-branch (hq <-> hq-branch): fine -> down since" in document["message"]
    hook.code = 500
    assert "it did not take it" in told(tmp_path, verification(verdict(minutes=5), minutes=5))[0]
    assert SECRET not in root_log.getvalue() + "".join(capfd.readouterr())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what apprise imports
def test_what_can_never_be_sent_is_known_before_anything_is_to_be_told(credentials: Path, hook: Receiver) -> None:
    """A reference without a value and a URL that nothing takes are told with nothing sent; a webhook that is away is usable."""
    (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/x")
    (credentials / "away").write_text(f"https://127.0.0.1:{_closed_port()}/x")
    (credentials / "odd").write_text(f"nosuch://{SECRET}")
    assert [why_unusable(f"credential:{name}") for name in ("hook", "away")] == ["", ""]
    assert "did you mean credential:hook?" in why_unusable("credential:hok")
    assert why_unusable("credential:odd") == "credential:odd: this is no URL that apprise knows"
    assert hook.got == []


def test_what_is_due_for_one_that_cannot_be_used_waits(tmp_path: Path, credentials: Path, hook: Receiver) -> None:
    """Once its value is there it is told what was due before, and until then nobody says twice that it cannot be used."""
    made = down(0)
    assert keep(tmp_path, made, 12) == []
    assert notify(tmp_path, made, ["credential:hook"], NOW, unusable=["credential:hook"]) == []
    (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/x")
    assert told(tmp_path, down(5)) == []
    assert [document["run"] for _, _, document in hook.got] == ["run-0"]


def test_no_history_is_no_notification(tmp_path: Path, credentials: Path, hook: Receiver) -> None:
    """Without what was told before nobody is told anything, and the sentence says so."""
    (tmp_path / NAME).write_text("a text")
    (sentence,) = notify(tmp_path, down(0), ["credential:hook"], NOW)
    assert "nobody was notified" in sentence
    assert hook.got == []


def test_a_title_stays_short() -> None:
    """However many changed at once, the title is one line."""
    changes = [VerdictChange("l2l", f"t{n}", "", "fine", "down" if n % 2 else "fine", "down", "", "", ()) for n in range(200)]
    assert len(title(changes)) < 160
    assert "97 more are not as they have to be" in title(changes)


def test_without_the_extra_it_is_said(credentials: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where apprise is not installed, the sentence says what to install, and a webhook needs nothing."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    (credentials / "hook").write_text(f"json://127.0.0.1:9/{SECRET}")
    with pytest.raises(NotDelivered, match=r"^credential:hook: .*pip install 'nr-run\[notify\]'$"):
        deliver("credential:hook", {})


def test_what_there_is_no_time_for_waits(tmp_path: Path, credentials: Path, hook: Receiver) -> None:
    """A verification ends in time; what it could not tell is told by the next one."""
    (credentials / "hook").write_text(f"http://127.0.0.1:{hook.port}/x")
    made = down(0)
    assert keep(tmp_path, made, 12) == []
    (warning,) = notify(tmp_path, made, ["credential:hook"], NOW, all_seconds=-1)
    assert "there was no time left" in warning
    assert told(tmp_path, down(5)) == []
    assert len(hook.got) == 1
