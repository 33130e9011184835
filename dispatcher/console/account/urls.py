"""Addresses of coming in, and of one's own account."""

from django.urls import URLPattern, path

from dispatcher.console.account import (
    codes,
    entry,
    ownkeys,
    passkeys,
    personal,
    proving,
    second,
    signing,
)

urlpatterns: list[URLPattern] = [
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-in/passkey/", signing.sign_in_with_passkey, name="sign-in-passkey"),
    path("sign-in/second/", second.second_step, name="sign-in-second"),
    path(
        "sign-in/second/passkey/",
        second.second_step_with_passkey,
        name="sign-in-second-passkey",
    ),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("enter/<str:token>/", entry.enter, name="enter"),
    path("enter/<str:token>/passkey/", entry.enter_with_passkey, name="enter-passkey"),
    path("account/", personal.account, name="account"),
    path("account/myself/", personal.myself, name="account-myself"),
    path("account/password/", personal.password, name="account-password"),
    path("account/prove/", proving.prove, name="account-prove"),
    path("account/prove/passkey/", proving.prove_with_passkey, name="account-prove-passkey"),
    path("account/passkeys/add/", passkeys.passkey_add, name="account-passkey-add"),
    path(
        "account/passkeys/<int:number>/remove/",
        passkeys.passkey_remove,
        name="account-passkey-remove",
    ),
    path("account/app/add/", codes.app_add, name="account-app-add"),
    path("account/app/remove/", codes.app_remove, name="account-app-remove"),
    path("account/codes/", codes.recovery, name="account-codes"),
    path("account/devices/end/", personal.device_end, name="account-devices-end"),
    path("account/devices/<int:number>/end/", personal.device_end, name="account-device-end"),
    path("account/keys/make/", ownkeys.key_make, name="account-key-make"),
    path("account/keys/<str:prefix>/revoke/", ownkeys.key_revoke, name="account-key-revoke"),
]
