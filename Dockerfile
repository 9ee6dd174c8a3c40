# A node of NXS Resilience: supervisor, front and worker in one container, on a Temporal elsewhere (docs/cluster.md).
# glibc, because Temporal's native core has no build for musl. What runs is built here once: the workflow bundle too, so that a
# start does not bundle, and no tool to build with is in the last stage.

FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json ./
COPY scripts scripts
COPY activities activities
COPY adapters adapters
COPY api api
COPY bench bench
COPY cli cli
COPY config config
COPY dashboard dashboard
COPY domain domain
COPY drill drill
COPY gateway gateway
COPY soak soak
COPY workers workers
COPY workflows workflows
RUN npm run build

FROM node:20.20.2-bookworm-slim
# git and ssh for destinations and hubs; tini reaps what a detached restart leaves to process 1.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git openssh-client tini \
  && rm -rf /var/lib/apt/lists/*
# The user's numbers are those of whoever owns the data directory on the host.
ARG NXS_UID=1000
ARG NXS_GID=1000
RUN groupmod --non-unique --gid "$NXS_GID" node \
  && usermod --non-unique --uid "$NXS_UID" --gid "$NXS_GID" node \
  && install -d -o node -g node -m 0700 /var/lib/nxs /var/lib/nxs/state /var/lib/nxs/home \
  && install -d -o node -g node /data
WORKDIR /app
COPY package.json LICENSE ./
COPY bin bin
COPY config config
COPY dashboard/assets dashboard/assets
COPY scripts/support/node-version.mjs scripts/support/node-version.mjs
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY deploy/worker/nxs.yaml /etc/nxs/nxs.yaml
ENV NODE_ENV=production
ENV TZ=UTC
ENV HOME=/var/lib/nxs/home
ENV NXS_CONFIG_DIR=/etc/nxs
ENV NXS_STATE_DIR=/var/lib/nxs/state
ENV NXS_DATA_DIR=/data
USER node
EXPOSE 8787
# Alive, not ready: a Temporal that is away for a while is no reason to restart the gateway.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.NXS_HTTP_PORT ?? 8787}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "/app/bin/nxs"]
CMD ["up"]
