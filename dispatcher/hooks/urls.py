"""Addresses for carriers and readers."""

from django.urls import path

from dispatcher.hooks import views

urlpatterns = [
    path(
        "hooks/twilio/<int:delivery_id>/<int:attempt>",
        views.receipts,
        {"carrier": "twilio"},
        name="receipts-twilio",
    ),
    path("hooks/twilio/inbound", views.inbound, {"carrier": "twilio"}, name="inbound-twilio"),
    path("hooks/sendgrid", views.receipts, {"carrier": "sendgrid"}, name="receipts-sendgrid"),
    path("a/<str:token>", views.acknowledgement, name="acknowledge"),
]
