"""Settings from the environment, read once. All errors are reported together, and unsafe production values refused."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from webapp.core.outward import is_host_name

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MODES = ("production", "demo", "test")
USUAL_PUSH_HOSTS = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
"""The push services of Chrome, Firefox, Safari and Edge; hosts below a name count as well."""
USUAL_DATA_DIR = Path(__file__).resolve().parents[1] / "var" / "server"

VARIABLES = (
    "MIXWELL_MODE",
    "MIXWELL_BASE_URL",
    "MIXWELL_DATA_DIR",
    "MIXWELL_DATABASE_URL",
    "MIXWELL_MASTER_KEY_FILE",
    "MIXWELL_SMTP_URL",
    "MIXWELL_MAIL_FROM",
    "MIXWELL_JOBS",
    "MIXWELL_PROXIES",
    "MIXWELL_LIFT_LIMITS",
    "MIXWELL_PUSH_HOSTS",
    "MIXWELL_PUSH_LOOPBACK",
    "DATABASE_URL",
    "REDIS_URL",
    "WEB_CONCURRENCY",
    "PORT",
)
"""Every variable we read; `docs/deploy.md` describes each, and a test compares."""


class SettingsError(Exception):
    """Everything that is wrong with the environment, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """How this server runs. Addresses with passwords in them stay out of `repr`, and so out of logs and tracebacks."""

    mode: str
    base_url: str
    data_dir: Path
    database_url: str = field(repr=False)
    master_key_file: Path
    smtp_url: str = field(repr=False)
    mail_from: str
    jobs: str
    redis_url: str | None = field(repr=False)
    proxies: int
    processes: int
    lift_limits: bool
    push_hosts: tuple[str, ...]
    push_loopback: bool

    @property
    def host(self) -> str:
        """Host and port as people see them in the address bar."""
        return urlsplit(self.base_url).netloc

    @property
    def secure(self) -> bool:
        """Whether cookies may carry `Secure` and `__Host-`: everywhere but on plain-http loopback."""
        return self.base_url.startswith("https://")

    @property
    def sqlite_file(self) -> Path | None:
        """The database file, or None on PostgreSQL."""
        is_file = self.database_url.startswith("sqlite:///")
        return Path(self.database_url.removeprefix("sqlite:///")) if is_file else None


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment. Raises SettingsError naming every problem at once."""
    given = os.environ if environ is None else environ
    values = {name: given[name] for name in (*VARIABLES, "FLASK_DEBUG") if given.get(name)}
    settings = _settings(values)
    rules = (*EVERYWHERE, *(IN_PRODUCTION if settings.mode == "production" else ()))
    problems = [problem for rule in rules for problem in rule(settings)]
    if settings.mode == "production" and values.get("FLASK_DEBUG", "0") != "0":
        problems.append("FLASK_DEBUG must not be set: it shows the inside of the server to strangers.")
    if problems:
        raise SettingsError(problems)
    return settings


def _settings(values: Mapping[str, str]) -> Settings:
    mode = values.get("MIXWELL_MODE", "production")
    data_dir = Path(values.get("MIXWELL_DATA_DIR", USUAL_DATA_DIR)).absolute()
    database_url = _database_url(values.get("MIXWELL_DATABASE_URL") or values.get("DATABASE_URL"), data_dir)
    in_production = mode == "production"
    return Settings(
        mode=mode,
        base_url=values.get("MIXWELL_BASE_URL", "").rstrip("/"),
        data_dir=data_dir,
        database_url=database_url,
        master_key_file=Path(values.get("MIXWELL_MASTER_KEY_FILE", data_dir / "master.key")).absolute(),
        smtp_url=values.get("MIXWELL_SMTP_URL", "" if in_production else f"folder:{data_dir / 'mail'}"),
        mail_from=values.get("MIXWELL_MAIL_FROM", "" if in_production else "Mixwell <hello@example.org>"),
        jobs=values.get("MIXWELL_JOBS", "inline"),
        redis_url=values.get("REDIS_URL"),
        proxies=_whole_number(values.get("MIXWELL_PROXIES", "0")),
        processes=1 if database_url.startswith("sqlite:") else _whole_number(values.get("WEB_CONCURRENCY", "2")),
        lift_limits=values.get("MIXWELL_LIFT_LIMITS") == "yes",
        push_hosts=_hosts(values.get("MIXWELL_PUSH_HOSTS")),
        push_loopback=values.get("MIXWELL_PUSH_LOOPBACK") == "yes",
    )


def _database_url(url: str | None, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'mixwell.db'}"
    if url.startswith("sqlite:///") and url != "sqlite:///:memory:":
        # Flask-SQLAlchemy and Alembic read a relative path differently.
        return f"sqlite:///{Path(url.removeprefix('sqlite:///')).absolute()}"
    return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)


def _hosts(text: str | None) -> tuple[str, ...]:
    if text is None:
        return USUAL_PUSH_HOSTS
    return () if text == "none" else tuple(text.replace(",", " ").split())


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _split(url: str) -> SplitResult | None:
    """The parts of an address that names a host and, if any, a port between 1 and 65535."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _mode(settings: Settings) -> Iterator[str]:
    if settings.mode not in MODES:
        yield f"MIXWELL_MODE must be one of {', '.join(MODES)}."


def _base_url(settings: Settings) -> Iterator[str]:
    parts = _split(settings.base_url)
    plain = parts and f"{parts.scheme}://{parts.netloc.lower()}" == settings.base_url and "@" not in parts.netloc
    if not (parts and plain and parts.scheme in {"http", "https"}):
        yield "MIXWELL_BASE_URL must be the address people type, such as https://mix.example.org, without a path."
    elif parts.scheme == "http" and parts.hostname not in LOOPBACK and settings.mode == "production":
        yield "MIXWELL_BASE_URL must be https://: phones give a camera to nothing else."


def _data_dir(settings: Settings) -> Iterator[str]:
    if settings.data_dir.exists() and not settings.data_dir.is_dir():
        yield "MIXWELL_DATA_DIR must be a folder."


def _database(settings: Settings) -> Iterator[str]:
    if settings.sqlite_file is None and not settings.database_url.startswith("postgresql+psycopg://"):
        yield "MIXWELL_DATABASE_URL must begin with sqlite:/// or postgresql://."
    elif settings.database_url == "sqlite:///:memory:":
        yield "MIXWELL_DATABASE_URL must be a file: what is in memory is gone with the process."


def _mail(settings: Settings) -> Iterator[str]:
    if settings.smtp_url.startswith("folder:"):
        if settings.mode == "production":
            yield "MIXWELL_SMTP_URL must be a mail relay: nobody can sign in without mail."
    elif not settings.smtp_url.startswith(("smtp://", "smtps://")) or not _split(settings.smtp_url):
        yield "MIXWELL_SMTP_URL must be smtp://HOST:PORT or smtps://HOST:PORT (folder:PATH to try it)."
    if "@" not in parseaddr(settings.mail_from)[1]:
        yield "MIXWELL_MAIL_FROM must be the address mails come from."


def _push(settings: Settings) -> Iterator[str]:
    here = {"localhost"} if settings.push_loopback else set()
    if not all(is_host_name(host) or host in here for host in settings.push_hosts):
        yield "MIXWELL_PUSH_HOSTS must be host names such as push.example.org, in lower case, or none."


def _running(settings: Settings) -> Iterator[str]:
    if settings.jobs not in {"inline", "worker"}:
        yield "MIXWELL_JOBS must be inline (jobs in the web process) or worker (a process of their own)."
    if not 0 <= settings.proxies <= 9:
        yield "MIXWELL_PROXIES must be the number of proxies in front, 0 for none."
    if not 1 <= settings.processes <= 64:
        yield "WEB_CONCURRENCY must be the number of web processes, 1 to 64."
    if settings.redis_url and not settings.redis_url.startswith(("redis://", "rediss://", "unix://")):
        yield "REDIS_URL must begin with redis://, rediss:// or unix://."


def _nothing_open(settings: Settings) -> Iterator[str]:
    if _mode_bits(settings.data_dir) & 0o007:
        yield f"MIXWELL_DATA_DIR must not be open to other users. Run: chmod 700 {settings.data_dir}"
    if _mode_bits(settings.master_key_file) & 0o077:
        yield f"The master key must be its owner's alone. Run: chmod 600 {settings.master_key_file}"


def _mode_bits(path: Path) -> int:
    return path.stat().st_mode if path.exists() else 0


def _limits_stand(settings: Settings) -> Iterator[str]:
    if settings.lift_limits:
        yield "MIXWELL_LIFT_LIMITS is for load tests only."


def _nobody_inside(settings: Settings) -> Iterator[str]:
    if settings.push_loopback:
        yield "MIXWELL_PUSH_LOOPBACK is for tests only."


Rule = Callable[[Settings], Iterator[str]]
EVERYWHERE: tuple[Rule, ...] = (_mode, _base_url, _data_dir, _database, _mail, _push, _running)
IN_PRODUCTION: tuple[Rule, ...] = (_nothing_open, _limits_stand, _nobody_inside)
