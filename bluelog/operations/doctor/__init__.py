"""How the blog is doing, and what to do where it is not well."""

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor import (
    address,
    backups,
    certificate,
    clocks,
    database,
    disk,
    folders,
    keys,
    mail,
    migrations,
    outside,
    preferences,
    search,
    software,
    upgrade,
    worker,
)
from bluelog.operations.doctor.database import of_rows
from bluelog.operations.doctor.finding import Check, Entry, Finding, Level, worst
from bluelog.operations.doctor.patient import Patient, admit
from bluelog.operations.doctor.run import examine

__all__ = [
    "CHECKS",
    "TEST_MAIL",
    "Check",
    "Entry",
    "Finding",
    "Level",
    "Patient",
    "admit",
    "examine",
    "worst",
]

_ANY = ("FLASK_CONFIG",)
_FILES = (*_ANY, "BLUELOG_DATA_DIR", "BLUELOG_UPLOAD_PATH", "BLUELOG_LOGGING_PATH", "DATABASE_URL")
_ROWS = (*_ANY, "BLUELOG_DATA_DIR", "DATABASE_URL")
_MAIL = (*_ANY, "MAIL_", "BLUELOG_MAIL_", "BLUELOG_EMAIL")
_WAY = (*_ANY, "BLUELOG_URL", "BLUELOG_PROXY_COUNT", "BLUELOG_OWN_TLS", "SECRET_KEY")
_CLOCK = (*_ROWS, "BLUELOG_URL")
_SMTP_SECONDS = 35.0  # a conversation at its slowest, with the usual BLUELOG_MAIL_TIMEOUT

CHECKS = (
    Check("settings", _l("Settings"), preferences.look),
    Check("secrets", _l("Secrets"), keys.look, (*_ANY, "SECRET_KEY")),
    Check("folders", _l("Folders"), folders.look, _FILES),
    Check("disk", _l("Disk"), disk.look, _FILES),
    Check("database", _l("Database"), database.look, _ROWS, seconds=60.0),
    Check("migrations", _l("Migrations"), of_rows(migrations.look), _ROWS),
    Check("search", _l("Search"), of_rows(search.look), _ROWS),
    Check("worker", _l("Worker"), of_rows(worker.look), _ROWS),
    Check("mail-queue", _l("Mail queue"), of_rows(mail.look_at_queue), _ROWS),
    Check("mail-server", _l("Mail server"), mail.look_at_server, _MAIL, seconds=_SMTP_SECONDS),
    Check("certificate", _l("Certificate"), certificate.look, (*_ANY, "BLUELOG_URL")),
    Check("address", _l("Address"), address.look, _WAY),
    Check("clock", _l("Clock"), of_rows(clocks.look), _CLOCK),
    Check("backup", _l("Backup"), backups.look, (*_ANY, "BLUELOG_DATA_DIR")),
    Check("redis", _l("Redis"), outside.look_at_redis, (*_ANY, "REDIS_URL")),
    Check("storage", _l("Storage"), outside.look_at_storage, (*_ANY, "S3_")),
    Check("upgrade", _l("Upgrade"), upgrade.look),
    Check("software", _l("Software"), software.look),
)
TEST_MAIL = Check("test-mail", _l("Test message"), mail.send_test, _MAIL, seconds=_SMTP_SECONDS)
