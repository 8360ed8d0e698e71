import { isDerived } from './load-settings.ts';
import type { SettingRow } from './setting-row.ts';
import { SETTING_GROUPS, settingEntries } from './setting-rows.ts';

/** The default as a user would write it; empty for none. */
export function printDefault(row: SettingRow<unknown>): string {
  if (isDerived(row.default)) return row.default.derivedFrom;
  return row.default === undefined ? '' : row.kind.print(row.default as never);
}

/** The text of docs/configuration.md. */
export function documentSettings(): string {
  const sections = SETTING_GROUPS.map(group => {
    const rows = settingEntries(group.rows).map(([, row]) => {
      const value = printDefault(row);
      const shown = value === '' ? '' : isDerived(row.default) ? value : `\`${value}\``;
      const rule = row.kind.rule === 'text' ? '' : ` Must be ${cell(row.kind.rule)}.`;
      const env = row.env.map(name => `\`${name}\``).join(', ');
      return `| \`--${row.key}\` | ${env} | ${shown} | ${cell(row.text)}${rule} |`;
    });
    return [
      `## ${group.title}`,
      '',
      '| flag and file key | environment | default | meaning |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `<!-- Made by packages/server/bin/generate-docs.ts from the rows in packages/server/src/settings/rows; edit those. -->

# Configuration

Every setting has one key. Write it as a flag (\`npm start -- --port 9500\`), as a variable (\`QUERY_PORT=9500 npm start\`) or as a
line of \`tracekin.yaml\` in the working directory or of the file that \`--config FILE\` or \`TRACEKIN_CONFIG\` names (\`port: 9500\`).
Flags win over variables, variables over the file. Variables carry Zipkin's names wherever Zipkin has the setting; an empty
variable counts as unset. A value that breaks its rule, an unknown flag and an unknown key in the file stop the start with a
message that names the setting; an unknown \`TRACEKIN_\` variable is reported and ignored.

Zipkin's variables for features that Tracekin lacks (\`STORAGE_TYPE=cassandra3\` or \`mysql\`, ActiveMQ, Pulsar and so on) stop the
start where ignoring them would lose spans, and are reported otherwise.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
