"""The templates themselves: linted for what TTP gets silently wrong, and each with a healthy and a sick capture."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nr_run.inventory.errors import ParseError
from nr_run.parsers import parse
from nr_run.parsers.catalogue import COMMANDS
from nr_run.parsers.command import Command
from nr_run.parsers.fields.convert import plan_of
from nr_run.parsers.line_rules import compiled
from nr_run.parsers.line_rules.patterns import PATTERNS
from nr_run.parsers.line_rules.program import TemplateError, compile_template
from nr_run.parsers.reader import template_source

if TYPE_CHECKING:
    from .conftest import Case

FORBIDDEN = ("set", "record", "macro", "lookup", "itemize", "_line_", "joinmatches", "to_int", "to_float", "chain", "let")

every_command = pytest.mark.parametrize("command", COMMANDS, ids=[f"{c.os}: {c.name}" for c in COMMANDS])


@every_command
def test_no_function_that_leaks_between_devices(command: Command) -> None:
    """`set`, `record` and `macro` keep their values in module globals, `_line_` swallows strangers: none is used."""
    source = template_source(command)
    used = {
        name for inside in re.findall(r"\{\{(.+?)\}\}", source) for name in re.findall(r"\b\w+\b", re.sub(r'"[^"]*"', "", inside))
    }
    assert not used & set(FORBIDDEN)


@every_command
def test_no_expression_matches_a_line_break_by_accident(command: Command) -> None:
    """A negated class without the line break, or a bare \\s, would let one line eat the next."""
    inside = [*re.findall(r'^\w+ = r"(.*)"$', template_source(command), re.MULTILINE), *PATTERNS.values()]
    for expression in inside:
        for negated in re.findall(r"\[\^(?:[^\]\\]|\\.)*\]", expression):
            assert "\\n" in negated or "\\s" in negated or "\n" in negated, expression
        bare = re.sub(r"\[(?:[^\]\\]|\\.)*\]", "", expression).replace("\\n\\s*", "")
        assert "\\s" not in bare, expression


@every_command
def test_no_backslash_or_bar_inside_a_variable(command: Command) -> None:
    """TTP splits a variable on | and evaluates its arguments: an expression with either has a name in <vars>."""
    for inside in re.findall(r"\{\{(.+?)\}\}", template_source(command)):
        assert "\\" not in inside, inside
        for argument in re.findall(r'"([^"]*)"', inside):
            assert "|" not in argument, inside


@every_command
def test_every_name_in_vars_is_used(command: Command) -> None:
    """An expression that no line of the template names is dead."""
    source = template_source(command)
    assert [name for name in re.findall(r'^(\w+) = r"', source, re.MULTILINE) if f'"{name}"' not in source] == []


def test_every_shared_expression_is_used() -> None:
    """The table of expressions holds what some template names, and no more."""
    sources = "".join(template_source(command) for command in COMMANDS)
    assert [name for name in PATTERNS if f'"{name}"' not in sources] == []


@every_command
def test_every_group_that_can_repeat_gives_a_list(command: Command) -> None:
    """Without `*` one match gives a dictionary and two give a list: only a group that stands once goes without."""
    groups = re.findall(r'<group name="([^"]+)"', template_source(command))
    single = [name for name in groups if not name.endswith("*")]
    assert len(single) <= 1, single
    assert all(name in command.records for name in single)


@every_command
def test_every_record_has_a_group_and_every_required_field_a_variable(command: Command) -> None:
    """A field that no line of the template can fill would make every record incomplete."""
    program = compile_template(template_source(command))
    paths = {rule.scope.path for rule in program.rules}
    assert set(command.records) <= paths
    names = {name for rule in program.rules for name in rule.names} | {path.split(".")[-1] for path in paths}
    for path, record in command.records.items():
        sources = {
            source
            for source, fields in plan_of(record).by_source.items()
            for name, _ in fields
            if name in plan_of(record).required
        }
        assert path in command.prepare or sources <= names, sources - names


@every_command
def test_every_template_has_a_healthy_and_a_sick_case(command: Command, cases: tuple[Case, ...]) -> None:
    """A parser that has only seen good weather has not been tested."""
    stem = command.template.removesuffix(".ttp")
    seen = {case.expected["health"] for case in cases if case.os == command.os and case.path.parent.name == stem}
    assert seen >= {"healthy", "sick"}


@every_command
def test_what_ttp_made_of_a_template_is_kept_beside_it(command: Command) -> None:
    """`python -m nr_run.parsers.line_rules.compiled` was run: the file is what TTP makes of the template now."""
    source = template_source(command)
    folder = Path(str(compiled.__file__)).parents[1] / "templates" / command.os
    assert (folder / command.template).with_suffix(".json").read_text(encoding="utf-8") == compiled.document(source)
    assert compiled.kept(command.os, command.template, source) is not None
    assert compiled.kept(command.os, command.template, source + "\n") is None


def test_no_compiled_file_without_its_template() -> None:
    """A file that is left behind would be read by nobody."""
    folder = Path(str(compiled.__file__)).parents[1] / "templates"
    assert {path.with_suffix("") for path in folder.glob("*/*.json")} == {path.with_suffix("") for path in folder.glob("*/*.ttp")}


def test_every_template_file_belongs_to_a_command() -> None:
    """A template that no command uses is dead."""
    folder = Path(str(__import__("nr_run.parsers", fromlist=["x"]).__file__)).parent / "templates"
    assert {f"{path.parent.name}/{path.name}" for path in folder.glob("*/*.ttp")} == {f"{c.os}/{c.template}" for c in COMMANDS}


def test_the_user_s_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template in the user's folder replaces ours, by argument or by environment, and can add a command."""
    (tmp_path / "ios").mkdir()
    own = '<group name="sa*">\n{{ dst }} tunnelled from {{ src }} is {{ state }} as {{ connection_id }}\n</group>\n'
    (tmp_path / "ios" / "show_crypto_isakmp_sa.ttp").write_text(own, encoding="utf-8")
    text = "10.0.0.1 tunnelled from 10.0.0.2 is qm_idle as 7\n"
    assert [sa.state for sa in parse("ios", "show crypto isakmp sa", text, templates=tmp_path).state] == ["QM_IDLE"]
    (tmp_path / "ios" / "show_users.ttp").write_text(
        '<group name="user*">\nline {{ line }} user {{ user }}\n</group>\n', encoding="utf-8"
    )
    monkeypatch.setenv("NR_RUN_TEMPLATES", str(tmp_path))
    parsed = parse("ios", "show users", "line 1 user cisco\nline 2 user admin\n")
    assert parsed.state == {"user": [{"line": "1", "user": "cisco"}, {"line": "2", "user": "admin"}]}
    assert parsed.complete
    assert not parse("ios", "show users", "line 1 user cisco\nnoise\n").complete


def test_a_template_that_cannot_be_used_is_named_not_a_crash(tmp_path: Path) -> None:
    """TTP leaves the interpreter on a bad template; here it is one sentence that names the command."""
    (tmp_path / "ios").mkdir()
    (tmp_path / "ios" / "show_clock.ttp").write_text('<group name="x">\n{{ a | re("(" }}\n</group>\n', encoding="utf-8")
    with pytest.raises(ParseError, match="show clock"):
        parse("ios", "show clock", "12:00", templates=tmp_path)
    for source in ('<group name="x*">\n{{ a | upper }} b\n</group>', '<group name="x*">\nb {{ a | _line_ }}\n</group>'):
        with pytest.raises(TemplateError):
            compile_template(source)


CORPUS = os.environ.get("NR_RUN_CAPTURES", "")
ALIASES = {"show_access-list": "show access-lists", "show_ip_access-lists": "show access-lists"}

CUT_BY_THEIR_AUTHORS = {
    "show_version/case5",
    "show_vpn-sessiondb/case2",
    "show_vpn-sessiondb_detail_l2l/case2",
    # Routes were taken out, or put in from another device: the headings announce another number.
    "show_ip_route/case_vrf",
    "show_ip_route/case_wildcard",
}


def corpus() -> list[Path]:
    """The files of the corpus that a command of ours reads."""
    return [path for path in sorted(Path(CORPUS).glob("*/*/*.txt")) if _command_of(path)] if CORPUS else []


def _command_of(path: Path) -> str | None:
    wanted = ALIASES.get(path.parent.name, path.parent.name.replace("_", " "))
    return wanted if any(c.os == path.parent.parent.name and c.accepts(wanted) for c in COMMANDS) else None


@pytest.mark.skipif(not CORPUS, reason="NR_RUN_CAPTURES does not name a folder of captures")
@pytest.mark.parametrize("path", corpus(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_real_captures_of_other_people_are_read_completely(path: Path) -> None:
    """Output that nobody prepared for this project leaves no line behind."""
    command = _command_of(path)
    assert command is not None
    parsed = parse(path.parent.parent.name, command, path.read_text(encoding="utf-8"))
    if f"{path.parent.name}/{path.stem}" in CUT_BY_THEIR_AUTHORS:
        assert any("cut short" in problem.why or "is said to have" in problem.why for problem in parsed.problems)
    else:
        assert parsed.problems == ()
