"""The console writes whole lines, once each, with nobody's address on them."""

import json
from pathlib import Path

import pytest

from alerts.channels.console import ConsoleChannel, ConsoleSettings
from tests.alerts.channel_fakes.kit import WORDS, message


def test_a_line_on_standard_output_holds_the_alert_and_no_address(capsys: pytest.CaptureFixture[str]):
    receipt = ConsoleChannel(ConsoleSettings()).deliver(
        message("081234500077", exercise=True, text="LATIHAN. " + WORDS)
    )
    line = capsys.readouterr().out
    told = json.loads(line)
    assert (told["text"], told["exercise"], receipt.state) == ("LATIHAN. " + WORDS, True, "sent")
    assert "0812345" not in line


def test_lines_are_added_and_never_written_over(tmp_path: Path):
    path = tmp_path / "siaran.jsonl"
    for number in range(3):
        ConsoleChannel(ConsoleSettings(path=str(path))).deliver(message("x", alert_id=number))
    assert [json.loads(line)["alert_id"] for line in path.read_text().splitlines()] == [0, 1, 2]


def test_a_folder_that_is_not_there_is_down():
    channel = ConsoleChannel(ConsoleSettings(path="/nowhere/siaran.jsonl"))
    assert channel.check().state == "down"
    assert channel.deliver(message("x")).state == "again"
