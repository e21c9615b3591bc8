"""The record of processing (GDPR Art. 30) is written out of the record that code follows."""

from click.testing import CliRunner

from webapp.cli import main
from webapp.mydata.processing import write_record
from webapp.mydata.record import record
from webapp.web.builds import ROOT


def test_the_document_is_what_the_record_says() -> None:
    file = ROOT / "docs" / "record-of-processing.md"
    assert file.read_text() == write_record(), "run: bin/mixwell record > docs/record-of-processing.md"


def test_the_command_prints_it() -> None:
    assert CliRunner().invoke(main, ["record"]).output == write_record()


def test_it_names_every_personal_column_who_sees_it_and_for_how_long() -> None:
    whole = write_record()
    sections = {part.partition("\n")[0]: part for part in whole.split("\n## ")[1:]}
    for kept in record():
        said = sections[kept.table.name.replace("_", " ").capitalize() if kept.personal else "Nothing personal"]
        if not kept.personal:
            assert f"`{kept.table.name}`" in said
            continue
        assert all(text in said for text in (kept.purpose, kept.seen_by, kept.limit.counted_from))
        assert [name for name in kept.personal if f"- {name.replace('_', ' ')}: " not in said] == []
    assert "(7 days after import_runs.staged_at" in sections["Import runs"], "a column may have a time of its own"
