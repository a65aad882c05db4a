# syntax=docker/dockerfile:1
# Two images: `site` (web, worker, beat, migrate) and `tools` (backup, restore: `site` with PostgreSQL's own programs).
FROM python:3.11-slim-bookworm AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    VAR=/srv/fund
# What WeasyPrint needs, as in scripts/prepare.sh.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 fund \
    && useradd --uid 10001 --gid fund --home-dir /srv/fund --no-create-home --shell /usr/sbin/nologin fund \
    && install --directory --owner=fund --group=fund /srv/fund /srv/fund/files /srv/fund/run

FROM base AS packages
COPY requirements-prod.lock /tmp/
RUN python -m venv /opt/venv \
    && pip install --require-hashes --requirement /tmp/requirements-prod.lock

# Catalogues are compiled and static files gathered here. The secrets that the embedded settings make stay in this stage.
FROM packages AS built
WORKDIR /app
COPY . .
RUN VAR=/tmp/build DJANGO_SETTINGS_MODULE=config.settings.dev python -c "from config.catalogues import compile_catalogues; compile_catalogues()" \
    && VAR=/tmp/build DJANGO_SETTINGS_MODULE=config.settings.dev python manage.py collectstatic --noinput --verbosity=0 \
    && python -m compileall -q .

FROM base AS site
COPY --from=packages /opt/venv /opt/venv
COPY --from=built /app /app
COPY --from=built /tmp/build/static /srv/fund/static
WORKDIR /app
ENV DJANGO_SETTINGS_MODULE=config.settings.prod \
    PYTHONDONTWRITEBYTECODE=1
USER fund
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-m", "config.alive", "web"]
CMD ["gunicorn", "-c", "python:config.gunicorn", "--bind", "0.0.0.0:8000", "config.wsgi"]

FROM packages AS tools-packages
COPY requirements.lock /tmp/
RUN pip install --require-hashes --requirement /tmp/requirements.lock

FROM site AS tools
COPY --from=tools-packages /opt/venv /opt/venv
HEALTHCHECK NONE
CMD ["python", "manage.py", "help", "backup"]
