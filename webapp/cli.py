"""The `mixwell` command. What a command needs is loaded when it runs, so that the server starts quickly."""

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import available_timezones

import click
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlalchemy.pool import NullPool

import webapp
from webapp.accounts.addresses import NotAnAddress
from webapp.accounts.models import Person
from webapp.accounts.people import find_or_make_by_address
from webapp.circles.founding import add_organizer, found_circle
from webapp.circles.models import Circle
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import UnsafeDatabase, db, writing
from webapp.core.identifiers import new_id
from webapp.core.tokens import Keyring
from webapp.events.models import Event
from webapp.events.planning import FORMATS, EventPlan, plan_event
from webapp.mydata.jobs import erase_again
from webapp.serving import Bind, let_go_of_connections, serve, work
from webapp.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from webapp.events.rehearsal import Rehearsal
    from webapp.events.tables import Table


@click.group()
def main() -> None:
    """Mixwell turns an evening of handshakes into relationships that last."""


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingsError as error:
        raise click.ClickException("These settings must be mended first:\n" + str(error)) from error
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings


def _app() -> tuple[Flask, Settings]:
    """The application on a database and a key that were found sound, or an error in words."""
    settings = _settings()
    try:
        _require_current_schema(settings)
        _require_the_key(settings)
        app = webapp.create_app(settings)
        with app.app_context():
            db.engine.connect().close()  # verifies that what is acknowledged is durable
            _erase_again(settings)
    except OperationalError as error:
        raise click.ClickException("The database does not answer. Run: mixwell doctor") from error
    except UnsafeDatabase as error:
        raise click.ClickException(f"The database could forget what it acknowledged: {error}") from error
    let_go_of_connections(app)
    return app, settings


def _require_current_schema(settings: Settings) -> None:
    if not schema.is_current(settings.database_url):
        raise click.ClickException("The database is not at this version. Run: mixwell db upgrade")


def _require_the_key(settings: Settings) -> None:
    """A new key beside old data would silently kill every badge and note, so the old one is asked for."""
    file = settings.master_key_file
    if not file.exists() and _holds_people(settings):
        raise click.ClickException(f"The master key of this database is missing. Put your copy of it at {file}")
    try:
        Keyring.load(file)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"The master key {file} cannot be used: {error}") from error


def _holds_people(settings: Settings) -> bool:
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.scalar(select(Person.id).limit(1)) is not None


@main.command("serve")
@click.option("--host", help="Address to listen on: this machine only, or everywhere where a host sets $PORT.")
@click.option("--port", envvar="PORT", show_envvar=True, default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve_command(host: str | None, port: int) -> None:
    """Serve the web application (and its jobs, unless MIXWELL_JOBS=worker)."""
    app, settings = _app()
    bind = Bind(host or _usual_host(), port)
    click.echo(f"Mixwell serves {settings.base_url} at {bind.host}:{bind.port}. Ctrl-C ends it.")
    serve(app, settings, bind)


def _erase_again(settings: Settings) -> None:
    """A restored backup may hold people who have left since."""
    if back := erase_again(settings.data_dir, now()):
        click.echo(f"Erased again what a backup brought back: people who had left, {back}.")


def _usual_host() -> str:
    """A host that runs Procfiles sets $PORT and reaches us from outside; elsewhere a proxy stands on this machine."""
    return "0.0.0.0" if os.environ.get("PORT") else "127.0.0.1"  # noqa: S104  # asked for by the host


@main.command("worker")
def worker_command() -> None:
    """Run mails and other jobs in a process of their own (with MIXWELL_JOBS=worker)."""
    work(*_app())


@main.group("db")
def database_group() -> None:
    """The database."""


@database_group.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to the schema of this version, all or nothing."""
    schema.upgrade(_settings().database_url)
    click.echo("The database is up to date.")


@main.group("organizer")
def organizer_group() -> None:
    """Organizers."""


def _zone(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    if name not in available_timezones():
        raise click.BadParameter("not an IANA time zone, such as Europe/Lisbon")
    return name


@organizer_group.command("invite")
@click.argument("address")
@click.option("--name", default="", help="What they are called; the address, if left out.")
@click.option("--circle", "circle_name", default="My circle", show_default=True, help="Circle, founded if new.")
@click.option("--zone", default="UTC", show_default=True, callback=_zone, help="IANA time zone of a new circle.")
def invite_command(address: str, name: str, circle_name: str, zone: str) -> None:
    """Let the owner of ADDRESS organize a circle. They sign in with a code by mail."""
    app, settings = _app()
    with app.app_context(), writing() as session:
        try:
            person = find_or_make_by_address(session, address, name or address.partition("@")[0], now())
        except NotAnAddress as error:
            raise click.ClickException(f"{address} is not an e-mail address.") from error
        circle = _circle_called(circle_name)
        if circle is None:
            circle = found_circle(session, circle_name, hue=30, zone=zone, organizer_id=person.id, at=now())
        add_organizer(session, circle, person.id, by=None, at=now())
        session.commit()
        click.echo(f"{person.name} organizes {circle.name} ({circle.id}). They sign in at {settings.base_url}/sign-in")


def _circle_called(name: str) -> Circle | None:
    found = db.session.scalars(select(Circle).where(Circle.name == name).limit(2)).all()
    if len(found) > 1:
        raise click.ClickException(f"Several circles are called {name}. Invite from the circle's own page.")
    return found[0] if found else None


@main.group("event")
def event_group() -> None:
    """Events."""


@event_group.command("create")
@click.argument("circle_id", type=UUID)
@click.argument("title")
@click.option("--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Date.")
@click.option("--starts", required=True, type=click.DateTime(["%H:%M"]), help="Clock time at the place.")
@click.option("--ends", required=True, type=click.DateTime(["%H:%M"]), help="Clock time at the place.")
@click.option("--place", default="", help="Where.")
@click.option("--format", default="mixer", show_default=True, type=click.Choice(FORMATS))
@click.option("--capacity", type=click.IntRange(1), help="Places; no limit if left out.")
@click.option("--open-door", is_flag=True, help="Claiming on the evening counts as arriving.")
def event_create_command(
    circle_id: UUID, title: str, day: datetime, starts: datetime, ends: datetime, place: str, **rest: Any
) -> None:
    """Plan an event of the circle CIRCLE_ID; its id is printed."""
    app, _settings_used = _app()
    with app.app_context(), writing() as session:
        circle = session.get(Circle, circle_id)
        if circle is None:
            raise click.ClickException("There is no such circle. `mixwell organizer invite` names its id.")
        when: Any = dict(on=day.date(), starts=starts.time(), ends=ends.time(), zone=circle.zone)
        event = plan_event(session, circle, EventPlan(title=title, place=place, **when, **rest), by=None, at=now())
        session.commit()
        click.echo(str(event.id))


def event_or_stop(event_id: UUID) -> Event:
    """This event, or an error in words."""
    event = db.session.scalar(select(Event).where(Event.id == event_id).options(joinedload(Event.circle)))
    if event is None:
        raise click.ClickException("There is no such event.")
    return event


@main.command("import")
@click.argument("event_id", metavar="EVENT", type=UUID)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--encoding", help="How a CSV is written, such as windows-1252; found out if left out.")
@click.option("--commit", is_flag=True, help="Bring the list in; without this, only say what it would do.")
def import_command(event_id: UUID, file: Path, encoding: str | None, commit: bool) -> None:
    """Say what the list in FILE would do to the guests of EVENT; with --commit, do it.

    Bad rows and rows that need a decision stay out. The desk can take the whole list back.
    """
    from webapp.core.actor import NOBODY
    from webapp.events.importing import BroughtIn, bring_in, rehearse_run
    from webapp.events.staging import stage

    app, settings = _app()
    with app.app_context():
        event = event_or_stop(event_id)
        table = _read_list(file, encoding, settings)
        with writing() as session:
            run = stage(session, event, table, run_id=new_id(), file_name=file.name, by=NOBODY, at=now())
            _say_rehearsal(rehearse_run(session, run))
            if not commit:
                return  # and nothing of it is kept
            verdict = bring_in(session, event, run, seen=None, by=NOBODY, at=now())
            session.commit()
        if not isinstance(verdict, BroughtIn):
            raise click.ClickException("Nothing was brought in. Which column has the names?")
        click.echo(f"{verdict.new} added, {verdict.changed} changed. The desk can take it back.")


def _read_list(file: Path, encoding: str | None, settings: Settings) -> "Table":
    """The list in this file, or the refusal in words."""
    from webapp.events import staging
    from webapp.events.reasons import refusal_words
    from webapp.events.tables import ENCODINGS, Table

    if encoding and encoding not in ENCODINGS:
        raise click.ClickException(f"No such encoding. One of: {', '.join(ENCODINGS)}")
    copy = staging.file_of(new_id(), settings.data_dir)
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        shutil.copyfile(file, copy)
        table = staging.read_list(copy, file.name, encoding)
    finally:
        copy.unlink(missing_ok=True)
    if not isinstance(table, Table):
        raise click.ClickException(str(refusal_words(table)))
    return table


def _say_rehearsal(rehearsal: "Rehearsal") -> None:
    from webapp.events.reasons import kind_label, reason_words
    from webapp.events.rehearsal import Kind

    for kind in Kind:
        click.echo(f"{len(getattr(rehearsal, kind)):>6}  {kind_label(kind)}")
    for plan in (*rehearsal.bad, *rehearsal.doubtful):
        if plan.why:
            click.echo(f"Row {plan.row_number}, {plan.values.name or 'no name'}: {reason_words(plan.why)}")


@main.command("badges")
@click.argument("event_id", metavar="EVENT", type=UUID)
@click.option("-o", "--output", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF.")
@click.option("--stock", help="Paper, such as a4-4up; the circle's usual one if left out.")
def badges_command(event_id: UUID, file: Path, stock: str | None) -> None:
    """Print every badge of EVENT into a PDF. Badges printed before keep their codes."""
    from webapp.badges.jobs import print_badges
    from webapp.badges.printing import NobodyToPrint
    from webapp.badges.stocks import stocks
    from webapp.core.child import Done

    if stock is not None and stock not in stocks():
        raise click.ClickException(f"No such stock. One of: {', '.join(stocks())}")
    app, _settings_used = _app()
    with app.app_context():
        event = event_or_stop(event_id)
        result = print_badges(event.id, stock, file.absolute(), app.extensions["mixwell.tools"], _say_progress)
    if isinstance(result, NobodyToPrint):
        raise click.ClickException("Nobody to print. Bring in a list first.")
    if not isinstance(result, Done):
        raise click.ClickException("It could not be drawn. Run: mixwell doctor")
    click.echo(f"Printed into {file}.")


def _say_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {total}", nl=done == total, err=True)


@main.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write everything but the master key to FILE, while the server runs."""
    from webapp import backup

    try:
        backup.back_up(_settings(), file)
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Kept in {file}. The master key is not in it: see docs/operate.md.")


@main.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Put the backup FILE in place. Stop the server first; what was there is set aside."""
    from webapp import backup

    settings = _settings()
    try:
        before = backup.restore(settings, file, at=now())
    except backup.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Restored." + (f" What was there before: {before}" if before else ""))
    if not settings.master_key_file.exists():
        click.echo(f"Badges and notes need the master key of that server. Put your copy at {settings.master_key_file}")


@main.command("record")
def record_command() -> None:
    """Print the record of processing (GDPR Art. 30), as it stands in docs/record-of-processing.md."""
    from webapp.mydata.processing import write_record

    click.echo(write_record(), nl=False)


@main.command("doctor")
def doctor_command() -> None:
    """Check fonts, paper, database, keys, address, mail and clock, and say what to do."""
    from webapp import doctor

    findings = doctor.examine(os.environ)
    for finding in findings:
        click.echo(
            f"{'ok  ' if finding.fine else 'MEND'}  {finding.what}" + ("" if finding.fine else f"\n      {finding.do}")
        )
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


@main.command("demo", hidden=True)
@click.option("--host", help="This machine only, if left out; with --https the address on the wifi.")
@click.option("--port", default=8000, type=click.IntRange(1, 65534), show_default=True)
@click.option("--fresh", is_flag=True, help="Begin the sample anew.")
@click.option("--https", is_flag=True, help="For phones on the same wifi: camera, worker and installing need it.")
def demo_command(host: str | None, port: int, fresh: bool, https: bool) -> None:
    """Serve a sample evening; bin/demo calls this."""
    from webapp.demo.command import DemoRefusedError, run_demo
    from webapp.demo.on_wifi import run_on_wifi

    try:
        if https:
            run_on_wifi(host, port, fresh=fresh)
        else:
            run_demo(host or "127.0.0.1", port, fresh=fresh)
    except DemoRefusedError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
