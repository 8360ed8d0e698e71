import { type CallOptions, recordCalls } from './call-channel.ts';
import type { Instrumentation } from './instrumentation.ts';
import { Subscriptions } from './subscriptions.ts';

interface CommandMessage {
  readonly command: string;
  /** Without values that may be secret; node-redis repeats the command as the first. */
  readonly args?: readonly string[];
  readonly batchMode?: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
}

interface BatchMessage {
  readonly batchMode?: string;
  readonly batchSize?: number;
  readonly serverAddress?: string;
  readonly serverPort?: number;
}

const MAX_KEYS_CHARS = 200;
const SCOPED: CallOptions = { scoped: true };

/** CLIENT spans of `redis` (node-redis 5 or later): one for a command, one for a whole pipeline or transaction. */
export const redis: Instrumentation = redisInstrumentation('redis', 'node-redis');

/** The same for ioredis 6. */
export const ioredis: Instrumentation = redisInstrumentation('ioredis', 'ioredis');

function redisInstrumentation(name: string, prefix: string): Instrumentation {
  return {
    name,
    install(tracer) {
      const subscriptions = new Subscriptions(name, tracer);
      recordCalls<CommandMessage>(subscriptions, tracer, `${prefix}:command`, message => {
        if (message.batchMode !== undefined) return undefined;
        const command = message.command.toLowerCase();
        return {
          name: command,
          kind: 'CLIENT',
          tags: { 'redis.args': argsOf(command, message.args) },
          remote: peer(message),
        };
      });
      recordCalls<BatchMessage>(
        subscriptions,
        tracer,
        `${prefix}:batch`,
        message => ({
          name: message.batchMode ?? 'batch',
          kind: 'CLIENT',
          tags: { 'redis.commands': message.batchSize },
          remote: peer(message),
        }),
        SCOPED,
      );
      return subscriptions.off;
    },
  };
}

function argsOf(command: string, args: readonly string[] | undefined): string | undefined {
  if (args === undefined) return undefined;
  const rest = args[0]?.toLowerCase() === command ? args.slice(1) : args;
  return rest.length === 0 ? undefined : rest.join(' ').slice(0, MAX_KEYS_CHARS);
}

function peer({ serverAddress, serverPort }: BatchMessage): {
  serviceName: string;
  ip: string | undefined;
  port: number | undefined;
} {
  return { serviceName: 'redis', ip: serverAddress, port: serverPort };
}
