"""What the room's errors and findings say to people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from dispatcher.kit.errors import tell

tell(
    {
        # Texts: placeholders.parse. `position` counts characters from 1.
        "wording.text_too_long": ngettext_lazy(
            "The text has %(length)s character; at most %(most)s.",
            "The text has %(length)s characters; at most %(most)s.",
            "length",
        ),
        "wording.too_many_marks": _(
            "More than %(most)s combining marks stand on one letter at character %(position)s."
        ),
        "wording.too_many_slots": _(
            "The text has more than %(most)s placeholders (character %(position)s)."
        ),
        "wording.too_deep": _(
            "Plurals may lie at most %(most)s deep in each other (character %(position)s)."
        ),
        "wording.brace_open": _("The brace at character %(position)s is never closed."),
        "wording.brace_stray": _(
            "The brace at character %(position)s closes nothing. To write a brace, quote it: '}'."
        ),
        "wording.quote_unclear": _(
            "The apostrophe at character %(position)s would swallow a placeholder. Write two "
            "apostrophes, or the typographic one (’)."
        ),
        "wording.slot_name": _(
            "A placeholder's name is missing at character %(position)s: a small letter, then small "
            "letters, digits and underscores. Found: %(found)s"
        ),
        "wording.slot_syntax": _(
            "The placeholder %(name)s is not understood from character %(position)s on: %(found)s"
        ),
        "wording.slot_type": _(
            "The placeholder %(name)s has an unknown type at character %(position)s: %(found)s"
        ),
        "wording.slot_style": _(
            "The placeholder %(name)s of type %(type)s has an unknown style at character "
            "%(position)s: %(found)s"
        ),
        "wording.plural_form": _(
            "The plural of %(name)s has an unknown form at character %(position)s; this language "
            "has: %(forms)s"
        ),
        "wording.plural_repeated": _(
            "The plural of %(name)s has a form twice, at character %(position)s: %(found)s"
        ),
        "wording.plural_other_missing": _(
            "The plural of %(name)s at character %(position)s lacks the form “other”."
        ),
        "wording.bidi_override": _(
            "A character that turns the direction of text (%(sign)s) stands at %(position)s."
        ),
        "wording.bidi_unbalanced": _(
            "A direction isolate at character %(position)s is not closed in its paragraph."
        ),
        # Languages and zones.
        "wording.language_unknown": _("No such language is known: %(tag)s"),
        "wording.zone_unknown": _("No such time zone is known: %(zone)s"),
        # Facts: values.read and rendering.compile.
        # The bench: who may do what to a text.
        "wording.unsound": _(
            "%(wording)s in %(locale)s cannot be accepted: findings that must be mended first: "
            "%(count)s."
        ),
        "wording.not_your_language": _(
            "%(who)s does not vouch for %(locale)s; a translator of that language must do this."
        ),
        "wording.bad_key": _(
            "A text cannot be called “%(key)s”: names look like recall.first.consumer or "
            "alert:7.consumer, with 120 letters at most."
        ),
        "wording.not_yours": _(
            "%(who)s may not write %(key)s: that is for authors of all regions that hear it."
        ),
        "wording.outdates": ngettext_lazy(
            "%(count)s language would go stale (%(languages)s): every alert in it "
            "waits until somebody has accepted its text again. Say that you know "
            "how many.",
            "%(count)s languages would go stale (%(languages)s): every alert in "
            "them waits until somebody has accepted their text again. Say that you "
            "know how many.",
            "count",
        ),
        "wording.own_edit": _(
            "%(who)s wrote this text last; another translator of the language must accept it."
        ),
        "wording.source_changed": _(
            "The source has changed since version %(version)s was written; look at what changed, "
            "then edit it or accept it again with a reason."
        ),
        "wording.not_stale": _(
            "Version %(version)s is in the state “%(state)s”; only a text whose source has changed "
            "is accepted again."
        ),
        "wording.no_reason": _("Say why; the others read it."),
        "wording.channel_unknown": _("There is no channel %(channel)s. Channels: %(known)s"),
        # The gate: what a translator has to mend, or should look at.
        "wording.source_left": _(
            "%(field)s: words of the source were left untranslated: %(words)s"
        ),
        "wording.language_foreign": _(
            "%(field)s: this reads like another language (%(language)s)."
        ),
        "wording.negation_lost": _(
            "%(field)s: the source forbids or denies something here, and the translation does not: "
            "%(sentence)s"
        ),
        "wording.negation_added": _(
            "%(field)s: the translation forbids or denies something that the source does not: "
            "%(sentence)s"
        ),
        "wording.obligation_lost": _(
            "%(field)s: the source demands this, and the translation only allows or advises: "
            "%(sentence)s"
        ),
        "wording.words_unchecked": _(
            "%(field)s: not checked for lost negations and duties; there are no word lists for: "
            "%(languages)s"
        ),
        "wording.numbers_differ": _(
            "%(field)s: numbers differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.money_differ": _(
            "%(field)s: sums of money differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.dates_differ": _(
            "%(field)s: dates differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.times_differ": _(
            "%(field)s: times of day differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.phones_differ": _(
            "%(field)s: telephone numbers differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.links_differ": _(
            "%(field)s: links or addresses differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.codes_differ": _(
            "%(field)s: lot or product codes differ. In the source: %(source)s. Here: %(found)s"
        ),
        "wording.term_lost": _(
            "%(field)s: names that must stay as they are were changed or left out: %(terms)s"
        ),
        "wording.glossary_missed": _(
            "%(field)s: “%(term)s” is called by none of the glossary's words: %(names)s"
        ),
        "wording.term_forbidden": _(
            "%(field)s: “%(term)s” is called “%(found)s”, a word that the glossary forbids."
        ),
        "wording.term_empty": _("A term needs a word."),
        "wording.term_long": _("“%(term)s…” is too long for the glossary: at most %(most)s."),
        "wording.term_says_nothing": _(
            "“%(term)s” needs a translation, a forbidden word, or the mark that it stays as it is."
        ),
        "wording.term_contradicts": _(
            "“%(term)s” cannot stay as it is and be translated, nor have a word that is forbidden."
        ),
        "wording.term_without_language": _(
            "“%(term)s” needs a language; only names that stay as they are hold for all."
        ),
        "wording.term_unknown": _("The glossary has no term “%(term)s” for %(locale)s."),
        "wording.term_repeated": _("“%(term)s” stands twice in this file."),
        "wording.letters_broken": _(
            "%(field)s: a broken letter (%(found)s) stands at character %(position)s."
        ),
        "wording.script_mixed": _(
            "%(field)s: letters of two scripts in one word, which look alike: %(words)s"
        ),
        "wording.link_confusable": _(
            "%(field)s: the link %(link)s has a letter that looks like another one (%(letter)s)."
        ),
        "wording.run_not_isolated": _(
            "%(field)s: this may appear in the wrong order in text from right to left; write it as "
            "a placeholder, or isolate it: %(run)s"
        ),
        "wording.joiners_lost": _("%(field)s: a zero-width non-joiner is missing: %(words)s"),
        "wording.joiners_stray": _("%(field)s: a joiner at character %(position)s joins nothing."),
        "wording.markup_broken": _(
            "%(field)s: marks that are not closed, or HTML, which is never sent: %(found)s"
        ),
        "wording.markup_differs": _(
            "%(field)s: headings, list items or bold passages differ from the source: %(changes)s"
        ),
        "wording.honorific_missing": _(
            "%(field)s: readers are addressed too familiarly for an official notice: %(words)s"
        ),
        "wording.empathy_missing": _(
            "%(field)s: a word of regret belongs here, and the text has none."
        ),
        "wording.elements_missing": _(
            "%(field)s: what the message must say and this one does not: %(elements)s"
        ),
        "wording.sms_cost": ngettext_lazy(
            "%(field)s: %(parts)s part; one message costs: %(prices)s",
            "%(field)s: %(parts)s parts; one message costs: %(prices)s",
            "parts",
        ),
        "wording.sms_price_unknown": _("%(field)s: price not known for: %(countries)s"),
        "wording.push_long": ngettext_lazy(
            "%(field)s: %(length)s character; phones may cut off after %(most)s.",
            "%(field)s: %(length)s characters; phones may cut off after %(most)s.",
            "length",
        ),
        # Exchange with translators.
        "wording.bundle_not_taken": _(
            "Nothing of this file was taken; units that must be mended first: %(count)s."
        ),
        "wording.sources_mixed": _(
            "These texts were written in different languages (%(languages)s); export them apart."
        ),
        "wording.unit_unknown": _("%(context)s belongs to no text here."),
        "wording.unit_outdated": _(
            "%(context)s was translated from an older source; export it again and compare."
        ),
        "wording.unit_missing": _("%(context)s has no translation, though its text has others."),
        "wording.unit_repeated": _("%(context)s stands twice in this file."),
        "wording.unit_other_language": _(
            "%(context)s was translated from %(found)s; its source is written in %(wanted)s."
        ),
        "wording.sheet_headings": _("The first row must have these headings: %(wanted)s."),
        "wording.sheet_unreadable": _("This sheet cannot be read (%(why)s)."),
        "wording.xml_too_large": _("The file is larger than %(most)s bytes."),
        "wording.xml_too_deep": _("Elements lie more than %(most)s deep in each other."),
        "wording.xml_doctype": _(
            "The file declares a document type or entities; a translation needs none."
        ),
        "wording.xml_unreadable": _("The file is no XML; it breaks off in line %(line)s."),
        "wording.xliff_unknown": _("This is neither XLIFF 1.2 nor 2.1: %(found)s"),
        "wording.xliff_language": _("The file is for %(found)s, not for %(wanted)s."),
        "wording.xliff_segments": _(
            "%(context)s came back cut into segments; join them in the tool before exporting."
        ),
        "wording.format_unknown": _("There is no format %(format)s. Formats: %(known)s"),
        "wording.variant_unknown": _(
            "“%(variant)s” is no variant: write role=, country=, culture= or stance=, parted by "
            "semicolons."
        ),
        # Drafts by machine.
        "wording.engine_unknown": _("No engine %(engine)s is configured. Configured: %(known)s"),
        "wording.engine_not_allowed": _(
            "%(engine)s may not see texts of the scenario %(scenario)s; an admin can allow it."
        ),
        "wording.engine_timeout": _("%(engine)s did not answer in time."),
        "wording.engine_away": _("%(engine)s cannot be reached."),
        "wording.engine_refused": _("%(engine)s refused the request (%(status)s)."),
        "wording.engine_garbage": _("%(engine)s answered something that is no translation."),
        "wording.engine_language": _("%(engine)s does not know the language %(language)s."),
        "wording.tokens_lost": _(
            "The draft lost or doubled a placeholder, link or number in the line: %(words)s"
        ),
        "wording.memory_only": _(
            "No accepted text has this line, and no engine may be asked: %(line)s"
        ),
        "wording.plural_over_lines": _("A plural form goes over several lines."),
        "wording.budget_spent": _("The budget of %(most)s characters for this text is spent."),
        "wording.fact_type": _("The fact %(fact)s has an unknown type: %(type)s"),
        "wording.fact_too_long": ngettext_lazy(
            "The fact %(fact)s has %(length)s character; at most %(most)s.",
            "The fact %(fact)s has %(length)s characters; at most %(most)s.",
            "length",
        ),
        "wording.fact_unreadable": _("The fact %(fact)s is no %(type)s: %(value)s"),
        "wording.fact_missing": _("%(wording)s in %(locale)s needs the fact %(fact)s."),
        "wording.fact_type_wrong": _(
            "%(wording)s in %(locale)s needs the fact %(fact)s as %(wanted)s; it is %(found)s."
        ),
        "wording.personal_name_taken": _(
            "A fact may not be called %(fact)s: that is filled in for each person (%(wording)s, "
            "%(locale)s)."
        ),
        "wording.personal_type": _(
            "%(fact)s must be a %(wanted)s, not a %(found)s, in %(wording)s, %(locale)s."
        ),
        "wording.fields_unknown": _("No channel has exactly these fields: %(fields)s"),
        # Catalogues.
        "wording.catalogue_missing": _("There is no catalogue for %(locale)s."),
        "wording.catalogue_too_large": _(
            "The catalogue for %(locale)s has more than %(most)s bytes."
        ),
        "wording.catalogue_charset": _(
            "The catalogue for %(locale)s is not in UTF-8 (line %(line)s)."
        ),
        "wording.catalogue_language": _(
            "The catalogue for %(locale)s says that it is in %(declared)s."
        ),
        "wording.catalogue_unreadable": _(
            "The catalogue for %(locale)s is not a PO file: line %(line)s."
        ),
        "wording.catalogue_repeated": _(
            "The catalogue for %(locale)s has the context %(context)s twice."
        ),
        "wording.catalogue_plural": _(
            "The catalogue for %(locale)s has a gettext plural at %(context)s; plurals are written "
            "inside the text."
        ),
        "wording.context_unknown": _("No text can have the context %(context)s."),
        "wording.context_not_in_source": _(
            "The catalogue for %(locale)s has the context %(context)s, which the source lacks."
        ),
        # The library.
        "wording.key_unknown": _("There is no text called %(key)s."),
        "wording.version_unknown": _("There is no version %(version)s of any text."),
        "wording.move_not_allowed": _(
            "A text in the state “%(before)s” cannot become “%(after)s”."
        ),
        # Findings of the gate: checks.CHECKS.
        "wording.slots_differ": _(
            "%(field)s: the placeholders differ from the source's. Missing: %(missing)s. "
            "Too many: %(extra)s. Of another type: %(retyped)s."
        ),
        "wording.slots_recounted": _(
            "%(field)s: these placeholders stand more or less often than in the source: %(names)s"
        ),
        "wording.forms_missing": _(
            "%(field)s: the plural of %(name)s lacks forms that this language needs: %(forms)s"
        ),
        "wording.script_foreign": _(
            "%(field)s: most letters are %(script)s, which this language is not written in."
        ),
        "wording.script_unchecked": _(
            "%(field)s: the script %(script)s is not known here; it was not checked."
        ),
        "wording.letters_foreign": _(
            "%(field)s: these letters belong to a neighbouring language: %(letters)s"
        ),
        "wording.same_as_source": _("%(field)s: the text is that of the source, not translated."),
        "wording.signs_stray": _(
            "%(field)s: an invisible sign that turns text around stands at character %(position)s."
        ),
        "wording.address_glued": _(
            "%(field)s: what follows %(name)s touches it and may become a part of the address."
        ),
        "wording.sms_parts": ngettext_lazy(
            "%(field)s: about %(parts)s part (%(units)s units of %(encoding)s) with usual values.",
            "%(field)s: about %(parts)s parts (%(units)s units of %(encoding)s) with usual values.",
            "parts",
        ),
        "wording.sms_long": ngettext_lazy(
            "%(field)s: about %(parts)s part with usual values; at most %(most)s should do.",
            "%(field)s: about %(parts)s parts with usual values; at most %(most)s should do.",
            "parts",
        ),
    }
)
