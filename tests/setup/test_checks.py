"""The last line of bin/test is true: nothing is lost, nothing counted twice, nothing stops the others."""

import sys
from pathlib import Path

import pytest

from bin.checks import Outcome, Stage, run_all, summary

NODE = "<testsuites><testsuite><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite></testsuites>"
PYTEST = "<testsuites><testsuite><testcase name='c'/><testcase name='d'><skipped/></testcase></testsuite></testsuites>"


def stage(name: str, code: str, report: Path | None = None) -> Stage:
    return Stage(name, (sys.executable, "-c", code), report)


def reporting(name: str, text: str, folder: Path, status: int) -> Stage:
    report = folder / f"{name}.xml"
    code = f"import sys, pathlib; pathlib.Path({str(report)!r}).write_text({text!r}); sys.exit({status})"
    return stage(name, code, report)


def test_style_counts_once_and_tests_one_by_one(tmp_path: Path) -> None:
    stages = [stage("style", ""), reporting("node", NODE, tmp_path, 1), reporting("pytest", PYTEST, tmp_path, 0)]
    assert summary(run_all(stages, hands=2)) == ("3 passed, 1 failed", 1)


def test_all_stages_run_when_the_first_one_fails(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = run_all([stage("broken", "print('mend me'); raise SystemExit(3)"), stage("sound", "")], hands=1)
    assert summary(outcomes) == ("1 passed, 1 failed", 1)
    first, said, second = capsys.readouterr().out.splitlines()
    assert (first.split()[:2], said, second.split()[:2]) == (["broken", "failed"], "mend me", ["sound", "ok"])


@pytest.mark.parametrize("text", [PYTEST, "<cut off", ""])
def test_a_stage_that_failed_has_failed_whatever_its_report_says(tmp_path: Path, text: str) -> None:
    [outcome] = run_all([reporting("pytest", text, tmp_path, 1)], hands=1)
    assert outcome.failed == 1


def test_a_report_of_an_earlier_run_is_not_believed(tmp_path: Path) -> None:
    stale = tmp_path / "stale.xml"
    stale.write_text(PYTEST)
    [outcome] = run_all([stage("crashed", "raise SystemExit(1)", stale)], hands=1)
    assert (outcome.passed, outcome.failed) == (0, 1)


def test_a_stage_without_its_tool_fails_and_says_what_to_do() -> None:
    obstructed = Stage("browser", ("never-run",), obstacle="To add it: sudo apt-get install chromium")
    [missing, absent] = run_all([obstructed, Stage("absent", ("no-such-command-here",))], hands=1)
    assert missing == Outcome(obstructed, 0, 1, 0, missing.seconds, "To add it: sudo apt-get install chromium")
    assert (absent.failed, "no-such-command-here" in absent.said) == (1, True)


def test_a_stage_that_hangs_is_ended_and_keeps_what_it_said() -> None:
    code = "import time; print('so far', flush=True); time.sleep(60)"
    [outcome] = run_all([Stage("endless", (sys.executable, "-c", code), seconds=1)], hands=1)
    assert outcome.failed == 1
    assert outcome.said.splitlines() == ["so far", "Not finished after 1 s."]


def test_when_all_is_well_the_status_says_so() -> None:
    assert summary(run_all([stage("style", "")], hands=1)) == ("1 passed, 0 failed", 0)
