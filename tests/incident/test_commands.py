"""The `posko` command as a technician types it: sentences, exit codes, and nothing lost."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from incident.cli import main, root
from tests.clusters import find_bin


@dataclass
class Ended:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


class Shell:
    """Runs `posko` on one database and folder, in this process: a new interpreter for each word would cost a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, url: str, folder: Path):
        self.patch = monkeypatch
        self.env = {"POSKO_DATABASE": url, "POSKO_DATA": str(folder)}

    def __call__(self, *words: str, given: str = "", **env: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with self.patch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            for name, value in (self.env | env).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.StringIO(given))
            code = _code_of(list(words))
        return Ended(code, out.getvalue(), err.getvalue())


def _code_of(words: list[str]) -> int:
    try:
        main(words)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture
def posko(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> Shell:
    return Shell(monkeypatch, database_url, tmp_path / "var")


def test_a_person_and_a_token_are_made_and_the_token_stands_alone_on_a_line(posko):
    assert (
        posko("person", "add", "sari", "--role", "call_taker", "--password-stdin", given="rahasia1\n").returncode == 0
    )
    made = posko("token", "add", "sari")
    assert made.returncode == 0
    assert made.stdout.count("\n") == 1 and made.stdout.startswith("posko_")


def test_what_is_wrong_is_a_sentence_with_the_right_exit_code(posko):
    for words, given, code in (
        (("person", "add", "sari", "--role", "king", "--password-stdin"), "rahasia-panjang\n", 2),
        (("person", "add", "sari", "--role", "admin", "--password-stdin"), "short\n", 1),
        (("token", "add", "nobody"), "", 1),
        (("backup", "/proc/no-such-folder/posko.db"), "", 1),
        (("person", "add"), "", 2),
        (("no-such-command",), "", 2),
    ):
        ended = posko(*words, given=given)
        assert ended.returncode == code, words
        assert ended.stderr.strip() and "Traceback" not in ended.stderr


def test_a_bad_setting_stops_every_command_and_is_named(posko):
    ended = posko("journal", "verify", POSKO_BIND="everywhere")
    assert ended.returncode == 2
    assert "POSKO_BIND" in ended.stderr and "Traceback" not in ended.stderr


def test_the_journal_is_verified_and_a_changed_entry_is_named(posko, post):
    posko("person", "add", "sari", "--role", "call_taker", "--password-stdin", given="rahasia-panjang\n")
    posko("person", "add", "dewi", "--role", "dispatcher", "--password-stdin", given="rahasia-panjang\n")
    assert json.loads(posko("journal", "verify", "--json").stdout) == {"head": 2, "faults": []}
    with post.database.writer.connect() as conn:
        conn.exec_driver_sql("UPDATE journal SET body = replace(body, 'sari', 'sara') WHERE seq = 1")
        conn.commit()
    found = posko("journal", "verify", "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["faults"] == ["Entry 1 was changed after it was written."]


def test_a_backup_is_put_back_and_the_chain_holds(posko, tmp_path, database_url):
    posko("person", "add", "sari", "--role", "call_taker", "--password-stdin", given="rahasia-panjang\n")
    path = tmp_path / "copy.db"
    tools = (
        f"{find_bin()}{os.pathsep}{os.environ['PATH']}" if database_url.startswith("postgresql") else os.environ["PATH"]
    )
    assert posko("backup", str(path), PATH=tools).returncode == 0
    posko("person", "add", "dewi", "--role", "dispatcher", "--password-stdin", given="rahasia-panjang\n")
    put_back = posko("restore", str(path), "--force", PATH=tools)
    assert put_back.returncode == 0, put_back.stderr
    assert json.loads(posko("journal", "verify", "--json").stdout) == {"head": 1, "faults": []}


def test_a_backup_never_overwrites_and_a_broken_one_is_never_put_back(posko, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database")
    assert posko("backup", str(path)).returncode == 2
    assert posko("restore", str(path), "--force").returncode == 1
    assert path.read_text() == "not a database"


def leaves(command: click.Command, *words: str) -> Iterator[tuple[str, str]]:
    """Every command that can be typed below this one, with its help."""
    context = click.Context(command, info_name=words[-1])
    if not isinstance(command, click.Group):
        yield " ".join(words), command.get_help(context)
        return
    for name in command.list_commands(context):
        if (below := command.get_command(context, name)) is not None:
            yield from leaves(below, *words, name)


def test_every_command_explains_itself_with_an_example():
    helps = dict(leaves(root, "posko"))
    assert len(helps) > 40
    assert [name for name, said in helps.items() if "Example:" not in said] == []
