export { createServer, type RunningServer, type ServerOverrides } from './create-server.ts';
export type { Settings } from './settings/settings.ts';
