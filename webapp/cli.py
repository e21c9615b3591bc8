"""The `mixwell` command."""

import os
import sys
from datetime import date, time
from pathlib import Path
from uuid import UUID

import click
from flask import Flask

import webapp
from webapp import backup as backups
from webapp import doctor as checks
from webapp.accounts.addresses import NotAnAddress
from webapp.accounts.people import find_or_make_by_address
from webapp.circles.founding import add_organizer, found_circle
from webapp.circles.models import Circle
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import db, writing
from webapp.events.models import Event
from webapp.events.planning import FORMATS, EventPlan, plan_event
from webapp.serving import Bind, serve
from webapp.settings import Settings, SettingsError, read_settings


@click.group()
def main() -> None:
    """Mixwell turns an evening of handshakes into relationships that last."""


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        raise click.ClickException("These settings must be mended first:\n" + str(error)) from error


def _app() -> tuple[Flask, Settings]:
    settings = _settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return webapp.create_app(settings), settings


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=lambda: int(os.environ.get("PORT", "8000")), type=int, help="Port, else $PORT, else 8000."
)
def serve_command(host: str, port: int) -> None:
    """Serve the web application (and its jobs, unless MIXWELL_JOBS=worker)."""
    app, settings = _app()
    _require_current_schema(settings)
    serve(app, settings, Bind("0.0.0.0" if "PORT" in os.environ else host, port))  # noqa: S104  # a Procfile host asks for it


def _require_current_schema(settings: Settings) -> None:
    if not schema.is_current(settings.database_url):
        raise click.ClickException("The database is not at this version. Run: mixwell db upgrade")


@main.command("worker")
def worker_command() -> None:
    """Run mails and other jobs in a process of their own (with MIXWELL_JOBS=worker)."""
    app, settings = _app()
    _require_current_schema(settings)
    app.extensions["mixwell.runner"].run_for_ever()


@main.group("db")
def database_group() -> None:
    """The database."""


@database_group.command("upgrade")
def upgrade_command() -> None:
    """Bring the database to the schema of this version, all or nothing."""
    settings = _settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    schema.upgrade(settings.database_url)
    click.echo("The database is up to date.")


@main.group("organizer")
def organizer_group() -> None:
    """Organizers."""


@organizer_group.command("invite")
@click.argument("address")
@click.option("--name", default="", help="What they are called; the address, if left out.")
@click.option("--circle", "circle_name", default="My circle", show_default=True, help="Circle, founded if new.")
@click.option("--zone", default="Europe/London", show_default=True, help="IANA time zone of a new circle.")
def invite_command(address: str, name: str, circle_name: str, zone: str) -> None:
    """Let the owner of ADDRESS organize a circle. They sign in with a code by mail."""
    app, settings = _app()
    with app.app_context(), writing() as session:
        try:
            person = find_or_make_by_address(session, address, name or address.partition("@")[0], now())
        except NotAnAddress as error:
            raise click.ClickException(f"{address} is not an e-mail address.") from error
        circle = session.scalar(db.select(Circle).where(Circle.name == circle_name))
        if circle is None:
            circle = found_circle(session, circle_name, hue=30, zone=zone, organizer_id=person.id, at=now())
        add_organizer(session, circle, person.id, by=None, at=now())
        session.commit()
        click.echo(f"{person.name} organizes {circle.name} ({circle.id}). They sign in at {settings.base_url}/sign-in")


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
@click.option("--format", "kind", default="mixer", show_default=True, type=click.Choice(FORMATS))
@click.option("--capacity", type=click.IntRange(1), help="Places; no limit if left out.")
@click.option("--open-door", is_flag=True, help="Claiming on the evening counts as arriving.")
def event_create_command(circle_id: UUID, title: str, day: date, starts: time, ends: time, **rest: object) -> None:
    """Plan an event of the circle CIRCLE_ID."""
    app, _settings_used = _app()
    with app.app_context(), writing() as session:
        circle = session.get(Circle, circle_id)
        if circle is None:
            raise click.ClickException("There is no such circle.")
        event = plan_event(session, circle, _plan(circle, title, day, starts, ends, rest), by=None, at=now())
        session.commit()
        click.echo(str(event.id))


def _plan(circle: Circle, title: str, day: date, starts: time, ends: time, rest: dict[str, object]) -> EventPlan:
    on, first, last = (getattr(value, part)() for value, part in ((day, "date"), (starts, "time"), (ends, "time")))
    capacity = rest["capacity"]
    return EventPlan(
        title=title,
        on=on,
        starts=first,
        ends=last,
        zone=circle.zone,
        place=str(rest["place"]),
        format=str(rest["kind"]),
        capacity=int(str(capacity)) if capacity else None,
        open_door=bool(rest["open_door"]),
    )


def event_or_stop(event_id: UUID) -> Event:
    """This event, or an error in words."""
    event = db.session.scalar(db.select(Event).where(Event.id == event_id).options(db.joinedload(Event.circle)))
    if event is None:
        raise click.ClickException("There is no such event.")
    return event


@main.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write everything but the master key to FILE, while the server runs."""
    try:
        backups.back_up(_settings(), file)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Kept in {file}. The master key is not in it: see docs/operate.md.")


@main.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Put the backup FILE in place. Stop the server first; what was there is set aside."""
    try:
        before = backups.restore(_settings(), file)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Restored." + (f" What was there before: {before}" if before else ""))


@main.command("doctor")
def doctor_command() -> None:
    """Check fonts, paper, database, keys, address, mail and clock, and say what to do."""
    findings = checks.examine(os.environ)
    for finding in findings:
        click.echo(
            f"{'ok  ' if finding.fine else 'MEND'}  {finding.what}" + ("" if finding.fine else f"\n      {finding.do}")
        )
    sys.exit(0 if all(finding.fine for finding in findings) else 1)


@main.command("demo", hidden=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, type=int, show_default=True)
@click.option("--fresh", is_flag=True, help="Begin the sample anew.")
def demo_command(host: str, port: int, fresh: bool) -> None:
    """Serve a sample evening; bin/demo calls this."""
    from webapp.demo.command import DemoRefusedError, run_demo

    try:
        run_demo(host, port, fresh=fresh)
    except DemoRefusedError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
