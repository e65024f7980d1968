"""Every regular expression of the service, how it is used, and hostile texts for it, made from its own parts."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import service

METHODS = frozenset({"search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"})
_WALKING = frozenset({"finditer", "findall", "sub", "subn", "split"})
_SIGNS = "a1 A\n,.-'\"é’“:;/_(<\t\u00a0x0Z$%—"
_PUMPS = ("a", "A", " ", "\n", "1", "A ", "a ", ",", '"', "1,", "'", "\n ", ".", "-", "_", "*")
_VARIANTS = 1
_LONG = 12
"""From so many repetitions on, a bounded repeat is pumped like an unbounded one."""


@dataclasses.dataclass
class Used:
    """A pattern, the ways it is run (`finditer` stands for all that walk a text), and where."""

    pattern: re.Pattern[Any]
    ways: set[str] = dataclasses.field(default_factory=set)
    places: set[str] = dataclasses.field(default_factory=set)


@cache
def all_patterns() -> list[Used]:
    """The patterns in names, containers, caches and partials of each module, and those written where they are run."""
    found: dict[tuple[Any, int], Used] = {}
    modules = [importlib.import_module(info.name) for info in pkgutil.walk_packages(service.__path__, "service.")
               if ".migrations" not in info.name]
    trees = {module.__name__: ast.parse(Path(str(module.__file__)).read_text("utf-8")) for module in modules}
    calls = {name: _calls(tree) for name, tree in trees.items()}
    everywhere: defaultdict[str, set[str]] = defaultdict(set)
    for of_module in calls.values():
        for name, ways in of_module.items():
            everywhere[name] |= ways
    for module in modules:
        names = vars(module)
        loose = {way for name, ways in calls[module.__name__].items() if name not in names for way in ways}
        for name, value in list(names.items()):
            if name.startswith("__"):
                continue
            for pattern in _within(value, set(), 0):
                used = found.setdefault((pattern.pattern, pattern.flags), Used(pattern))
                here = calls[module.__name__].get(name, set()) | (set() if name[0] == "_" else everywhere[name])
                used.ways |= {_way(way) for way in (here if value is pattern else here | loose)}
                used.places.add(f"{module.__name__}.{name}")
        for way, pattern, line in _written_there(trees[module.__name__], names):
            used = found.setdefault((pattern.pattern, pattern.flags), Used(pattern))
            used.ways.add(_way(way))
            used.places.add(f"{module.__name__}, line {line}")
    for used in found.values():
        used.ways = used.ways or {"search"}
    return [used for used in found.values() if isinstance(used.pattern.pattern, str)]


def _way(method: str) -> str:
    return "finditer" if method in _WALKING else method


def _within(value: Any, seen: set[int], depth: int) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value."""
    if isinstance(value, re.Pattern):
        yield value
        return
    if depth > 6 or id(value) in seen or isinstance(value, ModuleType):
        return
    seen.add(id(value))
    parts: Any = ()
    if isinstance(value, Mapping):
        parts = [*value.keys(), *value.values()] if len(value) < 3_000 else ()
    elif isinstance(value, tuple | list | set | frozenset):
        parts = value if len(value) < 3_000 else ()
    elif isinstance(value, partial):
        parts = (*value.args, *value.keywords.values())
    elif isinstance(value, type):
        parts = vars(value).values() if value.__module__.startswith("service") else ()
    elif dataclasses.is_dataclass(value):
        parts = [getattr(value, one.name, None) for one in dataclasses.fields(value)]
    elif hasattr(value, "cache_info") and getattr(value, "__module__", "").startswith("service.") and not (
            getattr(value, "__wrapped__").__code__.co_argcount):  # noqa: B009
        returned = value.__wrapped__.__annotations__.get("return", "")
        parts = (value(),) if "Pattern" in str(returned) else ()
    for part in parts:
        yield from _within(part, seen, depth + 1)


def _calls(tree: ast.Module) -> dict[str, set[str]]:
    """By the name it is called on: the methods of a pattern that a module calls."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            of = node.value
            while isinstance(of, ast.Subscript):
                of = of.value
            name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else "?"
            if name != "re":
                found[name].add(node.attr)
    return found


def _written_there(tree: ast.Module, names: Mapping[str, Any]) -> Iterator[tuple[str, re.Pattern[Any], int]]:
    """The patterns given to `re` where they are run, as far as the module's own names make them up."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS
                and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
            continue
        place = {"sub": 4, "subn": 4, "split": 3}.get(node.func.attr, 2)
        flags = next((one.value for one in node.keywords if one.arg == "flags"), None)
        flags = node.args[place] if len(node.args) > place else flags
        try:
            pattern = _value(node.args[0], names)
            yield node.func.attr, re.compile(pattern, _value(flags, names) if flags else 0), node.lineno
        except NameError:
            continue


def _value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "<pattern>", "eval"), dict(names))


def hostile_texts(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """Texts as (beginning, what is repeated, end): each repeat of the pattern fed with what it takes, after what
    leads there, and before what it can't end with; runs of common signs; the pattern's own words again and again."""
    draw = random.Random(1)
    tree = parser.parse(pattern.pattern, pattern.flags)
    seen: set[tuple[str, str, str]] = set()
    for one in _texts(tree, draw):
        if one[1] and one not in seen:
            seen.add(one)
            yield one


def _texts(tree: Any, draw: random.Random) -> Iterator[tuple[str, str, str]]:
    for sign in _PUMPS:
        yield "", sign, "\0"
    for _ in range(_VARIANTS):
        whole = _sample(tree, draw)
        yield "", whole, "\0"
        yield "", whole[:-1], "\0"
    for before, body in _repeats(tree, []):
        for _ in range(_VARIANTS):
            lead, fed = _sample(before, draw), _sample(body, draw)
            yield lead, fed, "\0"
            yield "", lead + fed, "\0"
            yield "", fed, "\n\x01"


def _repeats(tree: Any, before: list[Any]) -> Iterator[tuple[list[Any], Any]]:
    """What leads to each repeat that may run long, and what it repeats."""
    before = list(before)
    for code, given in tree:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, most, body = given
            if most is op.MAXREPEAT or most >= _LONG:
                yield list(before), body
            yield from _repeats(body, before)
        elif code is op.BRANCH:
            for branch in given[1]:
                yield from _repeats(branch, before)
        elif code is op.SUBPATTERN:
            yield from _repeats(given[3], before)
        elif code is op.ATOMIC_GROUP:
            yield from _repeats(given, before)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            yield from _repeats(given[1], before)
        before.append((code, given))


def _sample(tree: Any, draw: random.Random) -> str:
    """A text that these parts take, look-arounds aside."""
    made = []
    for code, given in tree:
        if code is op.LITERAL:
            made.append(chr(given))
        elif code is op.NOT_LITERAL:
            made.append(draw.choice([sign for sign in _SIGNS if ord(sign) != given]))
        elif code is op.ANY:
            made.append(draw.choice("a 1"))
        elif code is op.IN:
            made.append(draw.choice(_taken(given)))
        elif code is op.BRANCH:
            made.append(_sample(draw.choice(given[1]), draw))
        elif code is op.SUBPATTERN:
            made.append(_sample(given[3], draw))
        elif code is op.ATOMIC_GROUP:
            made.append(_sample(given, draw))
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = given
            times = max(least, min(1, int(most))) if draw.random() < 0.7 else least
            made += [_sample(body, draw) for _ in range(times)]
    return "".join(made)


def _taken(items: Any) -> list[str]:
    """A few signs that a class takes."""
    own = [chr(given if code is op.LITERAL else given[0]) for code, given in items if code in (op.LITERAL, op.RANGE)]
    return [sign for sign in (*_SIGNS, *own) if _takes(items, sign)][:8] or ["a"]


def _takes(items: Any, sign: str) -> bool:
    kinds = {"DIGIT": sign.isdigit(), "SPACE": sign.isspace(), "WORD": sign.isalnum() or sign == "_"}
    negated, found = False, False
    for code, given in items:
        if code is op.NEGATE:
            negated = True
        elif code is op.LITERAL:
            found |= ord(sign) == given
        elif code is op.RANGE:
            found |= given[0] <= ord(sign) <= given[1]
        elif code is op.CATEGORY:
            kind = str(given).removeprefix("CATEGORY_").removeprefix("UNI_")
            found |= kinds[kind.removeprefix("NOT_")] != kind.startswith("NOT_")
    return found != negated
