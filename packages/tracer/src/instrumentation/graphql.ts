import { recordCalls } from './call-channel.ts';
import type { Instrumentation } from './instrumentation.ts';
import { Subscriptions } from './subscriptions.ts';

interface ExecuteMessage {
  readonly operationName?: string | null;
  readonly operationType?: string;
  readonly result?: unknown;
}

/**
 * One local span for each graphql 17 operation, named `query getUser`; resolvers run inside it, so their calls are its
 * children. Resolvers themselves make no spans: there can be thousands.
 */
export const graphql: Instrumentation = {
  name: 'graphql',
  install(tracer) {
    const subscriptions = new Subscriptions(this.name, tracer);
    for (const channel of ['graphql:execute', 'graphql:subscribe']) {
      recordCalls<ExecuteMessage>(
        subscriptions,
        tracer,
        channel,
        message => {
          const type = message.operationType ?? (channel === 'graphql:subscribe' ? 'subscription' : 'graphql');
          return {
            name: message.operationName ? `${type} ${message.operationName}` : type,
            tags: { 'graphql.operation.type': type },
          };
        },
        { scoped: true },
      );
    }
    return subscriptions.off;
  },
};
