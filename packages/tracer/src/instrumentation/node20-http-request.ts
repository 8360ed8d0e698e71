import { channel } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Subscriptions } from './subscriptions.ts';

type Request = (...args: unknown[]) => ClientRequest;
interface HttpModule {
  request: Request;
  get: Request;
}

/**
 * Node 20 publishes a client request only after its headers were written, so there `http.request` and `get` are wrapped to
 * publish it on `channelName` while headers can be added. Undone with the subscriptions.
 */
export function patchHttpRequest(subscriptions: Subscriptions, channelName: string): void {
  const created = channel(channelName);
  const require = createRequire(import.meta.url);
  for (const name of ['node:http', 'node:https']) {
    const module = require(name) as HttpModule;
    const { request, get } = module;
    module.request = (...args) => {
      const outgoing = request(...args);
      created.publish({ request: outgoing });
      return outgoing;
    };
    // The original calls the original `request`.
    module.get = (...args) => {
      const outgoing = module.request(...args);
      outgoing.end();
      return outgoing;
    };
    subscriptions.onOff(() => {
      Object.assign(module, { request, get });
      syncBuiltinESMExports();
    });
  }
  // Named imports of ESM (`import { request } from 'node:http'`) see the wrappers from here on.
  syncBuiltinESMExports();
}
