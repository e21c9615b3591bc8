"""What our templates are made of, read from their sources."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, meta, nodes

from webapp.web.assets import TEMPLATES

_NEEDS = re.compile(r"\{# needs:\s*([\w, ]*?)\s*#\}")
_ASIDE = re.compile(
    r"\{#.*?#\}|\{%-? macro .*?endmacro -?%\}|\{%-? set \w+ -?%\}.*?endset -?%\}|\{% (?:set|from|import) [^%]*%\}", re.S
)
_ROOT = re.compile(r"<[a-z][\w-]*\b[^>]*?\sid=\"((?:[^\"{]|\{\{.*?\}\})+)\"|<[a-z][\w-]*\b[^>]*>", re.S)


@dataclass(frozen=True)
class Template:
    """One template file: its name below templates/, its text."""

    name: str
    source: str

    @property
    def noun(self) -> str:
        """What a fragment is called: its file's name without the underscore, as ids are written."""
        return Path(self.name).stem.removeprefix("_").replace("_", "-")

    @property
    def is_fragment(self) -> bool:
        """Whether it is a region of a page that a write may answer with: it stands in a feature and has a root."""
        return bool(re.fullmatch(r"\w+/_\w+\.html", self.name)) and self.root is not None

    @property
    def is_macros(self) -> bool:
        """Whether it only defines macros, which say in their own line what they take."""
        return self.name.endswith(".html") and self.root is None and "{% macro" in self.source.replace("{%- ", "{% ")

    @property
    def declared(self) -> set[str] | None:
        """What its first line says it needs; None when the first line says nothing."""
        match = _NEEDS.match(self.source)
        return set(filter(None, re.split(r",\s*", match[1]))) if match else None

    @property
    def root(self) -> str | None:
        """The id of its first element, `""` if that has none; None for a file of macros only."""
        body = _ASIDE.sub("", self.source)
        match = _ROOT.search(body)
        return (match[1] or "") if match else None


@cache
def all_templates() -> dict[str, Template]:
    """Every template by its name."""
    files = [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt", ".js"}]
    return {name: Template(name, path.read_text()) for path in files for name in [str(path.relative_to(TEMPLATES))]}


def features() -> list[Template]:
    """Templates of the features: what is not a layout, a part or a mail."""
    return [t for t in all_templates().values() if t.name.split("/")[0] not in {"_layout", "_parts", "mail"}]


@dataclass(frozen=True)
class Needs:
    """Names a template uses: always, only in some file it may include, and globals of ours given anew."""

    certain: frozenset[str]
    possible: frozenset[str]
    overridden: frozenset[str] = frozenset()


@cache
def needs_of(environment: Environment, name: str) -> Needs:
    """What must be given to this template, its layouts and what it includes, but our globals."""
    tree = environment.parse(all_templates()[name].source)
    certain = set(meta.find_undeclared_variables(tree))
    possible = set(_asked_whether_defined(tree))
    for other, sure in _others(tree):
        theirs = needs_of(environment, other)
        (certain if sure else possible).update(theirs.certain)
        possible |= theirs.possible | theirs.overridden
    own, ours = _assigned(tree), set(environment.globals)
    certain, possible = certain - own, possible - own
    optional = _asked_whether_defined(tree) | ours
    return Needs(frozenset(certain - optional), frozenset(possible - ours), frozenset((certain | possible) & ours))


def _asked_whether_defined(tree: nodes.Template) -> set[str]:
    tests = [test.node for test in tree.find_all(nodes.Test) if test.name == "defined"]
    return {node.name for node in tests if isinstance(node, nodes.Name)}


def _assigned(tree: nodes.Template) -> set[str]:
    """Names set, looped over or imported here: Jinja does not see that a block may use those of the top."""
    imported = {name for node in tree.find_all(nodes.FromImport) for name in node.names}
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in {"store", "param"}}
    return stored | {name[1] if isinstance(name, tuple) else name for name in imported}


def _others(tree: nodes.Template) -> list[tuple[str, bool]]:
    """Templates this one extends or includes, and whether that is certain or chosen when it is drawn."""
    found = []
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        assert isinstance(node, nodes.Extends | nodes.Include)
        if isinstance(node.template, nodes.Const):
            found.append((str(node.template.value), True))
        else:
            first = next(node.template.find_all(nodes.Const)).value
            found += [(name, False) for name in all_templates() if name.startswith(str(first))]
    return found
