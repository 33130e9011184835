"""The command line's own refusals in sentences."""

from django.utils.translation import gettext_lazy as _

from dispatcher.kit.errors import tell

tell(
    {
        "cli.bad_name": _("“%(name)s” cannot be a name: use small letters, digits and hyphens."),
        "cli.bad_pair": _("“%(pair)s” is not of the form name=value."),
        "cli.no_file": _("There is no file %(path)s."),
        "cli.no_segment": _("There is no saved segment %(segment)s. Saved: %(known)s."),
        "cli.not_confirmed": _("Nothing was sent. Add --yes if you mean it."),
        "cli.not_corrected": _("Nothing was written: %(why)s"),
        "cli.say_yes": _("This cannot be undone. Add --yes if you mean it."),
        "cli.not_utf8": _("%(path)s is not written in UTF-8."),
        "cli.unknown_kind": _("“%(kind)s” is no kind of message. Kinds: %(known)s."),
    }
)
