import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
  /** An authority that signed nothing. */
  readonly otherCa: string;
}

/** Makes an authority in a folder, and what it signs: a server at 127.0.0.1 and a client. Needs openssl. */
export function makeCertificates(folder: string): Certificates {
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const authority = (name: string): string => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
    openssl('req', '-x509', '-days', '2', '-subj', `/CN=${name}`, ...key, '-out', `${name}.pem`);
    return join(folder, `${name}.pem`);
  };
  const signed = (name: string): { cert: string; key: string } => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
    openssl('req', '-subj', `/CN=${name}`, ...key, '-out', `${name}.csr`);
    writeFileSync(join(folder, `${name}.ext`), 'subjectAltName=IP:127.0.0.1\n');
    const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      `${name}.csr`,
      ...by,
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
    return { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  };
  return {
    ca: authority('authority'),
    otherCa: authority('other'),
    server: signed('server'),
    client: signed('client'),
  };
}

export interface TlsProxy extends AsyncDisposable {
  readonly url: string;
  /** `user:password` that requests must bring. */
  credentials: string;
}

/** HTTPS with client certificates and basic authentication in front of a search server that has neither. */
export async function tlsProxy(target: string, files: Certificates, credentials: string): Promise<TlsProxy> {
  const tls = {
    cert: readFileSync(files.server.cert),
    key: readFileSync(files.server.key),
    ca: readFileSync(files.ca),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createServer(tls, (incoming, answer) => {
    if (incoming.headers.authorization !== `Basic ${Buffer.from(proxy.credentials).toString('base64')}`) {
      answer.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"reason":"who are you?"}}');
      return;
    }
    const { authorization: _, ...headers } = incoming.headers;
    const outgoing = request(target + incoming.url, { method: incoming.method ?? 'GET', headers }, found => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    outgoing.on('error', () => answer.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const proxy: TlsProxy = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return proxy;
}
