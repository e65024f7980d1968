# The image of OnRecord: `docker build -t onrecord .`; see docker-compose.yml and docs/production.md for how to run it.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
RUN python -m venv .venv
COPY requirements.lock .
RUN .venv/bin/pip install --quiet --require-hashes -r requirements.lock
COPY pyproject.toml setup.py README.md LICENSE ./
COPY service service
COPY prompts prompts
# Installed as a wheel, with its prompts inside. What installs is no part of what runs, nor is what only Chroma's own
# cluster needs.
RUN .venv/bin/pip install --quiet --no-deps --no-build-isolation . \
    && .venv/bin/pip uninstall --quiet --yes setuptools wheel kubernetes pip \
    && .venv/bin/onrecord --help > /dev/null

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data onrecord \
    && mkdir /data /articles && chown onrecord /data
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ONRECORD_DATA=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Inside a container every address is reachable from outside it, so that callers need a key, unless whoever runs the
# image says ONRECORD_API_KEYS=off and decides who may reach the port, as docker-compose.yml does.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["onrecord"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
