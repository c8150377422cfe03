"""The web process: what its threads raise reaches the one who asked, and nobody else."""

import subprocess
import sys

PROGRAM = """
import gevent
from incident.serve import quietly

run_apart = quietly(gevent.get_hub().threadpool.apply)
print(run_apart(lambda: 40 + 2))
try:
    run_apart(lambda: int("Inaq Sahnim"))
except ValueError as failure:
    print("raised here:", type(failure).__name__)
"""


def test_a_failure_off_the_loop_is_raised_where_it_was_asked_for_and_leaves_no_words_in_the_log():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=300, check=True)
    assert ran.stdout == "42\nraised here: ValueError\n"
    assert ran.stderr == ""
