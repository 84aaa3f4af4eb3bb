# leadbridge in a small image: built in one stage, run in another that holds Python, the program and nothing to build with.
# No health check here: a one-shot command inherits it from the image and would turn unhealthy. docker-compose.yml has them.
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/leadbridge
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# The locks first: as long as they stay the same, so does this layer.
COPY requirements.lock requirements-build.lock ./
RUN pip --python /opt/leadbridge/bin/python install --require-hashes --requirement requirements.lock \
    && pip install --require-hashes --requirement requirements-build.lock
COPY pyproject.toml README.md ./
COPY config/bridge.example.toml config/.env.example config/
COPY bridge bridge
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
    && pip --python /opt/leadbridge/bin/python install --no-deps --no-index /wheel/*.whl

FROM python:3.12-slim
# A number of its own, so that a file or a volume can be given to it: chown 10001 FILE.
RUN groupadd --gid 10001 leadbridge \
    && useradd --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin leadbridge \
    && install --directory --owner 10001 --group 10001 --mode 0700 /app /app/data
COPY --from=build /opt/leadbridge /opt/leadbridge
ENV PATH=/opt/leadbridge/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
USER 10001:10001
ENTRYPOINT ["leadbridge"]
CMD ["run"]
