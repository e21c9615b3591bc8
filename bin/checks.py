"""Run every check of the project and count: what bin/test does once the machine is ready.

Each stage is a command of its own and prints one line with its time; what it said follows only if it failed. All
stages run, whatever happens to the others. A style check counts as one; tests count one by one. The last line is
`N passed, N failed`, and the exit status is 1 if anything failed.

Chromium's tests that fail are run once more, by themselves. One that passes then counts as passed and is named in the
stage's line, with what it said at first below; one that fails twice has failed.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "checks"
PYTHON = sys.executable
NO_CHROMIUM = "Chromium is missing. To add it: sudo apt-get install chromium (macOS: brew install --cask chromium)"


NO_DATABASE = tuple(
    f"--ignore-glob=*/test_{name}.py"
    for name in (
        *(
            "views*",
            "pdf",
            "sheet",
            "vcard",
            "child",
            "fitting",
            "faces",
            "tables",
            "charsets",
            "qr",
            "text",
            "printing",
        ),
        *("logos", "photos", "card_words", "common_ground", "starters", "wording", "notices", "collecting", "search"),
        *("taking_along", "placing", "titles", "import_command"),
    )
)
"""Pages, paper, pictures and text are the same whatever the database."""


@dataclass(frozen=True)
class Stage:
    """A command that says yes or no; with a report, a JUnit file that says how often.

    `again` are words added to the command to run what failed once more, and where the report of that goes.
    """

    name: str
    command: tuple[str, ...]
    report: Path | None = None
    seconds: int = 300
    obstacle: str = ""
    again: tuple[str, ...] = ()
    report_again: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What a stage came to; `skipped` is told but neither passed nor failed, `late` passed on the second try only."""

    stage: Stage
    passed: int
    failed: int
    skipped: int
    seconds: float
    said: str
    late: list[str] = field(default_factory=list)


def tool(name: str) -> str:
    """A command of this environment."""
    return str(Path(PYTHON).parent / name)


def style_stages() -> list[Stage]:
    """What reads the code without running it, slowest first so that two hands finish together."""
    return [
        Stage("mypy", (tool("mypy"),)),
        Stage("djlint", (tool("djlint"), "templates", "--lint", "--quiet")),
        Stage("tsc", ("node_modules/.bin/tsc", "--project", "tsconfig.json")),
        Stage("ruff check", (tool("ruff"), "check", "--quiet")),
        Stage("ruff format", (tool("ruff"), "format", "--check", "--quiet")),
        Stage("imports", (tool("lint-imports"),)),
        node_stage(),
    ]


def node_stage() -> Stage:
    """The browser's pure modules under node's own test runner."""
    report = REPORTS / "node.xml"
    reporters = ("--test-reporter=spec", "--test-reporter-destination=stdout")
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").rglob("*.test.js"))
    junit = ("--test-reporter=junit", f"--test-reporter-destination={report}")
    return Stage(
        "node", ("node", "--test", *reporters, *junit, *files), report, obstacle="" if files else "No *.test.js"
    )


def pytest_stage(name: str, marked: str, seconds: int, *more: str) -> Stage:
    """The tests that carry these marks, two files at a time: what a file has built once serves all its tests."""
    report = REPORTS / f"{name}.xml"
    options = ("-q", "-n", "2", "--dist", "loadfile", "--no-header", "-m", marked, f"--junitxml={report}", *more)
    return Stage(name, (PYTHON, "-m", "pytest", *options), report, seconds)


def postgresql_stage(marked: str, seconds: int, *, every: bool) -> Stage:
    """Acts, migrations and concurrency on a real PostgreSQL; pages are audited on SQLite, unless all is asked for."""
    pages = ("architecture", "setup", "web", "pwa", "people", "badges", "console", "demo", "relay")
    skipped = () if every else (*(f"--ignore=tests/{folder}" for folder in pages), *NO_DATABASE)
    return pytest_stage("postgresql", marked, seconds, "--database=postgresql", *skipped)


def browser_stage(marked: str, seconds: int) -> Stage:
    """The tests that drive Chromium. Without one they fail and say so."""
    stage = second_try(pytest_stage("browser", marked, seconds))
    return stage if os.environ.get("MIXWELL_CHROMIUM") else replace(stage, obstacle=NO_CHROMIUM)


def second_try(stage: Stage) -> Stage:
    """The same, but what fails is run once more."""
    report = REPORTS / f"{stage.name}-again.xml"
    # Its own memory of what failed: another stage, or somebody at the keyboard, would write into pytest's usual one.
    memory = ("-o", f"cache_dir={REPORTS / f'{stage.name}-cache'}")
    again = ("--last-failed", "--last-failed-no-failures=none", f"--junitxml={report}")
    return replace(stage, command=(*stage.command, *memory), again=again, report_again=report)


def test_stages(*, every: bool, fast: bool) -> list[Stage]:
    """What runs the product, one after the other: each already uses both cores."""
    pace, seconds = ("", 7200) if every else (" and not slow", 1500)
    inside = f"not browser{pace}"
    stages = [pytest_stage("sqlite", inside, seconds), postgresql_stage(inside, seconds, every=every)]
    if not fast:
        stages.append(browser_stage(f"browser{pace}", seconds))
    return stages


def run(stage: Stage) -> Outcome:
    """Run one stage to its end or its time limit."""
    started = time.monotonic()
    status, said = (1, stage.obstacle) if stage.obstacle else execute(stage)
    passed, failed, skipped = count(stage, status)
    outcome = Outcome(stage, passed, failed, skipped, 0, said)
    if failed and stage.report_again and (names := failures(stage.report)):
        outcome = try_again(outcome, names)
    return replace(outcome, seconds=time.monotonic() - started)


def try_again(outcome: Outcome, names: set[str]) -> Outcome:
    """Run once more what failed. What passes now has passed late; all else stays as it was."""
    stage = outcome.stage
    again = replace(stage, command=(*stage.command, *stage.again), report=stage.report_again)
    status, said = execute(again)
    ran, failed = cases(again.report), failures(again.report)
    late = sorted(name for name in names if name in ran and name not in failed)
    said = f"{outcome.said.rstrip()}\n\nThe second try:\n{said}"
    left = max(outcome.failed - len(late), 1 if status else 0)
    return replace(outcome, passed=outcome.passed + len(late), failed=left, said=said, late=late)


def execute(stage: Stage) -> tuple[int, str]:
    """The exit status and everything said."""
    if stage.report:
        stage.report.unlink(missing_ok=True)
    try:
        done = subprocess.run(
            stage.command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=stage.seconds,
            text=True,
        )
    except subprocess.TimeoutExpired as expired:
        # On expiry the output so far comes as bytes even in text mode.
        said = expired.output.decode(errors="replace") if isinstance(expired.output, bytes) else ""
        return 1, f"{said.rstrip()}\nNot finished after {stage.seconds} s."
    except OSError as error:
        return 1, str(error)
    return done.returncode, done.stdout


def count(stage: Stage, status: int) -> tuple[int, int, int]:
    """Passed, failed, skipped. A stage that failed has failed at least once, whatever its report says."""
    passed, failed, skipped = (0, 0, 0) if status else (1, 0, 0)
    if stage.report and stage.report.exists():
        passed, failed, skipped = tally(stage.report)
    return passed, max(failed, 1 if status else 0), skipped


def tally(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped cases of a JUnit file."""
    found = parsed(report)
    failed = sum(map(has_failed, found))
    skipped = sum(1 for case in found if case.find("skipped") is not None)
    return len(found) - failed - skipped, failed, skipped


def cases(report: Path | None) -> set[str]:
    """The names of all cases of a JUnit file."""
    return set(map(name_of, parsed(report)))


def failures(report: Path | None) -> set[str]:
    """The names of those that failed."""
    return {name_of(case) for case in parsed(report) if has_failed(case)}


def parsed(report: Path | None) -> list[ElementTree.Element]:
    """The cases of a JUnit file; one that is not there or does not parse holds none."""
    try:
        return list(ElementTree.parse(report).iter("testcase")) if report else []
    except (OSError, ElementTree.ParseError):
        return []


def has_failed(case: ElementTree.Element) -> bool:
    """Whether it failed, or broke before or after."""
    return case.find("failure") is not None or case.find("error") is not None


def name_of(case: ElementTree.Element) -> str:
    """Its module and its own name."""
    return "::".join(filter(None, (case.get("classname"), case.get("name"))))


def tell(outcome: Outcome) -> Outcome:
    """One line, and the whole output below it if there is something to mend."""
    mark = "failed" if outcome.failed else "ok"
    numbers = f"{outcome.passed} passed" if outcome.stage.report else ""
    skipped = f", {outcome.skipped} skipped" if outcome.skipped else ""
    late = f", {len(outcome.late)} only on the second try: {', '.join(outcome.late)}" if outcome.late else ""
    print(f"{outcome.stage.name:<12} {mark:<7} {outcome.seconds:6.1f} s  {numbers}{skipped}{late}".rstrip(), flush=True)
    if outcome.failed or outcome.late:
        print(outcome.said.rstrip(), flush=True)
    return outcome


def run_all(stages: Iterable[Stage], hands: int) -> list[Outcome]:
    """Run stages with so many at a time, telling each in order as soon as it is known."""
    with ThreadPoolExecutor(hands) as pool:
        return [tell(outcome) for outcome in pool.map(run, stages)]


def summary(outcomes: list[Outcome]) -> tuple[str, int]:
    """The last line, and the exit status that goes with it."""
    failed = sum(outcome.failed for outcome in outcomes)
    return f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", min(failed, 1)


def main() -> int:
    """Everything, or the part asked for."""
    parser = argparse.ArgumentParser(prog="bin/test", description="Run every check of the project.")
    parser.add_argument("--all", action="store_true", help="the slow tests too")
    parser.add_argument("--fast", action="store_true", help="without the browser")
    options = parser.parse_args()
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes = run_all(style_stages(), hands=2)
    outcomes += run_all(test_stages(every=options.all, fast=options.fast), hands=1)
    line, status = summary(outcomes)
    print(line)
    return status


if __name__ == "__main__":
    sys.exit(main())
