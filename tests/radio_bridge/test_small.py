"""The radio's process stays small: what it never needs is not loaded, and what it may need later still can be."""

import subprocess
import sys

import pytest

LOOK = """
import sys
from incident.cli import root
assert root.get_command(None, "radio") is not None
loaded = {name for name in ("shapely", "numpy", "rich", "textual", "flask", "folium") if name in sys.modules}
assert not loaded, loaded
from geoalchemy2.shape import to_shape
from geoalchemy2.elements import WKTElement
assert to_shape(WKTElement("POINT(1 2)")).x == 1
"""


@pytest.mark.slow
def test_the_radio_loads_neither_shapes_nor_screens_and_shapes_still_work_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
