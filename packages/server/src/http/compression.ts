import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** Zipkin's threshold (zipkin.md 1.0). */
const MIN_BYTES = 2048;

/** Compresses answers of text for clients that accept it. Brotli at a level that keeps up with gzip. */
export async function compressAnswers(app: FastifyInstance): Promise<void> {
  await app.register(compress, {
    global: true,
    threshold: MIN_BYTES,
    encodings: ['br', 'gzip'],
    customTypes: /^(application\/(json|javascript)|text\/(css|html|javascript|plain)|image\/svg)/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    zlibOptions: { level: 5 },
  });
}
