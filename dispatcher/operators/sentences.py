"""The operators' room in sentences for people, by error code."""

from django.utils.translation import gettext_lazy as _

from dispatcher.kit.errors import tell

tell(
    {
        "operators.bad_office": _(
            "An office needs a title and a key of small letters, digits and underscores."
        ),
        "operators.bad_username": _(
            "“%(username)s” cannot be a user name: use small letters, digits, hyphens and dots."
        ),
        "operators.exists": _("There is an operator named “%(username)s” already."),
        "operators.key_missing": _(
            "No personal key. Give it with --key, DISPATCHER_KEY or a key file; "
            "`dispatcher operators key` explains how to get one."
        ),
        "operators.key_unknown": _(
            "This key is not known: it may be mistyped, revoked or expired, "
            "or its owner may have left."
        ),
        "operators.last_admin": _("Somebody must remain who is admin of the whole world (001)."),
        "operators.link_unknown": _(
            "This link does not work: it was used already, has expired, or was taken back."
        ),
        "operators.no_such_key": _("No usable key of yours begins with %(prefix)s."),
        "operators.no_such_role": _("They are not %(role)s in %(region)s."),
        "operators.not_allowed": _(
            "%(who)s may not do this: it needs one of the roles %(roles)s in %(regions)s."
        ),
        "operators.not_first": _(
            "There are operators already: an admin adds the next one, with a key."
        ),
        "operators.not_oneself": _(
            "You cannot do this to yourself: ask another admin, or change it on your own page."
        ),
        "operators.office_exists": _("There is an office “%(office)s” already."),
        "operators.password_weak": _("This password will not do: %(why)s"),
        "operators.role_needed": _(
            "This page is for: %(roles)s. An administrator can give you the role."
        ),
        "operators.unknown": _("There is no operator named “%(username)s”."),
        "operators.unknown_language": _(
            "“%(language)s” is not a language tag (for example en, fa, pt-BR)."
        ),
        "operators.unknown_office": _("They do not hold, or there is no, office “%(office)s”."),
        "operators.unknown_role": _("“%(role)s” is no role. Roles: %(known)s."),
        "operators.unknown_time_zone": _(
            "“%(time_zone)s” is no time zone (for example Europe/Berlin)."
        ),
    }
)
