"""Records made by code of their own are those that are sorted out field by field, and what is odd is left to the latter."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command, find
from nr_run.parsers.fields.columns import address, network
from nr_run.parsers.fields.convert import _sorted_out, build, maker_of, plan_of
from nr_run.parsers.fields.makers import fits
from nr_run.parsers.line_rules.machine import IncompleteRecord, Raw, run
from nr_run.parsers.line_rules.program import Scope
from nr_run.parsers.reader import _finisher, _program

from .conftest import CASES, Case
from .test_engine import prepared

#: What no field expects, and what nearly fits.
ODD = ("", " ", "x", "-", "1.2.3", "10.1.1.300", "1.2.3.4.5", "7", "0x1F", "::1", "10.0.0.0/8", "never", "ESP-nothing", "٣")


@cache
def captured(case: Case) -> list[tuple[type, Raw, list[Raw]]]:
    """(record class, what its group captured, the groups above) of every record of a capture, as the builder is given it."""
    command = find(COMMANDS, case.os, case.command)
    assert command is not None
    _template, text = prepared(case)
    found: list[tuple[type, Raw, list[Raw]]] = []
    finish = _finisher(command, [])
    records = command.records

    def keep(scope: Scope, raw: Raw, above: list[Raw], position: int) -> object:
        mine, its = dict(raw), [dict(level) for level in above]
        if scope.path in command.prepare:
            try:
                command.prepare[scope.path](mine, its)
            except IncompleteRecord:
                return finish(scope, raw, above, position)
        if scope.path in records:
            found.append((records[scope.path], mine, its))
        return finish(scope, raw, above, position)

    run(_program(command, None), text, keep)
    return found


def outcome(make: Any, *given: Any) -> object:
    """The record, or the sentence that says why there is none."""
    try:
        return make(*given)
    except IncompleteRecord as error:
        return str(error)


def both_ways(record: type, raw: Raw, above: list[Raw]) -> None:
    """Hold the two ways of making a record against each other."""
    plan = plan_of(record)
    wanted = outcome(_sorted_out, plan, raw, above)
    make = maker_of(record, tuple(raw))
    assert outcome(build, record, raw, above) == wanted
    if make is not None:
        try:
            made = make(above, *raw.values())
        except (ValueError, KeyError, IndexError):
            return
        assert (type(made), made, repr(made), hash(made)) == (record, wanted, repr(wanted), hash(wanted))


def test_every_record_of_every_capture_is_made_alike(case: Case) -> None:
    """The function for what was captured makes the same record, of the same class, with the same value in each field."""
    for record, raw, above in captured(case):
        both_ways(record, raw, above)


@settings(max_examples=60)
@given(data=st.data())
def test_what_does_not_fit_is_said_in_the_same_words(data: st.DataObject) -> None:
    """A value that a field cannot hold, or that is missing, ends in the same record or the same sentence."""
    found = captured(data.draw(st.sampled_from(CASES)))
    if not found:
        return
    record, captures, above = data.draw(st.sampled_from(found))
    raw = dict(captures)
    names = [name for name, value in raw.items() if isinstance(value, str)]
    for name in data.draw(st.lists(st.sampled_from(names), max_size=3)) if names else ():
        raw[name] = data.draw(st.sampled_from(ODD))
    if names and data.draw(st.booleans()):
        del raw[data.draw(st.sampled_from(names))]
    both_ways(record, raw, above)


def test_a_function_is_written_when_it_pays() -> None:
    """A hundred records of one shape are followed by one that a function makes, and it is frozen like the others."""
    command = next(item for item in COMMANDS if (item.os, item.name) == ("ios", "show crypto isakmp sa"))
    record = command.records["sa"]
    raw = {"dst": "10.0.0.1", "src": "10.0.0.2", "state": "QM_IDLE", "connection_id": "7", "status": "ACTIVE"}
    plan = plan_of(record)
    plan.seen.clear(), plan.makers.clear()
    for _ in range(150):
        made = build(record, raw, [])
    assert list(plan.makers) == [tuple(raw)]
    assert made == _sorted_out(plan, raw, [])
    with pytest.raises(AttributeError):
        made.state = "MM_NO_STATE"


@pytest.mark.parametrize("command", COMMANDS, ids=[f"{command.os} {command.name}" for command in COMMANDS])
def test_every_record_class_has_a_twin(command: Command) -> None:
    """A class that sets more than its fields, or has no slots, would not be what its twin becomes."""
    for record in command.records.values():
        assert fits(record), record


@given(st.one_of(st.from_regex(r"[0-9./:a-f ]{0,24}", fullmatch=True), st.ip_addresses().map(str), st.text(max_size=12)))
def test_an_address_is_what_the_standard_library_says(text: str) -> None:
    """The short way to an address or a network gives the same value, and refuses the same texts."""
    for ours, theirs in ((address, ip_address), (network, lambda given: ip_network(given, strict=False))):
        for each in (text, f"{text}/24", f"{text}/255.255.255.0", f"{text}/"):
            try:
                wanted = theirs(each)
            except ValueError:
                with pytest.raises(ValueError, match="does not appear to be"):
                    ours(each)
            else:
                assert ours(each) == wanted
