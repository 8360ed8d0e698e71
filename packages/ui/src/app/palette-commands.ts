import { localTimeZone } from '../format/time.ts';
import type { Catalogs } from '../i18n/catalogs.ts';
import { LOCALE_NAMES, LOCALES } from '../i18n/locales.ts';
import { DENSITIES, THEMES } from '../settings/settings.ts';

/** One line of the palette, as data; what it does is a path of the UI or a setting. */
export interface Command {
  readonly id: string;
  readonly label: string;
  readonly keys?: string;
  readonly action:
    | {
        readonly go: '/' | '/services' | '/dependency' | '/traceViewer' | '/help' | '/start';
        readonly search?: Readonly<Record<string, string>>;
      }
    | { readonly trace: string }
    | { readonly set: 'theme' | 'density' | 'locale' | 'timeZone'; readonly value: string };
}

const MOST_SHOWN = 60;
const TRACE_ID = /^[0-9a-f]{1,32}$/;

/** The lines for what has been typed: a trace ID first, then what contains every typed word, the fixed commands first. */
export function findCommands(typed: string, services: readonly string[], text: Catalogs['app']): Command[] {
  const query = typed.trim().toLowerCase();
  const words = query.split(/\s+/).filter(Boolean);
  const matches = ({ label }: Command): boolean => words.every(word => label.toLowerCase().includes(word));
  const found = [...fixedCommands(text), ...serviceCommands(services, text)].filter(matches).slice(0, MOST_SHOWN);
  if (!TRACE_ID.test(query)) return found;
  const open: Command = { id: 'trace', label: text.palette.openTrace(query), action: { trace: query } };
  // Short hexadecimal words such as "add" are more often the start of a command.
  return query.length >= 8 || found.length === 0 ? [open, ...found] : [...found, open];
}

function fixedCommands(text: Catalogs['app']): Command[] {
  return [
    { id: 'go-traces', label: text.traces, keys: 'g t', action: { go: '/' } },
    { id: 'go-services', label: text.services, keys: 'g s', action: { go: '/services' } },
    { id: 'go-map', label: text.map, keys: 'g m', action: { go: '/dependency' } },
    { id: 'go-file', label: text.openFile, action: { go: '/traceViewer' } },
    { id: 'go-start', label: text.palette.sendSample, action: { go: '/start' } },
    { id: 'go-help', label: text.help, keys: '?', action: { go: '/help' } },
    ...THEMES.map(
      (theme): Command => ({
        id: `theme-${theme}`,
        label: text.palette.useTheme(text.themes[theme]),
        action: { set: 'theme', value: theme },
      }),
    ),
    ...DENSITIES.map(
      (density): Command => ({
        id: `density-${density}`,
        label: text.palette.useDensity(text.densities[density]),
        action: { set: 'density', value: density },
      }),
    ),
    {
      id: 'zone-local',
      label: text.palette.useZone(text.localTimeZone(localTimeZone())),
      action: { set: 'timeZone', value: 'local' },
    },
    { id: 'zone-utc', label: text.palette.useZone('UTC'), action: { set: 'timeZone', value: 'UTC' } },
    ...LOCALES.map(
      (locale): Command => ({
        id: `locale-${locale}`,
        label: `${text.language}: ${LOCALE_NAMES[locale]}`,
        action: { set: 'locale', value: locale },
      }),
    ),
  ];
}

function serviceCommands(services: readonly string[], text: Catalogs['app']): Command[] {
  return services.flatMap((service): Command[] => [
    {
      id: `traces-${service}`,
      label: text.palette.tracesOf(service),
      action: { go: '/', search: { serviceName: service } },
    },
    {
      id: `map-${service}`,
      label: text.palette.mapAround(service),
      action: { go: '/dependency', search: { focus: service } },
    },
  ]);
}
