"""What a failover test has measured is the same in the sentence and in the document."""

from __future__ import annotations

from nr_run.runbooks.engine.failover_test.failover_record import Span


def test_the_sentence_has_the_seconds_of_the_document() -> None:
    """A number that is rounded to a tenth, and then to a second, is the same number wherever it is told."""
    for tenths in range(200):
        span = Span(tenths / 10 + 0.049, tenths / 10 + 5.951, 122.0, 3)
        told = span.as_dict()
        assert str(span).startswith(f"{told['at_least_seconds']:.0f} to {told['at_most_seconds']:.0f} seconds "), span
