# Two images from one file:
#   docker build -t tracekin .                  the server with UI and embedded storage
#   docker build -t tracekin-demo --target demo .   the demo services
# Debian, not Alpine: the embedded engine needs glibc.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages packages
COPY demos/package.json demos/package.json
# Only the manifests matter for the install layers below, so that a change of code does not repeat them.
RUN find packages -mindepth 2 -not -name package.json -not -type d -delete

FROM ${NODE_IMAGE} AS ui
WORKDIR /app
COPY --from=manifests /app .
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY packages packages
RUN node node_modules/vite/bin/vite.js build packages/ui

FROM ${NODE_IMAGE} AS production
# none leaves out the embedded engine (566 MB), for those who set CLICKHOUSE_URL or STORAGE_TYPE.
ARG ENGINE=embedded
WORKDIR /app
COPY --from=manifests /app .
RUN npm ci --omit=dev $([ "$ENGINE" = embedded ] || echo --omit=optional) --ignore-scripts --no-audit --no-fund \
  --workspace packages/server --workspace demos && npm cache clean --force

FROM ${NODE_IMAGE} AS demo
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=production /app .
COPY packages packages
COPY demos demos
USER node
WORKDIR /app/demos
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "--import", "@tracekin/tracer/register"]

FROM ${NODE_IMAGE} AS server
ENV NODE_ENV=production TRACEKIN_HOST=0.0.0.0 TRACEKIN_DATA_DIR=/data
WORKDIR /app
COPY --from=production /app .
COPY packages packages
COPY --from=ui /app/packages/ui/dist packages/ui/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 9411
STOPSIGNAL SIGTERM
# b3: 0 keeps the check out of the server's own traces.
HEALTHCHECK --interval=5s --start-period=10s --timeout=3s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9411/health',{headers:{b3:'0'}}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "packages/server/bin/tracekin.ts"]
CMD ["serve"]
