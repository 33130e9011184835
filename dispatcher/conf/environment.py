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
    allowed_hosts: str = Field(
        default="127.0.0.1,localhost", description="Comma-separated host names"
    )
    debug: bool = Field(default=False, description="Never in production")
    log_format: str = Field(default="json", description="json or console")
    organisation: str = Field(default="Global Foods", description="Shown on pages and in messages")

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_sender: str = Field(
        default="", description="E.164 number, short code or messaging service SID"
    )
    twilio_url: str = Field(
        default="https://api.twilio.com", description="Base address; tests change it"
    )
    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_sender: str = Field(default="", description="E-mail address that letters come from")
    sendgrid_webhook_key: str = Field(
        default="", description="Public key of the signed event webhook"
    )
    sendgrid_url: str = "https://api.sendgrid.com"
    fcm_service_account: SecretStr = Field(
        default=SecretStr(""), description="JSON of the service account"
    )
    fcm_url: str = "https://fcm.googleapis.com"
    vapid_private_key: SecretStr = Field(default=SecretStr(""), description="base64url, 32 bytes")
    vapid_subject: str = Field(
        default="", description="mailto: or https: contact for push services"
    )
    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtp://user:pass@host:587")
    drill_accounts: Path | None = Field(
        default=None, description="JSON file of the sandbox's accounts; written when it starts"
    )
    sandbox_url: str = Field(default="http://127.0.0.1:8090", description="Where drills go")
    twilio_rate: int = Field(
        default=100, description="Messages a second that the account may send, all workers together"
    )
    sendgrid_rate: int = Field(default=5_000, description="Recipients a second")
    smtp_rate: int = Field(default=20, description="Letters a second")
    fcm_rate: int = Field(default=2_000, description="Notifications a second")
    webpush_rate: int = Field(default=1_000, description="Notifications a second")
    drill_rate: int = Field(default=20_000, description="The same for each account of the sandbox")

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
