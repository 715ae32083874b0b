"""The secrets of a run: hidden in every text that is kept or shown, and put in when a line goes to a device.

In every text a secret stands as a token: ``<secret:REF>`` where the value is that of a reference, ``<key:1a2b3c4d>`` where a
device showed a key that no reference holds. The digits are a keyed fingerprint: equal values have equal tokens within one run,
and say nothing outside it. So configurations can be compared, planned and stored without their keys.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets as random_source
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SecretError
from .known_values import KnownValues
from .references import check_preshared_key, credential_folders, fetch
from .secret_forms import STEMS, TOKEN, secret_spans, tokens_in
from .spans import Span, merged, without

__all__ = ["TOKEN", "Given", "Secrets", "check_preshared_key", "credential_folders"]

#: A text that is at least so long is remembered when it was hidden, so that it is looked at once on its way to the disk.
_LONG = 512
_REMEMBERED = 4096
#: Shorter ones in which nothing was to hide are remembered as they are: names of devices, fields and commands, and sentences,
#: stand in the documents of a run thousands of times.
_CLEAN = 20_000
#: Digits of a fingerprint where several processes make them, each without the others' to compare with.
_APART = 16
_PRIVATE_KEY = re.compile(r"(?<=PRIVATE KEY-----)\r?\n(?P<secret>[^-]+)(?=-----END|\Z)")


@dataclass(frozen=True, slots=True)
class Given:
    """What stands under a reference in one run, where that is another value than the one that is kept there.

    ``to`` is the reference under which the other value is kept; empty where it stands beside the one in use. ``former`` is that
    one, empty where nobody could read it. ``withheld``: the other value is made up, as for a plan, and no device is to get it.
    """

    to: str = ""
    former: str = field(default="", repr=False)
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Secrets:
    """All secrets of one run: resolves references once, hides and reveals. Safe to share between threads."""

    folders: tuple[Path, ...] = field(default_factory=credential_folders)
    _values: dict[str, str] = field(default_factory=dict, repr=False)
    _names: dict[str, str] = field(default_factory=dict, repr=False)
    _salt: bytes = field(default_factory=lambda: random_source.token_bytes(32), repr=False)
    _origins: tuple[Path, ...] = ()
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    #: Digits of a fingerprint at least. Stores that are apart and have one salt cannot see each other's.
    _digits: int = 8
    #: References that were resolved here, in that order.
    _resolved: dict[str, None] = field(default_factory=dict, repr=False, init=False)
    #: References whose value is another one in this run than the one that is kept there.
    given: dict[str, Given] = field(default_factory=dict, repr=False, init=False)
    #: Value to the token that was first given to it.
    _tokens: dict[str, str] = field(default_factory=dict, repr=False, init=False)
    _known: KnownValues = field(default_factory=KnownValues, repr=False, init=False)
    #: Fingerprints of texts that hold no secret any more, oldest first.
    _hidden: OrderedDict[bytes, None] = field(default_factory=OrderedDict, repr=False, init=False)
    #: Short texts that hold no secret.
    _clean: set[str] = field(default_factory=set, repr=False, init=False)

    def __post_init__(self) -> None:
        """Index what was given."""
        for token, value in self._values.items():
            self._learn(token, value)

    def resolve(self, reference: str) -> str:
        """Value of a reference. Raises SecretError, which never holds the value."""
        token = self.token(reference)
        with self._lock:
            if token not in self._values:
                self._values[token] = fetch(reference, self.folders)
                self._learn(token, self._values[token])
            self._resolved[reference] = None
            return self._values[token]

    @classmethod
    def salted(cls, salt: str, folders: tuple[Path, ...] | None = None) -> Secrets:
        """A store in another process of the same run: what has a token in both has the same one."""
        return cls(credential_folders() if folders is None else folders, _salt=bytes.fromhex(salt), _digits=_APART)

    @classmethod
    def of_run(cls, folders: tuple[Path, ...]) -> Secrets:
        """A store of a run that may have others in other processes."""
        return cls.salted(random_source.token_hex(32), folders)

    @property
    def salt(self) -> str:
        """Of the fingerprints, as hexadecimal digits; it goes to another process of the same run and nowhere else."""
        return self._salt.hex()

    def fingerprints(self) -> dict[str, str]:
        """Each reference that was resolved, and a fingerprint of its value: equal ones are equal in all stores of one salt."""
        with self._lock:
            return {reference: self.fingerprint(reference) for reference in self._resolved}

    def fingerprint(self, reference: str) -> str:
        """Of the value of a reference that was resolved."""
        return self.fingerprint_of(self._values[self.token(reference)])

    def fingerprint_of(self, value: str) -> str:
        """Of a value, as others in other processes have it."""
        return hmac.digest(self._salt, f"reference {value}".encode("utf8", "surrogatepass"), "sha256").hex()

    def seen(self) -> dict[str, str]:
        """Tokens of keys that only devices have shown, and the keys: for an encrypted file or line, and nothing else."""
        with self._lock:
            return {token: value for token, value in self._values.items() if token.startswith("<key:")}

    def take(self, seen: Mapping[str, str]) -> None:
        """Keys that a store in another process has seen, by their tokens."""
        with self._lock:
            for token, value in seen.items():
                if self._values.setdefault(token, value) != value:
                    raise SecretError("two keys have one token; begin the run again")
                self._tokens.setdefault(value, token)

    def holds_known(self, data: bytes) -> bool:
        """True if the value of a reference stands in these bytes as it is."""
        return any(True for _ in self._known.spans(data.decode("utf8", "replace")))

    def _learn(self, token: str, value: str) -> None:
        self._tokens.setdefault(value, token)
        if token.startswith("<secret:"):
            self._known.add(value)
            self._hidden.clear()
            self._clean.clear()

    def give(self, reference: str, value: str, *, to: str = "", withheld: bool = False) -> None:
        """Another value for a reference than the one that is kept: for this run its token stands for that one.

        ``to`` and ``withheld`` as in `Given`: others in other processes find the value by them.
        """
        token = self.token(reference)
        with self._lock:
            old = self._values.get(token)
            if old is None:
                with suppress(SecretError):
                    old = fetch(reference, self.folders)
            self.replace(reference, value, Given(to, old or "", withheld))

    def replace(self, reference: str, value: str | None, given: Given) -> None:
        """As give(), where the former value is known; without a value its token stands for nothing, and no line has it."""
        token = self.token(reference)
        with self._lock:
            if given.former:
                # What a device shows of the old one is another key now, and hidden as well.
                self._tokens.pop(given.former, None)
                self._known.add(given.former)
            self.given[reference] = given
            self._values.pop(token, None)
            if value is not None:
                self._values[token] = value
                self._learn(token, value)

    def name_former(self) -> None:
        """Give each former value a token now; where all references are resolved stores that are apart give the same."""
        for given in self.given.values():
            if given.former:
                self._token_of(given.former)

    def look_up(self, reference: str) -> str:
        """Value of a reference that is not itself secret, such as a user name; it is not hidden in texts."""
        with self._lock:
            if reference not in self._names:
                self._names[reference] = fetch(reference, self.folders)
            return self._names[reference]

    def preshared_key(self, reference: str) -> str:
        """Token of a pre-shared key that is there and that a command line can take.

        It is the token that ``hide`` puts in place of the value: where two references hold one value, that of the first.
        """
        value = self.resolve(reference)
        check_preshared_key(value, reference)
        return self._token_of(value)

    @staticmethod
    def token(reference: str) -> str:
        """How the value of this reference stands in a text: ``<secret:REF>``, two references never alike."""
        words = re.sub(r"[\s<>]", "_", reference)
        if words != reference:
            words += f"~{hashlib.sha256(reference.encode()).hexdigest()[:8]}"
        return f"<secret:{words}>"

    def hide(self, text: str) -> str:
        """The text with every known value, and whatever stands where a secret stands, as a token.

        First values that a line break cuts in two, which no form finds whole; then by form, so that a value inside a longer
        secret does not leave the rest of it readable; and by value, wherever it is left. A text that was hidden is not looked
        at again, unless another reference was resolved meanwhile.
        """
        if not text or text in self._clean:
            return text
        known, came = len(self._known), text
        mark = self._fingerprint(text) if len(text) >= _LONG else b""
        if mark and mark in self._hidden:
            return text
        if broken := self._known.broken_spans(text):
            text = self._replaced(text, without(merged(broken), tokens_in(text)))
        by_form, by_value = list(_by_form(text)), list(self._known.spans(text))
        if by_form or by_value:
            holes = tokens_in(text)
            by_form = without(merged(by_form), holes)
            by_value = without(merged(by_value), merged([*holes, *by_form]))
            text = self._replaced(text, sorted([*by_form, *by_value]))
        if len(text) >= _LONG or text == came:
            self._remember(text, known)
        return text

    def hide_known(self, sentence: str) -> str:
        """A sentence for a person, with every known value as a token; it is no configuration, so no form is looked for."""
        if broken := self._known.broken_spans(sentence):
            sentence = self._replaced(sentence, without(merged(broken), tokens_in(sentence)))
        return self._replaced(sentence, without(merged(list(self._known.spans(sentence))), tokens_in(sentence)))

    def _fingerprint(self, text: str) -> bytes:
        """Of a text without the line break at its end, which is put there when it is written."""
        return hashlib.blake2b(text.rstrip("\n").encode("utf8", "surrogatepass"), digest_size=16, key=self._salt).digest()

    def _remember(self, text: str, known: int) -> None:
        """Unless another thread has resolved a reference since so many values were known: for those the text was not searched."""
        mark = self._fingerprint(text) if len(text) >= _LONG else b""
        with self._lock:
            if len(self._known) != known:
                return
            if not mark:
                if len(self._clean) >= _CLEAN:
                    self._clean.clear()
                self._clean.add(text)
                return
            self._hidden[mark] = None
            while len(self._hidden) > _REMEMBERED:
                self._hidden.popitem(last=False)

    def _replaced(self, text: str, spans: list[Span]) -> str:
        parts: list[str] = []
        at = 0
        for start, end in spans:
            value = text[start:end]
            parts += [text[at:start], value if set(value) == {"*"} else self._token_of(value)]
            at = end
        return "".join([*parts, text[at:]])

    def export(self) -> dict[str, Any]:
        """All values and the salt of the fingerprints, for an encrypted file and nothing else."""
        with self._lock:
            kept = {"values": dict(self._values), "names": dict(self._names)}
            references = list(self._resolved)
            given = {reference: asdict(one) for reference, one in self.given.items()}
        folders = [str(folder.absolute()) for folder in self.origins]
        return {"salt": self._salt.hex(), **kept, "folders": folders, "references": references, "given": given}

    @classmethod
    def of_all(cls, several: Iterable[Secrets]) -> Secrets:
        """What several stores know, as one. Raises SecretError where equal keys have different tokens in them."""
        stores = list(several)
        if len({store._salt for store in stores}) > 1:
            raise SecretError(
                "the devices log in with stores of secrets that were made apart, and a change of all of them needs one: "
                "give connect() all hosts with the same store"
            )
        exported = [store.export() for store in stores]
        together = {name: {k: v for one in exported for k, v in one[name].items()} for name in ("values", "names")}
        folders = dict.fromkeys(folder for one in exported for folder in one["folders"])
        salt = exported[0]["salt"] if exported else ""
        return cls.restored({"salt": salt, **together, "folders": list(folders)})

    @classmethod
    def restored(cls, exported: Mapping[str, Any], folders: tuple[Path, ...] = (), *, apart: bool = False) -> Secrets:
        """The secrets of an earlier run: equal values get the tokens that they had then. ``apart``: others in other processes."""
        origins = tuple(Path(folder) for folder in exported.get("folders", ()))
        values, names = dict(exported["values"]), dict(exported["names"])
        made = cls(folders, values, names, bytes.fromhex(exported["salt"]), origins, _digits=_APART if apart else 8)
        # What was kept before the references were: a token says them, but for those with signs that it cannot hold.
        told = [token[len("<secret:") : -1] for token in values if token.startswith("<secret:") and "~" not in token]
        made._resolved.update(dict.fromkeys(exported.get("references", told)))
        made._take_given(exported)
        return made

    @classmethod
    def beside(cls, exported: Mapping[str, Any]) -> Secrets:
        """The store of another process of this machine, which may go on resolving."""
        folders = tuple(Path(folder) for folder in exported["folders"])
        values, names = dict(exported["values"]), dict(exported["names"])
        made = cls(folders, values, names, bytes.fromhex(exported["salt"]), _digits=_APART)
        made._take_given(exported)
        return made

    def _take_given(self, exported: Mapping[str, Any]) -> None:
        """Former values are hidden as the others are, in a store that was made of another as well."""
        for reference, fields in exported.get("given", {}).items():
            self.given[reference] = given = Given(**fields)
            if given.former:
                self._known.add(given.former)

    @property
    def origins(self) -> tuple[Path, ...]:
        """Folders from which they came, also in an earlier run; a restored one reads nothing there any more."""
        return (*self.folders, *self._origins)

    def _token_of(self, value: str) -> str:
        token = self._tokens.get(value)
        if token is not None:
            return token
        with self._lock:
            digest = hmac.digest(self._salt, value.encode("utf8", "surrogatepass"), "sha256").hex()
            # Eight digits tell ten thousand keys apart with a chance of one in a hundred that two are alike.
            lengths = range(self._digits, len(digest) + 1)
            token = next(made for length in lengths if self._is_free(made := f"<key:{digest[:length]}>", value))
            self._values[token] = value
            self._tokens.setdefault(value, token)
            return self._tokens[value]

    def _is_free(self, token: str, value: str) -> bool:
        return self._values.get(token, value) == value

    def reveal(self, line: str) -> str:
        """The line with its tokens replaced by the values, for the device and for nothing else."""
        return TOKEN.sub(self._reveal_match, line)

    def _reveal_match(self, match: re.Match[str]) -> str:
        try:
            return self._values[match[0]]
        except KeyError:
            raise SecretError(f"{match[0]} is not known to this run: a key seen in another run cannot be restored") from None


def _by_form(text: str) -> Iterator[Span]:
    """Where secrets stand by the form of their line."""
    for start, end in _lines_to_look_at(text):
        for first, last in secret_spans(text[start:end]):
            yield start + first, start + last
    if "PRIVATE KEY-----" in text:
        yield from (match.span("secret") for match in _PRIVATE_KEY.finditer(text))


def _lines_to_look_at(text: str) -> list[Span]:
    """Lines that hold one of the stems. Searching each stem is quicker than looking at each line."""
    low = _lower(text)
    starts: dict[int, int] = {}
    for stem in STEMS:
        at = low.find(stem)
        while at >= 0:
            start, end = low.rfind("\n", 0, at) + 1, low.find("\n", at)
            end = len(low) if end < 0 else end
            starts[start] = end
            at = low.find(stem, end)
    return sorted(starts.items())


def _lower(text: str) -> str:
    """In lower case, character by character: some have a lower case of two."""
    if text.isascii():
        return text.lower()
    low = text.replace("\u017f", "s").lower()
    return low if len(low) == len(text) else "".join(one if len(one) == 1 else "?" for one in map(str.lower, text))
