"""No key of a JSON document goes or gets another name or type unnoticed."""

from __future__ import annotations

from nr_run.runbooks.reports.document import verification_schema
from nr_run.runbooks.run.json_names import KEYS

from .json_keys import DOCUMENTS, KEPT, all_lines, lines_of


def test_every_key_is_as_it_was() -> None:
    """Each document has the keys and types that are kept: one that came is added by `python -m tests.reports.json_keys`."""
    kept, found = KEPT.read_text(encoding="utf8").splitlines(), all_lines()
    assert sorted(set(kept) - set(found)) == [], "gone, or with another name or type: a break for readers"
    assert sorted(set(found) - set(kept)) == [], "new"
    assert {line.partition(":")[0].partition(".")[0].removesuffix("[]") for line in kept} == DOCUMENTS.keys()


def test_a_lost_key_would_be_seen() -> None:
    """The lines differ where a key is gone, has another name, or another type."""
    whole = set(lines_of("verify", {"a": [{"b": 1, "c": None}], "d": []}))
    assert whole == {"verify.a[].b: number", "verify.a[].c: null", "verify.d[]: nothing"}
    for other in ({"a": [{"b": 1}], "d": []}, {"a": [{"x": 1, "c": None}], "d": []}, {"a": [{"b": "1", "c": None}], "d": []}):
        assert set(lines_of("verify", other)) != whole


def test_the_schema_allows_no_other_key() -> None:
    """Each record of the schema of a verification names all its keys, so that a key that it does not have is refused."""
    records = [verification_schema(), *verification_schema()["$defs"].values()]
    assert all(record["additionalProperties"] is False for record in records)
    old = {name for record in records for name, words in record["properties"].items() if words.get("deprecated")}
    assert old <= KEYS.keys()
