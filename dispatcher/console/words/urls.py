"""Addresses of wordings and those who vouch for them."""

from django.urls import URLPattern, path

from dispatcher.console.words import desk_views, lore, terms, trade, views

urlpatterns: list[URLPattern] = [
    path("words/", views.words, name="words"),
    path("words/next/<str:locale>/", views.next_one, name="words-next"),
    path("words/new/", desk_views.new, name="words-new"),
    path("words/trade/", trade.trade, name="words-trade"),
    path("words/export/", trade.export, name="words-export"),
    path("words/glossary/", terms.glossary, name="words-glossary"),
    path("words/glossary/remove/", terms.strike, name="words-strike"),
    path("words/scenarios/", lore.scenario_list, name="words-scenarios"),
    path("words/engines/", lore.engines, name="words-engines"),
    path("words/countries/", lore.countries, name="words-countries"),
    path("words/versions/<int:number>/accept/", desk_views.accept, name="words-accept"),
    path("words/versions/<int:number>/again/", desk_views.accept_again, name="words-again"),
    path("words/versions/<int:number>/return/", desk_views.send_back, name="words-return"),
    path("words/versions/<int:number>/review/", desk_views.ask_review, name="words-review"),
    path("words/text/<str:key>/draft/", desk_views.draft, name="words-draft"),
    path("words/text/<str:key>/<str:channel>/source/", desk_views.source, name="words-source"),
    path("words/text/<str:key>/<str:channel>/<str:locale>/", desk_views.text, name="words-text"),
    path(
        "words/text/<str:key>/<str:channel>/<str:locale>/check",
        desk_views.check,
        name="words-check",
    ),
]
