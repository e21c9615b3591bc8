"""The house rules of the code itself, read from its syntax trees: who may know a request, how long a function is."""

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from webapp.core.database import Base
from webapp.web.builds import ROOT

CODE = ROOT / "webapp"
KNOW_A_REQUEST = re.compile(
    r"(?:app|cli|doctor|serving)\.py|web/\w+\.py|demo/\w+\.py|core/database\.py|\w+/(?:\w+_)?(?:views|forms|access|cookies|checks|answers)\.py"
)
"""Files that may import flask or werkzeug. `cookies`, `checks` and `answers` are what a feature's views are made of."""
MEDIAN, NEARLY_ALL, FILE = 6, 28, 400
ACCESS_LOOK_UPS = {"accounts/sessions.py", "events/devices.py"}
"""Who is signed in, and on which door phone, is asked by a cookie alone: the two places that look at the clock."""
LAYERS = (
    ("core",),
    ("web",),
    ("accounts", "pwa"),
    ("circles",),
    ("events",),
    ("badges",),
    ("checkin",),
    ("contacts",),
    ("swaps",),
    ("followups",),
    ("introductions",),
    ("intentions",),
    ("chains",),
    ("people",),
    ("sync",),
    ("console",),
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every file of the package but migrations, by its name below webapp/."""
    files = [file for file in sorted(CODE.rglob("*.py")) if "versions" not in file.parts]
    return {str(file.relative_to(CODE)): ast.parse(file.read_text()) for file in files}


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module imported anywhere in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function below its signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_only_the_edges_know_a_request() -> None:
    edges = {"flask", "werkzeug", "flask_babel", "flask_sqlalchemy"}
    found = {
        name: sorted(known)
        for name, tree in modules().items()
        if not KNOW_A_REQUEST.fullmatch(name)
        and (known := {part.partition(".")[0] for part in imports(tree)} & edges)
        and not _for_types_only(name)
    }
    assert found == {}


def _for_types_only(name: str) -> bool:
    """`webapp/__init__.py` names Flask for type checkers alone."""
    return name == "__init__.py"


def test_features_use_what_is_below_them_and_acts_do_not_import_the_web() -> None:
    acts = {
        name: sorted(part for part in imports(tree) if part.startswith("webapp.web"))
        for name, tree in modules().items()
        if "/" in name and not KNOW_A_REQUEST.fullmatch(name) and name.partition("/")[0] not in {"web", "demo"}
    }
    # Words, dates, file names, shapes: no request.
    allowed = {f"webapp.web.{name}" for name in ("words", "templating", "builds", "pair_picture")}
    assert {name: uses for name, uses in acts.items() if set(uses) - allowed} == {}


def test_the_import_contract_leaves_nothing_out() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = settings["contracts"]
    layered = set(re.findall(r"\w+", " ".join(contract["layers"])))
    packages = {folder.parent.name for folder in CODE.glob("*/__init__.py")} - {"migrations"}
    assert contract["type"] == "layers"
    assert "ignore_imports" not in contract
    assert packages <= layered


def test_relationships_and_foreign_keys_point_downhill() -> None:
    heights = {name: height for height, names in enumerate(LAYERS) for name in names}
    uphill = []
    owners = {str(mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}
    for mapper in Base.registry.mappers:
        own = heights[mapper.class_.__module__.split(".")[1]]
        others = [relation.mapper.class_ for relation in mapper.relationships]
        others += [owners[str(key.column.table)] for key in mapper.local_table.foreign_keys]
        uphill += [f"{mapper.class_} → {other}" for other in others if heights[other.__module__.split(".")[1]] > own]
    assert uphill == []


def test_relationships_never_start_a_query_from_a_template() -> None:
    lazy = [str(r) for mapper in Base.registry.mappers for r in mapper.relationships if r.lazy != "raise_on_sql"]
    assert lazy == []


def test_models_stand_on_our_own_base_and_are_asked_by_select() -> None:
    found = []
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else ""
                model = owner == "db" and node.attr in {"Model", "Column", "relationship", "Table"}
                asked = node.attr == "query" and owner[:1].isupper()
                found += [f"{name}:{node.lineno} {owner}.{node.attr}"] if model or asked else []
    assert found == []


def test_every_feature_says_what_it_is_and_nobody_keeps_a_drawer_of_odds_and_ends() -> None:
    silent = [name for name, tree in modules().items() if not ast.get_docstring(tree)]
    drawers = [name for name in modules() if re.search(r"(?:services|utils|helpers|managers|common|misc)\.py$", name)]
    assert (silent, drawers) == ([], [])


def test_public_functions_and_classes_say_what_they_promise() -> None:
    dumb = []
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                dumb += [f"{name}:{node.lineno} {node.name}"] if not ast.get_docstring(node) else []
    assert dumb == []


def test_functions_and_files_are_short() -> None:
    all_of_them = [(name, f) for name, tree in modules().items() for f in functions(tree)]
    lengths = {f"{name}:{f.lineno} {f.name}": body_lines(f) for name, f in all_of_them}
    long = {name: lines for name, lines in lengths.items() if lines > NEARLY_ALL}
    sizes = {name: len((CODE / name).read_text().splitlines()) for name in modules()}
    assert statistics.median(lengths.values()) <= MEDIAN
    assert statistics.quantiles(lengths.values(), n=100)[94] <= NEARLY_ALL
    assert len(long) <= len(lengths) / 20, long
    assert {name: lines for name, lines in sizes.items() if lines > FILE} == {}


def test_acts_take_who_and_when_and_never_commit() -> None:
    found = []
    for name, tree in modules().items():
        if KNOW_A_REQUEST.fullmatch(name) or not re.fullmatch(r"[a-z]+/\w+\.py", name) or name.endswith("/jobs.py"):
            continue
        if name.partition("/")[0] in {"core", "migrations"} or name.endswith("/mails.py"):
            continue
        acts = [f for f in functions(tree) if "Tools" not in ast.unparse(f.args)]  # what gets the tools is a job
        for node in (node for act in acts for node in ast.walk(act)):
            if isinstance(node, ast.Attribute) and node.attr == "commit":
                found.append(f"{name}:{node.lineno} commits")
            clock = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "now"
            if clock and name not in ACCESS_LOOK_UPS:
                found.append(f"{name} looks at the clock")
    assert found == []


def test_no_code_names_this_machine() -> None:
    # bin/environment is what knows where machines keep their libraries.
    places = re.compile(
        r"(?<![\w/.])/(?:home|root|work|tmp|Users|opt|srv)/\w|https?://(?!\{)(?!mix\.example\.org)[\w.-]*\.(?:com|net|io|dev)\b"
    )
    folders = ("webapp", "templates", "static/js", "static/css", "bin")
    files = [
        file
        for folder in folders
        for file in sorted((ROOT / folder).rglob("*"))
        if _is_text(file) and file.name != "environment"
    ]
    found = [f"{file.relative_to(ROOT)}: {match}" for file in files for match in places.findall(file.read_text())]
    assert found == []


def _is_text(file: Path) -> bool:
    return (
        file.is_file()
        and file.suffix in {"", ".py", ".html", ".txt", ".js", ".css", ".toml", ".mako"}
        and "vendor" not in file.parts
    )


def test_every_verdict_of_the_door_has_its_template() -> None:
    from typing import get_args

    from webapp.checkin import verdicts

    words = {cls.word for cls in (*get_args(verdicts.Admission), *get_args(verdicts.UndoVerdict))}
    files = {file.stem for file in (ROOT / "templates/checkin/verdicts").glob("*.html")}
    assert words == files
    assert {cls.name for cls in _dataclasses("checkin/verdicts.py")} == {
        cls.__name__ for cls in (*get_args(verdicts.Admission), *get_args(verdicts.UndoVerdict))
    }


def test_every_verdict_of_a_swap_is_answered() -> None:
    answered = {name for node in ast.walk(modules()["swaps/answers.py"]) for name in _cases(node)}
    views = (CODE / "swaps/views.py").read_text()
    assert {cls.name for cls in _dataclasses("swaps/verdicts.py")} - answered - {
        "Withdrawn",
        "Blocked",
        "Unblocked",
        "GaveToAll",
        "SlideMade",
        "SlideEnded",
    } == set()
    assert "withdraw(" in views  # its answer is the page it was asked from
    words = {name.removesuffix(".html") for name in _sheets()}
    from webapp.swaps.answers import PLAIN_SHEETS

    assert {word.replace("-", "_") for word in PLAIN_SHEETS} | {"met", "kept", "explain_first", "not_in_yet"} == words


def _sheets() -> set[str]:
    return {file.name for file in (ROOT / "templates/swaps/sheets").glob("[!_]*.html")}


def _cases(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name):
        yield node.cls.id


def _dataclasses(name: str) -> list[ast.ClassDef]:
    return [node for node in modules()[name].body if isinstance(node, ast.ClassDef) and node.decorator_list]
