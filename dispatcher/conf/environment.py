"""The typed environment: every setting an operator can make, each also readable from a *_FILE."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict


class FromFiles(PydanticBaseSettingsSource):
    """NAME_FILE names a file whose content is NAME's value (Docker and Kubernetes secrets)."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """The stripped content of the file, or None."""
        path = os.environ.get(f"{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All values that come from files."""
        found = {
            name: self.get_field_value(None, name)[0] for name in self.settings_cls.model_fields
        }
        return {name: value for name, value in found.items() if value is not None}


class Environment(BaseSettings):
    """Read once at start; an unusable value stops the program with its name."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL; unset: our own server"
    )
    redis_url: SecretStr | None = Field(
        default=None, description="Redis or Valkey; unset: our own server"
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Signs sessions and acknowledgement links"
    )
    dispatcher_home: Path = Field(
        default=Path(".dispatcher"), description="Where our own servers keep data"
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="Where carriers and readers find us"
    )
    hooks_url: str = Field(
        default="", description="Where carriers find the receipts' door; unset: PUBLIC_URL"
    )
    allowed_hosts: str = Field(
        default="127.0.0.1,localhost", description="Comma-separated host names"
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        description="Proxies of yours before the web process that each add to X-Forwarded-For;"
        " 0: none is believed",
    )
    list_kept_days: int = Field(
        default=30, ge=0, description="Days from the end of its alerts until a private list goes"
    )
    deliveries_kept_days: int = Field(
        default=400,
        ge=1,
        description="Days from a dispatch's end until rows of single people go; its report stays",
    )
    country_rules: str = Field(default="", description="TOML file with rules of your own for SMS")
    debug: bool = Field(default=False, description="Never in production")
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token of /metrics; unset: loopback alone"
    )
    otel_exporter_otlp_endpoint: str = Field(
        default="", description="Collector of traces (extra `tracing`); unset: nothing is traced"
    )
    log_format: str = Field(default="json", description="json or console")
    organisation: str = Field(default="Global Foods", description="Shown on pages and in messages")
    contact: str = Field(
        default="", description="Phone, e-mail or page named where somebody answers HELP by SMS"
    )

    twilio_account_sid: str = Field(default="", description="AC…; unset: no SMS account")
    twilio_auth_token: SecretStr = Field(default=SecretStr(""), description="Also checks receipts")
    twilio_sender: str = Field(
        default="", description="E.164 number, short code or messaging service SID"
    )
    twilio_url: str = Field(
        default="https://api.twilio.com", description="Base address; a region's or a test's"
    )
    twilio_pace: int = Field(default=10, gt=0, description="Messages a second that the sender may")
    sendgrid_api_key: SecretStr = Field(default=SecretStr(""), description="Unset: no account")
    sendgrid_sender: str = Field(default="", description="Verified address that letters come from")
    sendgrid_webhook_key: str = Field(
        default="", description="Public key of the signed event webhook"
    )
    sendgrid_url: str = Field(
        default="https://api.sendgrid.com", description="Base address; https://api.eu.sendgrid.com"
    )
    sendgrid_pace: int = Field(default=1000, gt=0, description="Letters a second")
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="smtp://user:password@host:587, or smtps://…:465"
    )
    smtp_sender: str = Field(default="", description="Address that letters come from")
    smtp_pace: int = Field(default=10, gt=0, description="Letters a second")
    fcm_service_account: SecretStr = Field(
        default=SecretStr(""), description="The service account's JSON; best from a file"
    )
    fcm_url: str = Field(default="https://fcm.googleapis.com", description="Base address")
    fcm_pace: int = Field(default=5000, gt=0, description="Notifications a second")
    vapid_private_key: SecretStr = Field(
        default=SecretStr(""), description="Web Push: base64url of 32 bytes"
    )
    vapid_subject: str = Field(default="", description="mailto: or https: contact")
    webpush_pace: int = Field(default=500, gt=0, description="Notifications a second")
    libretranslate_url: str = Field(default="", description="Its base address; unset: none")
    libretranslate_key: SecretStr = Field(
        default=SecretStr(""), description="Where it asks for one"
    )
    deepl_key: SecretStr = Field(default=SecretStr(""), description="Unset: no DeepL")
    deepl_url: str = Field(default="", description="Unset: DeepL's own, by the key's plan")
    deepl_glossary: str = Field(default="", description="Id of a glossary at DeepL")
    web_engines: str = Field(default="", description="Comma-separated: google, mymemory")
    draft_budget: int = Field(
        default=60_000, ge=0, description="Letters that one text's drafts may send to engines"
    )
    sandbox_url: str = Field(default="http://127.0.0.1:8090", description="Where drills go")
    drill_pace: int = Field(
        default=20_000, gt=0, description="Messages a second to each account of the sandbox"
    )
    drill_accounts: Path | None = Field(
        default=None, description="JSON file of the sandbox's accounts; written when it starts"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then files that variables name."""
        return init_settings, env_settings, FromFiles(settings_cls)
