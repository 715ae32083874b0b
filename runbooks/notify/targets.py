"""Where a notification goes: a URL, kept by reference like a key, since most such URLs are keys.

No sentence from here holds the URL or a part of it; what a library says of it is not repeated for that reason.
"""

from __future__ import annotations

import base64
import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from ...inventory.errors import NrRunError, SecretError
from ...inventory.hiding.references import credential_folders, fetch
from .message import words

#: Seconds that one delivery takes at most, whatever the far side does.
SECONDS = 10.0
#: Sends a document to a URL, within seconds if it can hold to them. Raises NotDelivered, or anything.
Send = Callable[[str, dict[str, Any], float], None]


class NotDelivered(NrRunError):
    """A notification did not arrive, as far as is known; it is tried again with the next verification."""


class NotUsable(NotDelivered):
    """Nothing can be sent to this target as it is written: that does not pass by itself, and a person has to know."""


def deliver(reference: str, document: dict[str, Any], seconds: float = SECONDS) -> None:
    """Send one document to the URL that a reference holds. Returns when the far side has taken it. Raises NotDelivered."""
    url, send = _resolved(reference)
    _within(seconds, reference, lambda: send(url, document, seconds))


def why_unusable(reference: str) -> str:
    """Why nothing can ever be sent to what a reference holds, in one sentence; empty where it can. Nothing is sent.

    Told at each verification: the day on which something is down is too late to learn that a name is misspelled.
    """
    try:
        _resolved(reference)
    except NotUsable as error:
        return str(error)
    return ""


def _resolved(reference: str) -> tuple[str, Send]:
    """The URL, and what sends to it. Raises NotUsable."""
    try:
        url = fetch(reference, credential_folders())
    except SecretError as error:
        raise NotUsable(str(error)) from None
    if url.partition(":")[0].lower() not in ("http", "https"):
        return url, _by_apprise(reference, url)
    if problem := _of_address(url):
        raise NotUsable(f"{reference}: {problem}")
    return url, _post


def _of_address(url: str) -> str:
    """What is wrong with the form of a web address; empty where nothing is."""
    try:
        parts = urlsplit(url)
        named, _ = parts.hostname, parts.port
    except ValueError:
        return "this is no web address: its host or its port has no such form"
    return "" if named else "this is no web address: it names no host"


def _within(seconds: float, reference: str, work: Callable[[], None]) -> None:
    """A far side that sends a byte a second keeps a socket's own timeout from firing; the thread is left to itself then."""
    found: list[str] = []

    def run() -> None:
        try:
            work()
            found.append("")
        except NotDelivered as error:
            found.append(str(error))
        except Exception as error:  # noqa: BLE001 - its words may hold the URL; its name says enough
            found.append(type(error).__name__)

    thread = threading.Thread(target=run, name="notify", daemon=True)
    thread.start()
    thread.join(seconds)
    problem = found[0] if found else f"no answer within {seconds:g} seconds"
    if problem:
        raise NotDelivered(f"{reference}: {problem}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST becomes a GET without its body, and would go to somebody who was not named."""

    def redirect_request(self, *_arguments: Any, **_words: Any) -> None:
        return None


def _post(url: str, document: dict[str, Any], seconds: float) -> None:
    address, headers = _without_password(url)
    data = json.dumps(document).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json", "User-Agent": "nr-run", **headers})  # noqa: S310 - http or https
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=seconds):
            return
    except urllib.error.HTTPError as error:
        error.close()
        raise NotDelivered(f"the answer was {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        said = reason.strerror if isinstance(reason, OSError) and reason.strerror else type(reason).__name__
        raise NotDelivered(said) from None


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The URL without a user and password in it, and these as the header that says them."""
    parts = urlsplit(url)
    who, at, place = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    token = base64.b64encode(unquote(who).encode()).decode()
    return urlunsplit(parts._replace(netloc=place)), {"Authorization": f"Basic {token}"}


def _by_apprise(reference: str, url: str) -> Send:
    """What sends by apprise; the import is none of the time that a far side has. Raises NotUsable where that is not there, or
    does not know such a URL."""
    try:
        import apprise
    except ImportError:
        needs = "what is no http or https URL needs the extra: pip install 'nr-run[notify]'"
        raise NotUsable(f"{reference}: {needs}") from None
    # It and what it sends with log the addresses that they are given; a handler keeps them from standard error, too.
    for name in ("apprise", "requests", "urllib3"):
        logging.getLogger(name).propagate = False
        logging.getLogger(name).addHandler(logging.NullHandler())

    sender = apprise.Apprise()
    if not sender.add(url):
        raise NotUsable(f"{reference}: this is no URL that apprise knows")

    def send(_url: str, document: dict[str, Any], _seconds: float) -> None:
        if not sender.notify(body=words(document), title=document["title"]):
            raise NotDelivered("it did not take it")

    return send
