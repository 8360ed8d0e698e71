/**
 * `node --import @tracekin/tracer/register app.js` traces an application without a change to it, ESM or CommonJS alike.
 * Configured by the environment; see docs/tracer/configuration.md.
 */
import { readSettings } from './settings.ts';
import { startOptions } from './settings-options.ts';
import { startTracing } from './start-tracing.ts';
import { warnOnConsole } from './warn.ts';

try {
  const settings = readSettings(process.env);
  if (settings.enabled !== false)
    startTracing(startOptions(settings, process.env['npm_package_name'], process.argv[1]));
} catch (error) {
  // A typing error in a variable must not keep the service from starting.
  warnOnConsole('tracing is off', error);
}
