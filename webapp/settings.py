"""Settings from the environment, read once. All errors are reported together, and unsafe production values refused."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MODES = ("production", "demo", "test")


class SettingsError(Exception):
    """Everything that is wrong with the environment, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """How this server runs. `docs/deploy.md` describes each variable."""

    mode: str
    base_url: str
    data_dir: Path
    database_url: str
    master_key_file: Path
    smtp_url: str
    mail_from: str
    jobs: str
    redis_url: str | None
    proxies: int
    lift_limits: bool

    @property
    def host(self) -> str:
        """Host and port as people see them in the address bar."""
        return urlsplit(self.base_url).netloc

    @property
    def secure(self) -> bool:
        """Whether cookies may carry `Secure` and `__Host-`: everywhere but on plain-http loopback."""
        return self.base_url.startswith("https://")


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment. Raises SettingsError naming every problem at once."""
    values = os.environ if environ is None else environ
    mode = values.get("MIXWELL_MODE", "production")
    data_dir = Path(values.get("MIXWELL_DATA_DIR", "var")).absolute()
    settings = Settings(
        mode=mode,
        base_url=values.get("MIXWELL_BASE_URL", "").rstrip("/"),
        data_dir=data_dir,
        database_url=_database_url(values.get("MIXWELL_DATABASE_URL") or values.get("DATABASE_URL"), data_dir),
        master_key_file=Path(values.get("MIXWELL_MASTER_KEY_FILE", str(data_dir / "master.key"))).absolute(),
        smtp_url=values.get("MIXWELL_SMTP_URL", "" if mode == "production" else f"folder:{data_dir / 'mail'}"),
        mail_from=values.get("MIXWELL_MAIL_FROM", "Mixwell <hello@example.org>" if mode != "production" else ""),
        jobs=values.get("MIXWELL_JOBS", "inline"),
        redis_url=values.get("REDIS_URL") or None,
        proxies=_whole_number(values.get("MIXWELL_PROXIES", "0")),
        lift_limits=values.get("MIXWELL_LIFT_LIMITS") == "yes",
    )
    problems = [*_problems(settings), *(_production_problems(settings) if mode == "production" else [])]
    if problems:
        raise SettingsError(problems)
    return settings


def _database_url(url: str | None, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'mixwell.db'}"
    return re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)


def _whole_number(text: str) -> int:
    return int(text) if text.isdigit() else -1


def _problems(settings: Settings) -> list[str]:
    address = urlsplit(settings.base_url)
    checks = {
        f"MIXWELL_MODE must be one of {', '.join(MODES)}.": settings.mode in MODES,
        "MIXWELL_BASE_URL must be the address people type, such as https://mix.example.org, without a path.": bool(
            address.scheme in {"http", "https"} and address.hostname and not address.path
        ),
        "MIXWELL_JOBS must be inline (jobs in the web process) or worker (a process of their own).": settings.jobs
        in {"inline", "worker"},
        "MIXWELL_PROXIES must be the number of proxies in front, 0 for none.": settings.proxies >= 0,
        "MIXWELL_DATABASE_URL must begin with sqlite:/// or postgresql://.": settings.database_url.startswith(
            ("sqlite:///", "postgresql+psycopg://")
        ),
        "MIXWELL_SMTP_URL must be smtp://…, smtps://… or folder:PATH.": settings.smtp_url.startswith(
            ("smtp://", "smtps://", "folder:")
        ),
    }
    return [problem for problem, fine in checks.items() if not fine]


def _production_problems(settings: Settings) -> list[str]:
    hostname = urlsplit(settings.base_url).hostname
    folder = settings.data_dir
    checks = {
        "MIXWELL_BASE_URL must be https://: phones give a camera to nothing else.": settings.secure
        or hostname in LOOPBACK,
        "MIXWELL_SMTP_URL must be a mail relay: nobody can sign in without mail.": not settings.smtp_url.startswith(
            "folder:"
        ),
        "MIXWELL_MAIL_FROM must be the address mails come from.": "@" in settings.mail_from,
        "MIXWELL_DATA_DIR must not be readable by other users (chmod 700).": not folder.exists()
        or not folder.stat().st_mode & 0o007,
        "MIXWELL_LIFT_LIMITS is for load tests only.": not settings.lift_limits,
    }
    return [problem for problem, fine in checks.items() if not fine]
