"""The factory on one screen: settings, foundations, features, error pages."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

from flask import Blueprint, Flask, render_template
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.accounts import sessions
from webapp.accounts.moving_views import bp as addresses
from webapp.accounts.photo_views import bp as photos
from webapp.accounts.push_views import bp as push
from webapp.accounts.views import bp as accounts
from webapp.badges.views import bp as badges
from webapp.chains.story_views import bp as stories
from webapp.chains.views import bp as chains
from webapp.checkin.settling_views import bp as settling
from webapp.checkin.views import bp as checkin
from webapp.circles.views import bp as circles
from webapp.console.views import bp as console
from webapp.contacts.views import bp as contacts
from webapp.core import outbox
from webapp.core.clock import now
from webapp.core.database import init_database
from webapp.core.jobs import Runner
from webapp.core.mail import Mailer, outlet_for
from webapp.core.outbox import Tools
from webapp.core.outward import Caller
from webapp.core.push import Pusher
from webapp.core.tokens import Keyring
from webapp.demo.views import bp as demo
from webapp.events import devices
from webapp.events.import_views import bp as imports
from webapp.events.invitation_views import bp as invitations
from webapp.events.views import bp as events
from webapp.followups.asking_views import bp as asking
from webapp.followups.keeping_views import bp as keeping
from webapp.followups.views import bp as followups
from webapp.followups.weekly_views import bp as weekly
from webapp.intentions.views import bp as intentions
from webapp.introductions.asked_views import bp as asked
from webapp.introductions.circle_ask_views import bp as asks
from webapp.introductions.edge_views import bp as edges
from webapp.introductions.views import bp as introductions
from webapp.mydata.joining_views import bp as joining
from webapp.mydata.views import bp as mydata
from webapp.people.book_views import bp as books
from webapp.people.coming_views import bp as coming
from webapp.people.exit_views import bp as exits
from webapp.people.helping_views import bp as helping
from webapp.people.outside_views import bp as elsewhere
from webapp.people.pocket_views import bp as pocket
from webapp.people.reminder_views import bp as reminders
from webapp.people.review_views import bp as review
from webapp.people.role_views import bp as roles
from webapp.people.same_views import bp as same
from webapp.people.statement_views import bp as statements
from webapp.people.tag_views import bp as tags
from webapp.people.tie_views import bp as ties
from webapp.people.views import bp as people
from webapp.pwa.views import bp as pwa
from webapp.reactions import BEFORE, CHORES, REACTIONS, TIES
from webapp.relay.views import bp as relay
from webapp.settings import Settings, read_settings
from webapp.swaps.kind_views import bp as kind_lines
from webapp.swaps.slide_views import bp as slides
from webapp.swaps.views import bp as swaps
from webapp.sync.views import bp as sync
from webapp.web.access import guard_all_routes
from webapp.web.assets import TEMPLATES, init_assets
from webapp.web.compression import init_compression
from webapp.web.errors import init_errors
from webapp.web.limits import init_limits
from webapp.web.logs import init_logs
from webapp.web.security import init_security
from webapp.web.templating import init_templating
from webapp.web.unchanged import init_unchanged

FEATURES: Sequence[Blueprint] = (
    accounts,
    addresses,
    circles,
    events,
    imports,
    invitations,
    badges,
    checkin,
    settling,
    contacts,
    kind_lines,
    swaps,
    followups,
    keeping,
    asking,
    weekly,
    relay,
    chains,
    stories,
    intentions,
    introductions,
    asked,
    edges,
    asks,
    slides,
    photos,
    push,
    roles,
    tags,
    elsewhere,
    books,
    helping,
    same,
    reminders,
    statements,
    review,
    people,
    coming,
    ties,
    pocket,
    exits,
    mydata,
    joining,
    sync,
    console,
    pwa,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings. Raises SettingsError or UnmarkedRoute rather than start unsafe."""
    settings = settings or read_settings()
    app = Flask("webapp", template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_PARTS=200,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        TRUSTED_HOSTS=[settings.host.partition(":")[0]],
        # Flask's own cookie carries one thing only: the sentence that follows a redirect.
        SESSION_COOKIE_NAME="__Host-mixwell-said" if settings.secure else "mixwell-said",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["mixwell.settings"] = settings
    app.extensions["mixwell.actors"] = {"person": sessions.find_person_ref, "device": devices.find_device_ref}
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]  # Flask's documented way
    app.extensions["mixwell.ties"] = TIES
    app.extensions["mixwell.before"] = BEFORE
    init_database(app, settings.database_url)
    init_compression(app)
    init_security(app)
    init_logs(app)
    init_templating(app)
    init_limits(app, settings.redis_url)
    init_assets(app)
    init_unchanged(app, settings, "/pulse", sessions.find_version)
    init_errors(app)
    for feature in (*FEATURES, *([demo] if settings.mode == "demo" else [])):
        app.register_blueprint(feature)
    _init_jobs(app, settings)
    guard_all_routes(app)
    return app


def _init_jobs(app: Flask, settings: Settings) -> None:
    keyring = Keyring.load(settings.master_key_file)
    app.secret_key = keyring.secret("said")
    tools = Tools(
        base_url=settings.base_url,
        data_dir=settings.data_dir,
        keyring=keyring,
        mailer=Mailer(outlet_for(settings.smtp_url), settings.mail_from, settings.host.partition(":")[0]),
        pusher=Pusher(
            Caller(settings.push_hosts, loopback=settings.push_loopback),
            keyring.signing_key("push"),
            parseaddr(settings.mail_from)[1],
        ),
        render=render_template,
    )
    runner = Runner(settings.data_dir / "jobs.db", settings.redis_url)
    app.extensions["mixwell.tools"] = tools
    app.extensions["mixwell.runner"] = runner

    def run_row(row_id: UUID, at: datetime | None = None) -> bool:
        with app.app_context():
            return outbox.run(row_id, tools, at=at or now())

    def sweep() -> None:
        with app.app_context():
            outbox.sweep(tools, at=now())
            for chore in CHORES:
                chore(tools, now())

    outbox.connect(REACTIONS, runner.attach(run_row, sweep))
