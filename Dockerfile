# The image of OnRecord: `docker build -t onrecord .`; see docker-compose.yml for how to run it.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
RUN python -m venv .venv
COPY requirements.lock .
RUN .venv/bin/pip install --quiet --require-hashes -r requirements.lock
# The project is installed in place: its prompts stand beside the package, in /app/prompts.
COPY pyproject.toml README.md LICENSE ./
COPY service service
COPY prompts prompts
RUN .venv/bin/pip install --quiet --no-deps --no-build-isolation -e . \
    && .venv/bin/python -m compileall -q service \
    && .venv/bin/onrecord --help > /dev/null

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /data onrecord \
    && mkdir /data /articles && chown onrecord /data
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ONRECORD_DATA=/data
USER onrecord
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Inside a container every address is reachable from outside it, and this version has no keys: whoever runs the image
# says so with ONRECORD_API_KEYS=off and decides who may reach the port, as docker-compose.yml does.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["onrecord"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
