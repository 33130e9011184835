"""Addresses of what was sent: the list, the report, its living part, its files."""

from django.urls import path

from dispatcher.console.dispatches import acts, telling, views

urlpatterns = [
    path("dispatches/", views.dispatches, name="dispatches"),
    path("dispatches/<int:dispatch_id>/", views.dispatch, name="dispatch"),
    path("dispatches/<int:dispatch_id>/live", views.dispatch_live, name="live"),
    path("dispatches/<int:dispatch_id>/report/", telling.report, name="report"),
    path("dispatches/<int:dispatch_id>/report.pdf", telling.report_pdf, name="report-pdf"),
    path("dispatches/<int:dispatch_id>/report.<str:kind>", views.dispatch_file, name="file"),
    path("dispatches/<int:dispatch_id>/pause", acts.dispatch_pause, name="dispatch-pause"),
    path("dispatches/<int:dispatch_id>/resume", acts.dispatch_resume, name="dispatch-resume"),
    path("dispatches/<int:dispatch_id>/stop", acts.dispatch_stop, name="dispatch-stop"),
    path("dispatches/<int:dispatch_id>/follow", acts.dispatch_follow, name="dispatch-follow"),
    path(
        "dispatches/<int:dispatch_id>/unanswered",
        acts.dispatch_unanswered,
        name="dispatch-unanswered",
    ),
    path("dispatches/<int:dispatch_id>/remind", acts.dispatch_remind, name="dispatch-remind"),
    path(
        "dispatches/<int:dispatch_id>/people/<int:contact_id>",
        acts.dispatch_person,
        name="dispatch-person",
    ),
]
