"""What is said when the small installation cannot run."""

from django.utils.translation import gettext_lazy as _

from dispatcher.kit.errors import tell

tell(
    {
        "up.port_taken": _("Port %(port)s is taken. Choose another with --port."),
        "up.chore_failed": _("The step “%(name)s” failed. Its log: %(log)s"),
        "up.part_died": _("“%(name)s” ended as it started. Its log: %(log)s"),
        "up.part_slow": _("“%(name)s” did not answer in time. Its log: %(log)s"),
    }
)
