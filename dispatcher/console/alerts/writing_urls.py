"""Addresses of the pages on which an alert is written."""

from django.urls import URLPattern, path

from dispatcher.console.alerts import looking, writing

urlpatterns: list[URLPattern] = [
    path("alerts/", writing.alerts, name="alerts"),
    path("alerts/new/", writing.begin, name="alerts-new"),
    path("alerts/<int:number>/resume/", writing.resume, name="alerts-resume"),
    path("alerts/<int:number>/facts/", writing.facts, name="alerts-facts"),
    path("alerts/<int:number>/audience/", writing.audience, name="alerts-audience"),
    path("alerts/<int:number>/audience/count/", writing.count, name="alerts-count"),
    path("alerts/<int:number>/words/", looking.words, name="alerts-words"),
    path(
        "alerts/<int:number>/words/<str:group>/<str:channel>/<str:language>/",
        looking.cell,
        name="alerts-cell",
    ),
    path("alerts/<int:number>/how/", looking.how, name="alerts-how"),
    path("alerts/<int:number>/check/", looking.check, name="alerts-check"),
    path("alerts/<int:number>/submit/", looking.submit, name="alerts-submit"),
    path("alerts/<int:number>/cancel/", writing.cancel, name="alerts-cancel"),
    path("alerts/<int:number>/reopen/", writing.reopen, name="alerts-reopen"),
]
