import { ERROR_STATUS } from '../http/error-status.ts';

const INTRODUCTION = `<!-- Made by packages/server/bin/generate-docs.ts from packages/server/src/http/error-status.ts; edit that. -->

# Errors

Every refusal has one of these codes. Over HTTP the body is the message alone, with the content type \`text/*\` that a Zipkin
server sends. The query API knows few statuses because Zipkin's clients do; posting spans knows more, so that a sender can tell
what is worth sending again.

| code | HTTP, posting spans | HTTP, reading | gRPC | meaning |
|---|---|---|---|---|
`;

/** The text of docs/errors.md. */
export function documentErrors(): string {
  const rows = Object.entries(ERROR_STATUS).map(
    ([code, { ingest, read, grpc, meaning }]) => `| \`${code}\` | ${ingest} | ${read} | ${grpc} | ${meaning} |`,
  );
  return `${INTRODUCTION}${rows.join('\n')}\n\n${OTHERS}`;
}

const OTHERS = `A path or method that nothing serves is answered with 404 and \`404 Not Found\`; the method TRACE with 405; a URL of more than
40,000 characters with 414; headers of more than 64 KiB with 431; deletion that is switched off with 403.
`;
