"""Every refusal of the server can be said in English: the sentences are read out of the code, where they are made."""

import ast
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages import mofile, pofile

from incident import sayings

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "incident" / "translations" / "en" / "LC_MESSAGES" / "refusals.po"
# room -> how many sentences the reader finds there at the least
ROOMS = {"gis": 30, "incident": 30, "alerts": 30, "radio_bridge": 6}
NOT_FOR_SCREENS = (
    "incident/bench/",
    "incident/drill/",
    "incident/commands.py",
    "incident/cli.py",
    "alerts/bulletins/cli.py",
)
# what makes a refusal, and which of its words is the sentence
MAKERS = {
    **dict.fromkeys(("Refused", "BadReport", "WrongState", "NotAllowed", "NotFound", "NotKnown", "Trimmed"), 0),
    **dict.fromkeys(("StaleWrite", "ValidationError", "BadFile", "BadShape", "BadPosition", "BadTrack", "BadCard"), 0),
    **dict.fromkeys(("BadTable", "BadLayer", "BadTiles", "BadAreas", "BadRunCard", "NoVoice"), 0),
    **dict.fromkeys(("problem", "_say"), 1),
}
FOR_THE_TERMINAL = ("There is no person named",)
GAP = "\0"
Words = set[str]


class Reader:
    """Reads sentences out of one file: each as text with GAP where something is filled in."""

    def __init__(self, path: Path):
        self.tree = ast.parse(path.read_text())
        self.functions = {one.name: one for one in ast.walk(self.tree) if isinstance(one, ast.FunctionDef)}

    def sentences(self) -> Iterator[str]:
        for scope in [self.tree, *self.functions.values()]:
            for call in self._calls(scope):
                yield from self.words(call.args[MAKERS[_name(call.func)]], scope)

    def _calls(self, scope: Any) -> Iterator[ast.Call]:
        for one in _own_nodes(scope):
            if isinstance(one, ast.Call) and len(one.args) > MAKERS.get(_name(one.func), 99):
                yield one

    def words(self, one: Any, scope: Any, deep: int = 0) -> Words:
        """What an expression may say; nothing where the sentence comes from elsewhere and is read there."""
        if deep > 6:
            return set()
        match one:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.JoinedStr(values=parts):
                return _joined([self._part(part, scope, deep + 1) or {GAP} for part in parts])
            case ast.IfExp(body=first, orelse=second):
                return self.words(first, scope, deep + 1) | self.words(second, scope, deep + 1)
            case ast.BoolOp(values=several):
                return set().union(*(self.words(each, scope, deep + 1) for each in several))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.words(side, scope, deep + 1) or {GAP} for side in (left, right)])
            case ast.Name(id=name):
                return self._assigned(name, scope, deep) or self._constant(name)
            case ast.Call(func=ast.Name(id=name)) if name in self.functions:
                return self._returned(self.functions[name], deep)
        return set()

    def _part(self, one: Any, scope: Any, deep: int) -> Words:
        """A piece of an f-string: its text, what a constant or a choice says, else a gap."""
        match one:
            case ast.FormattedValue(value=ast.IfExp() as inner):
                return self.words(inner, scope, deep)
            case ast.FormattedValue(value=ast.Name(id=name)) if name.isupper() or name.startswith("_"):
                return self._constant(name)
            case ast.FormattedValue():
                return {GAP}
        return self.words(one, scope, deep)

    def _assigned(self, name: str, scope: Any, deep: int) -> Words:
        found: Words = set()
        for one in _own_nodes(scope):
            if isinstance(one, ast.Assign) and any(name == _name(target) for target in one.targets):
                found |= self.words(one.value, scope, deep + 1)
        return found

    def _constant(self, name: str) -> Words:
        return self._assigned(name, self.tree, 5)

    def _returned(self, function: ast.FunctionDef, deep: int) -> Words:
        answers = [one.value for one in _own_nodes(function) if isinstance(one, ast.Return) and one.value]
        return set().union(*(self.words(one, function, deep + 1) for one in answers))


def _own_nodes(scope: Any) -> Iterator[ast.AST]:
    """The nodes of a function (or file) without those of the functions in it."""
    todo = list(ast.iter_child_nodes(scope))
    while todo:
        one = todo.pop()
        if isinstance(one, ast.FunctionDef):
            continue
        yield one
        todo.extend(ast.iter_child_nodes(one))


def _name(one: Any) -> str:
    return getattr(one, "id", getattr(one, "attr", ""))


def _joined(parts: list[Words]) -> Words:
    return {"".join(chosen) for chosen in itertools.product(*parts)}


def made_in(room: str) -> dict[str, str]:
    """Every sentence of a room -> the file that makes it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        if not str(path.relative_to(ROOT)).startswith(NOT_FOR_SCREENS):
            found |= {words: path.name for words in Reader(path).sentences() if _is_sentence(words)}
    return found


def _is_sentence(words: str) -> bool:
    return " " in words and not words.startswith(FOR_THE_TERMINAL)


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The catalogue as it is written now, whatever was compiled before; others read their own meanwhile."""
    file = tmp_path_factory.mktemp("translations") / "en" / "LC_MESSAGES" / f"{sayings.DOMAIN}.mo"
    file.parent.mkdir(parents=True)
    with CATALOGUE.open("rb") as written, file.open("wb") as made:
        mofile.write_mo(made, pofile.read_po(written, locale="en"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sayings, "HERE", file.parents[2])
        sayings.sayings.cache_clear()
        yield
    sayings.sayings.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize(("room", "least"), ROOMS.items())
def test_every_refusal_has_its_english(room: str, least: int) -> None:
    made = made_in(room)
    assert len(made) >= least, "the reader finds nothing any more"
    silent = [f"{path}: {words!r}" for words, path in made.items() if not _is_said(words)]
    assert not silent, "not in refusals.po:\n" + "\n".join(silent)


def _is_said(words: str) -> bool:
    """Whether it has its English, with everything that was filled in."""
    marks = (f"9{nth}7" for nth in itertools.count())
    filled = re.sub(GAP, lambda _: next(marks), words)
    said = sayings.found_in("en", filled)
    return said is not None and sorted(re.findall(r"9\d7", said)) == sorted(re.findall(r"9\d7", filled))


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    catalogue = pofile.read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")
    return {str(one.id): str(one.string) for one in catalogue if one.id}


def test_gaps_are_the_same_in_both_languages(english: dict[str, str]) -> None:
    gaps = re.compile(r"\{\w+\}")
    assert [key for key, said in english.items() if sorted(gaps.findall(key)) != sorted(gaps.findall(said))] == []


def test_no_sentence_is_taken_for_another(english: dict[str, str]) -> None:
    """The pattern of each finds itself, and not one that is looser."""
    for key, said in english.items():
        filled = re.sub(r"\{(\w+)\}", lambda gap: f"<{gap[1]}>", key)
        assert sayings.found_in("en", filled) == re.sub(r"\{(\w+)\}", lambda gap: f"<{gap[1]}>", said), key
