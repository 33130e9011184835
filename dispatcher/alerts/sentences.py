"""The room of decisions in sentences for people, by error code."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dispatcher.kit.errors import tell

tell(
    {
        "alerts.audience_empty": _(
            "Nobody is in this audience, or nobody whom this alert's regions include."
        ),
        "alerts.bad_name": _(
            "“%(name)s” is no name for a reminder: letters, digits, spaces, up to forty."
        ),
        "alerts.bad_quiet_hours": _(
            "“%(hours)s” are no quiet hours. Write them like 21:00-08:00, on the reader's clock."
        ),
        "alerts.bad_expiry": _("An alert may live from a moment to %(most)s days."),
        "alerts.changed_by_other": _(
            "%(who)s has changed this since you opened it. What you typed is still here; look at "
            "both and save again."
        ),
        "alerts.changed_meanwhile": _("Alert %(number)s was changed at this moment; look again."),
        "alerts.changed_since_approval": _(
            "Alert %(number)s is not what was approved any more; submit it again."
        ),
        "alerts.changed_since_seen": _(
            "Alert %(number)s is not what you looked at any more; look at the preview again."
        ),
        "alerts.closed": _("Alert %(number)s cannot be changed any more (%(state)s)."),
        "alerts.fact_in_one_language": _(
            "The fact “%(name)s” has no value of its own in: %(languages)s. These readers see it "
            "as it is for everybody."
        ),
        "alerts.fact_missing": _("The fact “%(name)s” (%(type)s) is missing."),
        "alerts.fact_unscoped": _(
            "The fact “%(name)s” has one value for everybody, not one by region or language."
        ),
        "alerts.fact_unverified": _("Nobody has verified the fact “%(name)s”."),
        "alerts.fact_without_source": _(
            "Who or what says so? The fact “%(name)s” needs a source before it is verified."
        ),
        "alerts.follows_other": _(
            "Alert %(number)s is of another scenario, or a drill and the real thing were mixed."
        ),
        "alerts.four_eyes": _(
            "%(who)s wrote, submitted or decided alert %(number)s; another person must do this."
        ),
        "alerts.list_in_use": _(
            "The private list %(list)s is still needed: alert %(number)s may yet be sent, or is on "
            "its way. It can be erased when that alert is complete or cancelled."
        ),
        "alerts.list_of_another": _("The private list %(list)s belongs to another alert."),
        "alerts.long_sms": ngettext_lazy(
            "The text message for %(group)s in %(language)s takes %(parts)s part.",
            "The text message for %(group)s in %(language)s takes %(parts)s parts.",
            "parts",
        ),
        "alerts.move_not_allowed": _("“%(old)s” cannot become “%(new)s”."),
        "alerts.no_audience": _("There is no audience yet: give a segment, a list, or both."),
        "alerts.no_deputies": _(
            "The office “%(office)s” has no deputies: if too few answer, nobody else will be told."
        ),
        "alerts.no_carrier": _("No carrier is configured by which %(group)s could be told."),
        "alerts.channel_without_carrier": _(
            "No carrier is configured for %(channel)s (%(mode)s); the next channel stands in."
        ),
        "alerts.no_default_wording": _(
            "There is no accepted wording for %(group)s by %(channel)s in %(language)s, "
            "which is to stand in where others are missing."
        ),
        "alerts.no_such_fact": _("Alert %(number)s has no fact “%(name)s” for these readers."),
        "alerts.no_wording": _("There is no accepted wording for %(group)s by %(channel)s."),
        "alerts.nobody_reachable": ngettext_lazy(
            "The only person of this audience cannot be reached: see the blockers in the preview.",
            "None of the %(people)s people can be reached: see the blockers in the preview.",
            "people",
        ),
        "alerts.not_approved": _(
            "Only what is approved leaves; alert %(number)s is not (%(state)s)."
        ),
        "alerts.not_in_office": _("%(who)s neither holds nor deputises for: %(offices)s."),
        "alerts.not_launched": _("Alert %(number)s has not been launched."),
        "alerts.not_pending": _("Nobody is asked to approve alert %(number)s (%(state)s)."),
        "alerts.not_ready": ngettext_lazy(
            "Alert %(number)s cannot be submitted yet (%(count)s reason).",
            "Alert %(number)s cannot be submitted yet (%(count)s reasons).",
            "count",
        ),
        "alerts.nothing_followed": _(
            "Alert %(number)s follows no alert that has left: name a segment or a list."
        ),
        "alerts.nothing_to_review": _("There is nothing to review about alert %(number)s."),
        "alerts.office_has_approved": _("The office “%(office)s” has approved already."),
        "alerts.office_not_asked": _(
            "This scenario does not ask the office “%(office)s”; it asks: %(offices)s."
        ),
        "alerts.one_person_one_office": _(
            "%(who)s has approved for the office “%(office)s”; another person must fill this one."
        ),
        "alerts.outside_scope": _(
            "%(who)s may not do this with alert %(number)s: it is for %(regions)s."
        ),
        "alerts.over": _("Nothing of alert %(number)s is left to leave."),
        "alerts.people_outside_scope": ngettext_lazy(
            "%(people)s person of this audience lives outside the alert's regions and gets "
            "nothing.",
            "%(people)s people of this audience live outside the alert's regions and get nothing.",
            "people",
        ),
        "alerts.people_without_language": ngettext_lazy(
            "%(people)s person has no language set.",
            "%(people)s people have no language set.",
            "people",
        ),
        "alerts.quiet_late": ngettext_lazy(
            "%(people)s person would hear of it only after it has expired, because "
            "of quiet hours: they get nothing. A longer life or an override with a "
            "reason would change that.",
            "%(people)s people would hear of it only after it has expired, because "
            "of quiet hours: they get nothing. A longer life or an override with a "
            "reason would change that.",
            "people",
        ),
        "alerts.quiet_life_safety": _(
            "“%(scenario)s” is about life and safety: quiet hours do not apply."
        ),
        "alerts.reason_missing": ngettext_lazy(
            "A reason is needed (at least %(least)s character).",
            "A reason is needed (at least %(least)s characters).",
            "least",
        ),
        "alerts.scenario_unreadable": _("%(source)s is not readable: %(what)s"),
        "alerts.scenario_wrong": _("%(source)s, %(where)s: %(what)s"),
        "alerts.still_leaving": _(
            "Alert %(number)s is still leaving. When this one is launched, it is stopped."
        ),
        "alerts.still_leaving_elsewhere": _(
            "Alert %(number)s is still leaving, also where you may not stop it: ask somebody who "
            "may, or some will get it after this one."
        ),
        "alerts.unknown": _("There is no alert %(number)s."),
        "alerts.unknown_fact": _("There is no fact “%(name)s” in this scenario. Facts: %(known)s."),
        "alerts.unknown_stance": _("“%(word)s” is no stance. Stances: %(known)s."),
        "alerts.default_without_link": _(
            "The %(channel)s text for %(group)s in %(language)s leads to no page; readers who "
            "cannot read it would find no other language."
        ),
        "alerts.stance_missing": _(
            "Nothing is written for the stance “%(stance)s” for %(group)s by %(channel)s; they get "
            "the neutral words."
        ),
        "alerts.nothing_wrong": _(
            "No message that has left says anything else because of this; there is nothing to "
            "correct."
        ),
        "alerts.sms_links_refused": ngettext_lazy(
            "%(country)s: %(people)s person; links are refused in text messages "
            "(read %(read)s, %(source)s). Use e-mail and push there, or a wording "
            "without a link.",
            "%(country)s: %(people)s people; links are refused in text messages "
            "(read %(read)s, %(source)s). Use e-mail and push there, or a wording "
            "without a link.",
            "people",
        ),
        "alerts.sms_links_registered": ngettext_lazy(
            "%(country)s: %(people)s person; links arrive in text messages only "
            "when they were registered (read %(read)s, %(source)s).",
            "%(country)s: %(people)s people; links arrive in text messages only "
            "when they were registered (read %(read)s, %(source)s).",
            "people",
        ),
        "alerts.sms_phones_refused": ngettext_lazy(
            "%(country)s: %(people)s person; telephone numbers are refused in text "
            "messages (read %(read)s, %(source)s). Use e-mail and push there, or a "
            "wording without one.",
            "%(country)s: %(people)s people; telephone numbers are refused in text "
            "messages (read %(read)s, %(source)s). Use e-mail and push there, or a "
            "wording without one.",
            "people",
        ),
        "alerts.sms_sender_registered": ngettext_lazy(
            "%(country)s: %(people)s person; the name that sends text messages "
            "must be registered there (read %(read)s, %(source)s).",
            "%(country)s: %(people)s people; the name that sends text messages "
            "must be registered there (read %(read)s, %(source)s).",
            "people",
        ),
        "alerts.sms_sender_numeric": ngettext_lazy(
            "%(country)s: %(people)s person; only numbers may send text messages "
            "there, no names (read %(read)s, %(source)s).",
            "%(country)s: %(people)s people; only numbers may send text messages "
            "there, no names (read %(read)s, %(source)s).",
            "people",
        ),
        "channels.rules_wrong": _(
            "The file of country rules %(source)s cannot be used: look at %(where)s."
        ),
        "alerts.sms_hours": ngettext_lazy(
            "%(country)s: %(people)s person; such messages are delivered from "
            "%(says)s only (read %(read)s, %(source)s).",
            "%(country)s: %(people)s people; such messages are delivered from "
            "%(says)s only (read %(read)s, %(source)s).",
            "people",
        ),
        "alerts.sms_receipts_partial": ngettext_lazy(
            "%(country)s: %(people)s person; some networks send no receipt, so "
            "“handed over” may be all that is ever known (read %(read)s, "
            "%(source)s).",
            "%(country)s: %(people)s people; some networks send no receipt, so "
            "“handed over” may be all that is ever known (read %(read)s, "
            "%(source)s).",
            "people",
        ),
        "alerts.nobody_vouches": _(
            "Nobody has vouched for the %(channel)s text for %(group)s in any language; a real "
            "alert needs a named translator's word (`dispatcher wordings accept`). There are "
            "texts in: %(languages)s"
        ),
        "alerts.languages_unvouched": _(
            "%(group)s, %(channel)s: nobody has vouched for the texts in %(languages)s; their "
            "readers fall back."
        ),
        "alerts.unknown_fallback": _("“%(word)s” is no fallback. Fallbacks: %(known)s."),
        "alerts.unknown_list": _("There is no private list %(list)s."),
        "alerts.unknown_mode": _("“%(word)s” is no mode. Modes: %(known)s."),
        "alerts.unknown_part": _("“%(word)s” is no part. Parts: %(known)s."),
        "alerts.unknown_scenario": _("There is no scenario “%(scenario)s”. Scenarios: %(known)s."),
        "alerts.which_office": _("You hold several offices that are asked; name one: %(offices)s."),
        "alerts.price_account_unknown": _(
            "“%(account)s” is no account that carries text messages. Accounts: %(known)s."
        ),
        "alerts.price_currency_unknown": _("“%(currency)s” is no currency of ISO 4217."),
        "alerts.price_missing": _("There is no price of %(account)s for %(country)s."),
        "alerts.price_not_a_country": _("“%(country)s” is no country; prices are by country."),
        "alerts.price_wrong": _(
            "“%(amount)s” is no price of one part. Write it with a point, from 0 to %(most)s: "
            "0.0812"
        ),
        "alerts.wording_refused": _(
            "%(wording)s in %(locale)s may not leave as it stands: %(finding)s"
        ),
        "alerts.wording_withdrawn": _(
            "Wordings of alert %(number)s were replaced or withdrawn since it was submitted "
            "(%(wordings)s); submit it again."
        ),
        "alerts.wrong_words": _("To launch alert %(number)s, type exactly: %(words)s"),
    }
)
