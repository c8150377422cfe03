"""What a stranger reads is whole: every setting, role, kind and command stands in the docs, and the tables are ours.

`python -m tests.house.test_docs` writes the two printed pages anew.
"""

from pathlib import Path

import pytest

import alerts.bulletins.feed_actions
import alerts.routes
import incident.join
import radio_bridge.actions
import radio_bridge.keys.entries
import radio_bridge.net.entries
from incident import journal, rules
from incident.cli import COMMANDS, root
from incident.config import Settings

ROOT = Path(__file__).parents[2]
PAGES = {path.name: path.read_text() for path in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"]}
JOURNAL = """# The journal

One append-only table; everything that happens is a line of it. An entry has `seq` (gapless, in the order of the
commits), `at` (UTC), `kind`, `incident_id` or nothing, `by`, `uid` (the sender's key, so that a repeated submission is
harmless), `body` (facts, as canonical JSON), `prev_hash` and `hash`: SHA-256 over every other column.
`posko journal verify` finds a changed, missing, swapped or inserted entry, and an end cut off behind what a reader had
read already. A kind that is not in this table cannot be written.

| kind | what happened |
|---|---|
"""
PEOPLE = """# People

A person has a name, one role, and for some roles a unit (field), an agency (agency) or an area (village).
`posko person add NAME --role ROLE` lets someone in, `posko token add NAME` prints an API token once. A log-in ends by
log-out or revocation, never by a clock; a revoked person's screens close within two seconds. Secrets are kept as
argon2id, sessions and tokens as hashes. Ten wrong guesses a minute from one address, then a wait.

## What a role may do

{may}

## What a role sees

`own`: its unit's, its agency's or its area's. What is not seen is left out when it is read: of the snapshot, of the
live push and of the replay alike.

{sees}
"""
SEES = {"all": "all", "own": "own", "sent": "approved", "none": "no"}


def journal_page() -> str:
    """docs/journal.md, printed from the kinds that the rooms declare."""
    assert alerts.routes and radio_bridge.actions and incident.join  # every room declares its kinds when it is read
    lines = [f"| `{kind}` | {sentence} |" for kind, sentence in sorted(journal.KINDS.items())]
    return JOURNAL + "\n".join(lines) + "\n"


def people_page() -> str:
    """docs/people.md, printed from the tables of roles."""
    verbs = sorted(frozenset().union(*rules.ROLE_VERBS.values()))
    head = "| | " + " | ".join(rules.ROLES) + " |"
    rule = "|---|" + "---|" * len(rules.ROLES)
    may = [
        f"| `{verb}` | " + " | ".join("yes" if rules.may(role, verb) else "" for role in rules.ROLES) + " |"
        for verb in verbs
    ]
    sees = [
        f"| {name} | " + " | ".join(SEES[rules.ROLE_SEES[role][name]] for role in rules.ROLES) + " |"
        for name in rules.COLLECTIONS
    ]
    return PEOPLE.format(may="\n".join([head, rule, *may]), sees="\n".join([head, rule, *sees]))


PRINTED = {"journal.md": journal_page, "people.md": people_page}


@pytest.mark.parametrize("name", PRINTED)
def test_a_printed_page_says_what_the_tables_say(name: str):
    assert PAGES.get(name) == PRINTED[name](), "run `python -m tests.house.test_docs`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_and_describes_itself(name: str):
    assert f"`POSKO_{name.upper()}`" in PAGES["operations.md"]
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named_in_the_docs(name: str):
    assert any(f"posko {name}" in page for page in PAGES.values()), name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str):
    from click import Context

    command = root.get_command(Context(root), name)
    assert command is not None and (command.help or command.short_help)


def test_no_page_leads_to_a_file_that_is_not_there():
    import re

    for name, page in PAGES.items():
        folder = ROOT if name == "README.md" else ROOT / "docs"
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page):
            assert (folder / target).exists(), (name, target)


if __name__ == "__main__":
    for name, page in PRINTED.items():
        (ROOT / "docs" / name).write_text(page())
