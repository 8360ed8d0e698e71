export type LogLevel = 'info' | 'warn' | 'error';

/** Where the collector reports what an operator should know: a sentence, and ids or figures. Never payloads. */
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export const noLog: Log = () => {};
