# One image for each service:  docker build --build-arg SERVICE=media-relay -t tandem-media-relay .
# What goes in is computed from package-lock.json by `npm run image`. See docs/images.md.
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim

# What npm reads, so that a changed source does not install everything anew.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /build
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

# The same for all services: built once, then cached. Install scripts stay off; nothing here needs one.
FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY --from=manifests /build ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
RUN node node_modules/typescript/bin/tsc -b services/* dev/simulators dev/commands \
  && node services/console/build/build.mjs

# Those of all services at once, so that the next service takes them from the cache.
FROM build AS files
ARG SOURCE_DATE_EPOCH=0
RUN node dev/commands/dist/image.js --write all --to /images

FROM ${NODE_IMAGE} AS runtime
ARG SERVICE
RUN test -n "$SERVICE" || { echo "--build-arg SERVICE=… is missing"; exit 1; }
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tandem-${SERVICE}" \
  org.opencontainers.image.description="Tandem, a self-hosted voice-AI call platform: ${SERVICE}" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.vendor="Tandem" \
  org.opencontainers.image.base.name="docker.io/library/node:24-bookworm-slim"
ENV NODE_ENV=production
WORKDIR /app
# Files belong to root; the process runs as another user and writes nothing but what it is given volumes for.
COPY --from=files /images/${SERVICE}/ ./
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "health.mjs"]
# Node itself is process 1: it has no children to reap, and sets its own signals.
ENTRYPOINT ["node"]
CMD ["main.mjs"]
