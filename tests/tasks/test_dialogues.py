"""A dialogue that does not go as foreseen ends its session, and lines that change something are typed in their mode only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nr_run.inventory.errors import ConfigurationRefused, DeviceRefused, SessionLost
from nr_run.tasks.sessions.session import Session

from .scripted import PROMPT, Script
from .test_session import echo, session

SYSLOG = "\r\n*Mar  1 00:10:11.123: %LINEPROTO-5-UPDOWN: Line protocol on Interface Serial0/0, changed state to down\r\n"
KEY = "crypto isakmp key Some.Key.4711 address 192.0.2.1"
ENTERED = "Enter configuration commands, one per line.  End with CNTL/Z.\r\n"


def box(answers: dict[str, str], *, config: str = "vpn2611(config)#", prompt: str = PROMPT, exits: bool = False) -> Script:
    """A device with a configuration mode; ``answers`` are sent as they are, a line that is not among them is echoed.

    ``exits``: an answer that ends in the prompt of exec mode leaves configuration mode for the lines behind it as well.
    """
    mode = [prompt]

    def script(line: str) -> str | None:
        if line == "netops":
            return None
        if line == "Login.Word.9":
            return f"\r\n{prompt}"
        if line in answers:
            mode[0] = prompt if exits and answers[line].endswith(prompt) else mode[0]
            return answers[line]
        if line == "configure terminal":
            mode[0] = config
            return f"{line}\r\n{ENTERED}{config}"
        if line == "end":
            mode[0] = prompt
        return f"{line}\r\n{mode[0]}"

    return script


@pytest.mark.parametrize("behind", ["", SYSLOG], ids=["plain", "log message behind the question"])
def test_question_with_a_message_behind_it(tmp_path: Path, behind: str) -> None:
    """A log message behind the question of a dialogue changes nothing: the answers are typed, and the prompt stands again."""
    answers = {"ping": f"ping\r\nProtocol [ip]: {behind}", "10.10.20.1": echo("10.10.20.1", "Success rate is 100 percent\r\n")}
    with session(tmp_path, box(answers)) as (device, there):
        text = device.answer_prompt("ping", r"Protocol \[ip\]: ?", ["10.10.20.1"])
        assert "Success rate" in text
        assert "%LINEPROTO" not in text
        assert device.ask("show clock") == ""
    assert there.typed[-3] == "10.10.20.1"


@pytest.mark.parametrize("behind", ["", SYSLOG], ids=["plain", "log message behind the question"])
def test_question_of_a_conversation_with_a_message_behind_it(tmp_path: Path, behind: str) -> None:
    """The same for a line that may ask: the question is answered, and none is left standing."""
    answers = {
        "copy running-config flash:x": f"copy running-config flash:x\r\nDestination filename [x]? {behind}",
        "": f"\r\n1024 bytes copied\r\n{PROMPT}",
    }
    with session(tmp_path, box(answers)) as (device, _):
        assert "1024 bytes" in device.answer_prompts(
            "copy running-config flash:x", {r"Destination filename \[[^\]\n]*\]\? ?": ""}
        )
        assert device.ask("show clock") == ""


def ping(device: Session) -> object:
    """A dialogue."""
    return device.answer_prompt("do it", r"Protocol \[ip\]: ?", ["10.10.20.1"])


def write(device: Session) -> object:
    """A line that may ask."""
    return device.answer_prompts("do it", {r"Overwrite\? ?\[confirm\] ?": ""})


def block(device: Session) -> object:
    """A block."""
    return device.send_batch(["do it"])


def enter(device: Session) -> object:
    """The line that enters configuration mode."""
    return device.configure([KEY], by="do it")


@pytest.mark.parametrize("work", [ping, write, block, enter])
def test_a_question_that_nobody_foresaw(tmp_path: Path, work: Callable[[Session], object]) -> None:
    """In every kind of dialogue an unforeseen question ends the session, is in the message, and nothing is typed into it."""
    asked = []

    def script(line: str) -> str | None:
        if asked:
            return ""
        if line == "do it":
            asked.append(line)
        return box({"do it": "do it\r\nErase everything? [confirm]"})(line)

    with session(tmp_path, script, timeout_seconds=0.5) as (device, there):
        device.ask("show clock")
        with pytest.raises(SessionLost, match=r"its last output is 'Erase everything\? \[confirm\]'"):
            work(device)
        assert not device.open
        with pytest.raises(SessionLost):
            device.ask("show running-config")
        assert there.ended.wait(5)
        assert [line for line in there.typed if not line.startswith("!nr-")][-1] == "do it"


def test_answers_that_were_not_all_asked_for(tmp_path: Path) -> None:
    """A dialogue that ends before its last answer has typed the rest at the prompt: refused, and the session is ended."""
    answers = {"ping": "ping\r\nProtocol [ip]: ", "ipx": f"ipx\r\n% Unknown protocol\r\n{PROMPT}"}
    with session(tmp_path, box(answers)) as (device, _):
        with pytest.raises(DeviceRefused, match="ended before it had all its answers"):
            device.answer_prompt("ping", r"Protocol \[ip\]: ?", ["ipx", "192.0.2.1"])
        assert not device.open


def test_a_question_left_standing_takes_its_answer_only(tmp_path: Path) -> None:
    """While a question stands no other line is typed than its answer: the session ends instead."""
    answers = {"reload in 5": "reload in 5\r\nProceed with reload? [confirm]"}
    with session(tmp_path, box(answers)) as (device, there):
        device.answer_prompts("reload in 5", {}, leave=r"Proceed with reload\? ?\[confirm\] ?")
        with pytest.raises(SessionLost, match="was about to type a line into a question"):
            device.ask("show clock")
        assert there.typed[-1] == "reload in 5"
        assert not device.open


def test_an_answer_needs_a_question(tmp_path: Path) -> None:
    """An answer is typed only where a question was left standing; an empty one would be RETURN at the prompt."""
    with session(tmp_path, box({})) as (device, there):
        device.ask("show clock")
        with pytest.raises(SessionLost, match="has no question to be answered"):
            device.send_batch(["show reload"], answer="")
        assert "show reload" not in there.typed


def test_a_question_that_does_not_end(tmp_path: Path) -> None:
    """A device that asks the same thing again and again is left in its question: the session is ended."""
    answers = {"copy": "copy\r\nDestination filename [x]? ", "": "\r\nDestination filename [x]? "}
    with session(tmp_path, box(answers)) as (device, _):
        with pytest.raises(SessionLost, match="was asked the same question again and again"):
            device.answer_prompts("copy", {r"Destination filename \[x\]\? ?": ""})
        assert not device.open


def test_configuration_mode_is_proved_first(tmp_path: Path) -> None:
    """``configure terminal`` goes alone; where it is refused no line is typed, least of all the key."""
    refusal = "Configuration mode is locked by process 73 user ops from terminal 2. Please try later."
    with session(tmp_path, box({"configure terminal": echo("configure terminal", f"{refusal}\r\n\r\n")})) as (device, there):
        said = "line 'configure terminal' was answered with 'Configuration mode is locked by"
        with pytest.raises(ConfigurationRefused, match=said) as refused:
            device.configure(["crypto isakmp policy 10", KEY])
        assert refused.value.exit_code == 11, "the device was not changed, and lets nobody in who would"
        assert there.typed[-1] == "configure terminal"
        assert device.ask("show clock") == ""


def test_an_exec_prompt_that_is_not_the_host_name(tmp_path: Path) -> None:
    """A device with a prompt of its own is entered, changed and left: its prompt of configuration mode is seen, not assumed."""
    prompt = "vpn3640-BR1-EDGE#"
    with session(tmp_path, box({}, config="vpn3640(config)#", prompt=prompt)) as (device, there):
        assert device.ask("show clock") == ""
        replies = device.configure(["crypto isakmp policy 10", "encr 3des"])
        assert [reply.line for reply in replies] == ["configure terminal", "crypto isakmp policy 10", "encr 3des"]
        assert device.configuring
        assert [reply.text for reply in device.send_batch(["end", "show clock"])] == ["", ""]
        assert not device.configuring
    assert [line for line in there.typed if not line.startswith("!")][-3:] == ["encr 3des", "end", "show clock"]


def test_what_goes_along_with_the_entering_line(tmp_path: Path) -> None:
    """Entering configuration mode by a timer has the clock read in the same write, and is left again: each line its answer."""
    by = "configure terminal revert timer 5"
    answers = {
        "show clock": "show clock\r\n12:00:00 UTC\r\nedge 1#",
        by: f"{by}\r\nRollback Confirmed Change: Backing up\r\n{ENTERED}vpn2611(config)#",
        "": "\r\nedge 1#",
    }
    with session(tmp_path, box(answers, prompt="edge 1#")) as (device, _):
        device.ask("show version")
        clock, entered, left, after = device.configure(["end", "show it"], by=by, before=["show clock"])
        assert (clock.line, clock.text) == ("show clock", "12:00:00 UTC")
        assert entered.line == by
        assert "Enter configuration commands" in entered.text
        assert (left.text, after.line, after.text) == ("", "show it", "")
        assert not device.configuring


def test_a_name_that_is_shortened(tmp_path: Path) -> None:
    """A long name is shortened in configuration mode, and in a longer mode more: its prompts are known all the same."""
    answers = {"crypto map NR-MAP 10 ipsec-isakmp": "crypto map NR-MAP 10 ipsec-isakmp\r\nbranch-office-3(config-crypto-map)#"}
    script = box(answers, config="branch-office-3640-am(config)#", prompt="branch-office-3640-amsterdam-west#")
    with session(tmp_path, script) as (device, _):
        device.ask("show clock")
        assert len(device.configure(["crypto isakmp policy 10", "crypto map NR-MAP 10 ipsec-isakmp"])) == 3
        assert device.configuring
        device.send_batch(["end"])
        assert not device.configuring


@pytest.mark.parametrize("prompt", ["27N2(2960_PoE)#", "[vpn2611]#", "a>b#", "vpn2611(tcl)#", "rtr 1 lab#"])
def test_strange_prompts(tmp_path: Path, prompt: str) -> None:
    """An exec prompt with brackets, signs or blanks is known as it is, and is not taken for one of configuration mode."""
    with session(tmp_path, box({"": f"\r\n{prompt}"}, prompt=prompt)) as (device, _):
        assert device.ask("show clock") == ""
        assert not device.configuring
        device.configure(["crypto isakmp policy 10"])
        assert device.configuring


def test_thrown_out_of_configuration_mode(tmp_path: Path) -> None:
    """A line after which the device is in exec mode again ends the session, and the message says where the next one was typed."""
    with session(tmp_path, box({"encr 3des": f"encr 3des\r\n{PROMPT}", "hash md5": f"hash md5\r\n{PROMPT}"})) as (device, _):
        with pytest.raises(DeviceRefused, match="'hash md5' was to be typed in configuration mode and was typed at 'vpn2611#'"):
            device.configure(["encr 3des", "hash md5"])
        assert not device.open


def test_a_refused_header_and_the_exit_behind_it(tmp_path: Path) -> None:
    """The exit of a refused header leaves configuration mode: the refusal is told, and the work goes on from exec mode."""
    refused = "crypto isakmp policy 10\r\n% Invalid input detected at '^' marker.\r\n\r\nvpn2611(config)#"
    typed = {"crypto isakmp policy 10": refused, "exit": f"exit\r\n{PROMPT}"}
    with session(tmp_path, box(typed, exits=True)) as (device, there):
        replies = device.configure(["crypto isakmp policy 10", "exit"])
        assert "Invalid input" in replies[1].words
        assert not device.configuring
        device.configure(["no crypto isakmp policy 20"])
        assert device.leave(["show clock"])[0].text == ""
        device.configure(["crypto isakmp policy 10", "exit"])
        assert device.leave(["show clock"])[0].line == "show clock"
        assert device.open
    assert there.typed.count("end") == 1


def test_the_next_object_is_typed_in_configuration_mode_whatever_became_of_the_one_before(tmp_path: Path) -> None:
    """Behind the exit of a refused header ``configure terminal`` brings the device back; replies say where each was typed."""
    refused = "crypto isakmp policy 10\r\n% Invalid input detected at '^' marker.\r\n\r\nvpn2611(config)#"
    typed = {"crypto isakmp policy 10": refused, "exit": f"exit\r\n{PROMPT}"}
    with session(tmp_path, box(typed, exits=True)) as (device, there):
        device.configure()
        replies = device.send_batch(["crypto isakmp policy 10", "exit", "configure terminal", KEY])
        assert [reply.in_exec for reply in replies] == [False, False, True, False]
        assert device.configuring
        replies = device.send_batch(["crypto isakmp policy 20", "configure terminal", KEY])
        assert not any(reply.in_exec for reply in replies), "where it was there, it stays"
        assert device.leave(["show clock"])[0].text == ""
    assert there.typed.count(KEY) == 2


def test_what_is_read_along_with_the_last_line(tmp_path: Path) -> None:
    """The last line of the work, the way out and the looks are one write; with ``back`` the mode stands again behind them."""
    with session(tmp_path, box({"show it": f"show it\r\nseen\r\n{PROMPT}"})) as (device, there):
        device.configure()
        last, shown = device.leave(["show it"], ["match address NR-x"])
        assert (last.line, shown.text) == ("match address NR-x", "seen")
        assert not device.configuring
        device.configure()
        (shown,) = device.leave(["show it"], back=True)
        assert shown.text == "seen"
        assert device.configuring
    assert there.typed.count("configure terminal") == 3


def test_a_line_that_asks_comes_last_in_its_write(tmp_path: Path) -> None:
    """The lines before it have their answers, its question stands, and nothing was typed behind it."""
    answers = {"show it": f"show it\r\nseen\r\n{PROMPT}", "reload in 5": "reload in 5\r\nProceed with reload? [confirm]"}
    with session(tmp_path, box(answers)) as (device, there):
        replies, asked = device.conclude(["show it"], "reload in 5", {}, leave=r"Proceed with reload\? ?\[confirm\] ?")
        assert [(reply.line, reply.text) for reply in replies] == [("show it", "seen")]
        assert asked.endswith("Proceed with reload? [confirm]")
        assert "seen" not in asked
        assert there.typed[-1] == "reload in 5"
        with pytest.raises(SessionLost, match="was about to type a line into a question"):
            device.send_batch(["show clock"])


def test_looks_that_go_along_with_the_answers(tmp_path: Path) -> None:
    """What is asked behind the last answer of a dialogue is told apart from what the dialogue said."""
    answers = {
        "ping": "ping\r\nProtocol [ip]: ",
        "192.0.2.1": echo("192.0.2.1", "Success rate is 100 percent\r\n"),
        "show it": f"show it\r\nseen\r\n{PROMPT}",
    }
    with session(tmp_path, box(answers)) as (device, _):
        text, (reply,) = device.answer_prompt_and("ping", r"Protocol \[ip\]: ?", ["192.0.2.1"], ["show it"])
        assert "Success rate" in text
        assert "show it" not in text
        assert (reply.line, reply.text) == ("show it", "seen")


def test_looks_are_no_answers(tmp_path: Path) -> None:
    """A dialogue that ends before its last answer ends the session, though looks were typed along."""
    answers = {"ping": "ping\r\nProtocol [ip]: ", "ipx": f"ipx\r\n% Bad protocol\r\n{PROMPT}"}
    with session(tmp_path, box(answers)) as (device, _):
        with pytest.raises(DeviceRefused, match="ended before it had all its answers"):
            device.answer_prompt_and("ping", r"Protocol \[ip\]: ?", ["ipx", "192.0.2.1"], ["show it"])
        assert not device.open


def test_nothing_is_typed_where_configuration_mode_was_left(tmp_path: Path) -> None:
    """A line that holds a key is not typed in exec mode when the device has left configuration mode behind the lines before
    it."""
    with session(tmp_path, box({"encr 3des": f"encr 3des\r\n{PROMPT}"}, exits=True)) as (device, there):
        device.configure(["encr 3des"])
        with pytest.raises(DeviceRefused, match="left configuration mode unexpectedly, and nothing more was typed"):
            device.send_batch([KEY])
        assert not device.open
    assert KEY not in there.typed


def test_an_end_that_does_not_end(tmp_path: Path) -> None:
    """``end`` is verified: where the prompt is still one of configuration mode no show command is believed."""
    with session(tmp_path, box({"end": "end\r\nvpn2611(config)#"})) as (device, _):
        device.configure(["encr 3des"])
        with pytest.raises(DeviceRefused, match="'end' did not leave configuration mode"):
            device.send_batch(["end"])
        assert not device.open


def test_a_banner_that_imitates_marks(tmp_path: Path) -> None:
    """Marks cannot be guessed: a configuration whose banner holds old ones is read to its end."""
    banner = "".join(f"{PROMPT}!nr-{number}\r\n{PROMPT}\r\n" for number in range(1, 9))
    answers = {"show running-config": echo("show running-config", f"version 12.2\r\nbanner motd ^C\r\n{banner}^C\r\nend\r\n")}
    with session(tmp_path, box(answers)) as (device, there):
        assert device.ask("show running-config").splitlines()[-1] == "end"
        device.ask("show clock")
    marks = [line for line in there.typed if line.startswith("!nr-")]
    assert len(set(marks)) == 2
    assert all(len(mark) >= 16 for mark in marks)


def test_a_banner_that_imitates_the_next_line(tmp_path: Path) -> None:
    """A configuration whose banner holds a prompt and the echo of what is typed next is read to its end, and so is the next."""
    shown = f"version 12.2\r\nbanner motd ^C\r\n{PROMPT}show startup-config\r\n{PROMPT}show clock\r\n^C\r\nend\r\n"
    answers = {line: echo(line, shown) for line in ("show running-config", "show startup-config")}
    with session(tmp_path, box(answers)) as (device, _):
        running, startup, clock = device.send_batch(["show running-config", "show startup-config", "show clock"])
    assert [reply.line for reply in (running, startup, clock)] == ["show running-config", "show startup-config", "show clock"]
    assert running.text == startup.text == shown.replace("\r", "").rstrip("\n")
    assert clock.text == ""


def test_security_warnings_are_taken_out_and_told(tmp_path: Path) -> None:
    """What IOS-XE warns of is no answer to the line, and is kept with the session and the reply; a refusal beside it stays."""
    warning = "SECURITY WARNING - Module: CRYPTO, Command: hash md5, Reason: weak, Remediation: sha256"
    answers = {
        "hash md5": f"hash md5\r\n{warning}\r\nvpn2611(config)#",
        "group 1": f"group 1\r\n{warning}\r\n% Command is blocked in secure mode\r\nvpn2611(config)#",
    }
    with session(tmp_path, box(answers)) as (device, _):
        _, taken, refused = device.configure(["hash md5", "group 1"])
        assert (taken.text, taken.warnings) == ("", (warning,))
        assert refused.text == "% Command is blocked in secure mode"
        assert device.warnings == [f"vpn2611: {warning}"]


@pytest.mark.parametrize("pager", [" --More-- ", "<--- More --->"])
def test_paging_that_cannot_be_switched_off(tmp_path: Path, pager: str) -> None:
    """Where the pager stands the session is ended, and the message says which line was refused."""
    answers = {"show version": f"show version\r\nversion 12.2\r\n{pager}"}
    with session(tmp_path, box(answers), timeout_seconds=1.0) as (device, _):
        with pytest.raises(SessionLost, match="pager, because 'terminal length 0' was refused"):
            device.ask("show version")
        assert not device.open


def test_a_refused_preparation_is_told(tmp_path: Path) -> None:
    """That ``terminal length 0`` is refused is told, also where the answers are short enough to be read without it."""
    refusal = echo("terminal length 0", "Command authorization failed.\r\n\r\n")
    with session(tmp_path, box({"terminal length 0": refusal})) as (device, _):
        assert device.ask("show clock") == ""
        assert device.warnings == ["vpn2611: 'terminal length 0' was answered with 'Command authorization failed.'"]


def test_letters_that_are_cut_in_two(tmp_path: Path) -> None:
    """A description in UTF-8 and one in Latin-1 are read alike each time, however the device cuts its answer."""
    text = "description Leitung München–Köln"
    with session(tmp_path, box({})) as (device, there):
        device.ask("show clock")
        for encoding in ("utf8", "cp1252"):
            for size in (1, 2, 3, 7):
                there.cut = (size, encoding)
                there.script = box({"show it": f"show it\r\n{text}\r\n{PROMPT}"})
                assert device.ask("show it") == text
