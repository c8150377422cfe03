"""`posko figures` says what the page says."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from incident import commands
from incident.figures.cli import figures
from incident.figures.rules import MEASURES
from tests.incident.figures_rows import fill

PERIOD = ["--from", "2026-10-01", "--to", "2026-10-31"]


@pytest.fixture
def say(post, cast, monkeypatch):
    """Run the command on the test's own database."""
    fill(post, cast.units.values(), 40)
    monkeypatch.setattr(commands, "_post", lambda: post)
    return lambda *words: CliRunner().invoke(figures, [*PERIOD, *words])


def test_json_csv_and_the_table_hold_the_same_numbers(say):
    told = json.loads(say("--json").output)
    lines = list(csv.DictReader(io.StringIO(say("--csv").stdout_bytes.decode("utf-8-sig"))))
    alls = {line["measure"]: line for line in lines[: len(MEASURES)]}
    for code, figure in told["total"].items():
        assert int(alls[code]["n"]) == figure["n"]
        assert (float(alls[code]["p90_s"]) if alls[code]["p90_s"] else None) == figure["p90_s"]
    assert f"{told['total']['travel']['p90_s']:.1f}" in say().output


def test_two_forms_at_once_are_a_wrong_call(say):
    assert say("--json", "--csv").exit_code == 2


def test_a_day_that_is_none_is_a_wrong_call(say):
    assert say("--from", "kemarin").exit_code == 2


def test_a_period_the_wrong_way_round_is_refused(say):
    answer = say("--to", "2026-09-01")
    assert answer.exit_code == 1 and "Tanggal awal" in str(answer.exception)
