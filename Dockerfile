# The portal: one image for web, worker, relay and the one-off commands. docs/operations.md says how it is run.
# The first word after the image's name is the role: `docker run portal worker` (default: web).

FROM python:3.11.14-slim-bookworm AS build
WORKDIR /app
COPY requirements/tools.txt requirements/run.txt requirements/
# Exact versions with hashes, wheels only: nothing is compiled, and nothing runs while a package is installed.
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary=:all: --require-hashes -r requirements/tools.txt \
 && uv venv --quiet --python /usr/local/bin/python3 .venv \
 && uv pip sync --quiet --no-cache --python .venv/bin/python --compile-bytecode --only-binary :all: --require-hashes requirements/run.txt
COPY . .
# Translations and collected files belong to the image. The development settings are enough to make them; their key is not kept.
ENV STATIC_ROOT=/app/collected
RUN .venv/bin/python -m babel.messages.frontend --quiet compile -D django -d locale \
 && DJANGO_SETTINGS_MODULE=portal.settings.dev PORTAL_VAR=/tmp/build .venv/bin/python manage.py collectstatic --noinput -v0 \
 && .venv/bin/python -m compileall -q accounts dossiers payments portal procedures \
 && install -d -o 10001 -g 10001 /made/files /made/anchors

FROM python:3.11.14-slim-bookworm
# Versions of Debian's packages come with the base image's release: an exact one would vanish with the next security update.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal
WORKDIR /app
COPY --from=build /app /app
COPY --from=build --chown=10001:10001 /made /var/lib/portal
ENV DJANGO_SETTINGS_MODULE=portal.settings.production \
    HOME=/tmp \
    HOST=0.0.0.0 \
    LC_ALL=C.UTF-8 \
    PORT=8000 \
    PORTAL_VAR=/var/lib/portal/files \
    ANCHOR_DIR=/var/lib/portal/anchors \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STATIC_ROOT=/app/collected
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["./portalctl", "serve"]
CMD ["web"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 CMD ["./portalctl", "healthy", "web"]
