interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Endpoint>>>>;
}

interface Endpoint {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description: string;
  }[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

const INTRODUCTION = `<!-- Made by packages/server/bin/generate-docs.ts from the OpenAPI document; edit packages/query/src/openapi.ts and
packages/server/src/operation/openapi-paths.ts. -->

# HTTP API

The server describes itself at \`/openapi.json\` (OpenAPI 3.1, with the schema of every answer). Query paths are also served below
\`/zipkin\`, which is where the UI asks. Answers of 2 KiB and more are compressed with Brotli or gzip for who accepts it. Errors are
explained in [errors.md](errors.md).
`;

const SECTIONS = [
  ['zipkin', "Zipkin's API"],
  ['tracekin', 'Additions'],
  ['operation', 'Operation'],
] as const;

/** The text of docs/api.md. */
export function documentApi(document: object): string {
  const { paths } = document as Described;
  const endpoints = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, endpoint]) => ({ path, method, endpoint })),
  );
  const sections = SECTIONS.map(([tag, title]) => {
    const parts = endpoints.filter(({ endpoint }) => endpoint.tags.includes(tag)).map(documentEndpoint);
    return `## ${title}\n\n${parts.join('\n\n')}`;
  });
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n\n${GRPC}\n${DIFFERENCES}`;
}

function documentEndpoint({ path, method, endpoint }: { path: string; method: string; endpoint: Endpoint }): string {
  const lines = [
    `### ${method.toUpperCase()} ${path}`,
    '',
    [endpoint.summary, endpoint.description]
      .filter(Boolean)
      .join('. ')
      .replace(/([^.])$/, '$1.'),
  ];
  if (endpoint.parameters !== undefined) {
    lines.push('', '| parameter | in | meaning |', '|---|---|---|');
    for (const parameter of endpoint.parameters) {
      lines.push(
        `| \`${parameter.name}\`${parameter.required ? ', required' : ''} | ${parameter.in} | ${parameter.description} |`,
      );
    }
  }
  lines.push(
    '',
    ...Object.entries(endpoint.responses).map(([status, { description }]) => `- ${status}: ${description}`),
  );
  return lines.join('\n');
}

const GRPC = `## gRPC

On the main port, over HTTP/2 (prior knowledge, or TLS), and as binary gRPC-Web over HTTP/1.1 too. Messages may be gzipped. Unary
only, no reflection. Further ports for OTLP are off by default: \`otlp-grpc-port\`, \`otlp-http-port\`.

| method | request | answer |
|---|---|---|
| \`zipkin.proto3.SpanService/Report\` | \`ListOfSpans\` | \`ReportResponse\`, which is empty |
| \`opentelemetry.proto.collector.trace.v1.TraceService/Export\` | \`ExportTraceServiceRequest\` | \`ExportTraceServiceResponse\`, with \`partial_success\` when spans were left out |

OK means that the spans are kept, as 202 does. Statuses of failures are in [errors.md](errors.md); \`grpc-status-details-bin\` has a
\`google.rpc.Status\`, with a \`RetryInfo\` where another try makes sense.
`;

const DIFFERENCES = `## Differences from Zipkin 3.6.1

- A search with a limit above \`query-max-limit\` is refused with 400; Zipkin has no maximum.
- All criteria of a search have to match on one span, on every storage ([decisions](decisions/)).
- A gzipped empty body is accepted with 202; Zipkin answers \`Cannot gunzip spans\`.
- 202 means that the spans are kept on disk (or in storage), not only received; 503 with \`Retry-After\` says that they are not.
- Error answers carry \`x-content-type-options: nosniff\`, because messages repeat what the caller sent.
- A malformed percent escape in a query string is taken literally; Zipkin answers 400.
- URLs may have 40,000 characters, headers 64 KiB; Zipkin allows 4 KiB and 8 KiB.
- \`Upgrade: h2c\` is ignored and the request answered in HTTP/1.1. HTTP/2 with prior knowledge works.
- POST to \`/zipkin/api/v2/spans\` is 404; Zipkin answers 405. Neither takes spans there.
- Every path below \`/zipkin/\` that looks like a page returns index.html; Zipkin knows five such paths.
- Redirects to \`/zipkin/\` keep the query string.
- \`/zipkin/config.json\` has one more key, \`capabilities\`.
- With a spool, \`/health\` has one more component, \`Spool{directory=…}\`.
- Self-tracing has no \`get-keys\` span, because autocomplete keys are configuration and storage is not asked; \`accept-spans\` is the
  time until spans are kept, not until they are in storage.
- \`http_server_requests_seconds\` has 14 buckets instead of 69 and no \`_max\`.
`;
