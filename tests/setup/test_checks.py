"""The last line of bin/test is true: nothing is lost, nothing counted twice, nothing stops the others."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bin import checks
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


def of(results: dict[str, bool]) -> str:
    each = "".join(f"<testcase name='{name}'>{'' if ok else '<failure/>'}</testcase>" for name, ok in results.items())
    return f"<testsuites><testsuite>{each}</testsuite></testsuites>"


def tried_twice(folder: Path, first: dict[str, bool], second: dict[str, bool] | str, status: int) -> Stage:
    """A stage whose second try writes this report and ends with this status."""
    again = folder / "again.xml"
    text = second if isinstance(second, str) else of(second)
    code = (
        f"import sys, pathlib\n"
        f"second = sys.argv[1:] == ['second']\n"
        f"pathlib.Path({str(again)!r} if second else {str(folder / 'first.xml')!r}).write_text("
        f"{text!r} if second else {of(first)!r})\n"
        f"print('said again' if second else 'said first')\n"
        f"sys.exit({status} if second else {int(not all(first.values()))})"
    )
    return replace(stage("browser", code, folder / "first.xml"), again=("second",), report_again=again)


def test_a_test_that_passes_on_the_second_try_has_passed_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = [tried_twice(tmp_path, {"sound": True, "shaky": False}, {"shaky": True}, 0)]
    assert summary(run_all(stages, hands=1)) == ("2 passed, 0 failed", 0)
    line, *said = capsys.readouterr().out.splitlines()
    assert line.split()[:2] == ["browser", "ok"]
    assert line.endswith("2 passed, 1 only on the second try: shaky")
    assert {"said first", "said again"} <= set(said)


@pytest.mark.parametrize(
    ("second", "status", "summed"),
    [
        ({"shaky": True, "broken": False}, 1, "2 passed, 1 failed"),
        ({"shaky": True}, 0, "2 passed, 1 failed"),
        ({"shaky": True, "broken": True}, 1, "3 passed, 1 failed"),
        ("<cut off", 1, "1 passed, 2 failed"),
    ],
    ids=["failed twice", "not tried again", "all passed and the command failed", "no report"],
)
def test_what_does_not_pass_the_second_time_has_failed(
    tmp_path: Path, second: dict[str, bool] | str, status: int, summed: str
) -> None:
    stages = [tried_twice(tmp_path, {"sound": True, "shaky": False, "broken": False}, second, status)]
    assert summary(run_all(stages, hands=1)) == (summed, 1)


def test_nothing_is_tried_again_when_all_passed_or_nothing_was_told(tmp_path: Path) -> None:
    [sound] = run_all([tried_twice(tmp_path, {"sound": True}, {"sound": False}, 1)], hands=1)
    assert (sound.passed, sound.failed, sound.late) == (1, 0, [])
    mute = replace(stage("browser", "raise SystemExit(4)", tmp_path / "none.xml"), again=("x",), report_again=tmp_path)
    [outcome] = run_all([mute], hands=1)
    assert (outcome.passed, outcome.failed, outcome.late) == (0, 1, [])


def test_pytest_runs_what_failed_and_nothing_else_the_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real words to a real pytest, on a file whose one test passes from the second time on."""
    monkeypatch.setattr(checks, "REPORTS", tmp_path)
    file, seen = tmp_path / "test_shaky.py", tmp_path / "seen"
    file.write_text(
        f"import pathlib, pytest\n"
        f"pytestmark = pytest.mark.browser\n"
        f"def test_sound():\n    pass\n"
        f"def test_shaky():\n"
        f"    seen = pathlib.Path({str(seen)!r})\n    again = seen.exists()\n    seen.touch()\n    assert again\n"
    )
    real = checks.second_try(checks.pytest_stage("shaky", "browser", 300, "-n", "0", str(file)))
    [outcome] = run_all([real], hands=1)
    assert (outcome.passed, outcome.failed) == (2, 0), outcome.said
    assert [name.rpartition("::")[2] for name in outcome.late] == ["test_shaky"]
    assert checks.cases(real.report_again) == set(outcome.late)


def test_only_chromiums_tests_get_a_second_try() -> None:
    tried = {stage.name for stage in checks.test_stages(every=False, fast=False) if stage.report_again}
    assert tried == {"browser"}


def test_when_all_is_well_the_status_says_so() -> None:
    assert summary(run_all([stage("style", "")], hands=1)) == ("1 passed, 0 failed", 0)
