// Writes docs/tracer/configuration.md from the table of settings: `node packages/tracer/settings-docs.ts`. A test compares them.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SETTINGS, type Setting } from './src/settings.ts';

/** Where the page is kept. */
export const SETTINGS_PAGE: string = fileURLToPath(new URL('../../docs/tracer/configuration.md', import.meta.url));

/** The page for the table. */
export function settingsPage(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(({ env, fallback, doc }) => {
    const names = env.map(name => `\`${name}\``).join('<br>');
    return `| ${names} | ${fallback} | ${doc} |`;
  });
  return `# Configuration by environment

Made from the table in \`packages/tracer/src/settings.ts\` by \`node packages/tracer/settings-docs.ts\`; do not edit.

\`@tracekin/tracer/register\` reads these variables. Where several names are given, the first that is set and not empty counts. A value
that breaks its rule is reported on standard error by the variable's name, tracing stays off, and the application starts.

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SETTINGS_PAGE, settingsPage());
