/** One process of a demo. */
export interface DemoService {
  /** Shown in traces. */
  readonly name: string;
  /** Below `demos/`; `.py` runs as a Flask module with py_zipkin, `.ts` with Tracekin's tracer. */
  readonly file: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A group of services that call each other, and the page to open. */
export interface Demo {
  readonly name: string;
  readonly sentence: string;
  readonly services: readonly DemoService[];
  readonly open: string;
}

const url = (port: number, path = '/'): string => `http://127.0.0.1:${port}${path}`;

/** The blog's two services. `port` is demo's; service1 gets the one after the blog's, since fetch refuses to call 6000. */
export function twoServices(port = 5000, language: 'ts' | 'py' = 'ts'): Demo {
  const [demo, service1] =
    language === 'ts'
      ? ['two-services/demo.ts', 'two-services/service1.ts']
      : ['two_services/demo.py', 'two_services/service1.py'];
  return {
    name: 'two-services',
    sentence: 'demo calls service1',
    services: [
      { name: 'webapp', file: demo, port, environment: { SERVICE1: url(port + 1001, '/service1/') } },
      { name: 'service1', file: service1, port: port + 1001, environment: {} },
    ],
    open: url(port),
  };
}

/** The three APIs. `port` is api_01's; the others follow. `languages` mixes TypeScript and Flask in one chain. */
export function threeApis(port = 5001, languages: readonly ('ts' | 'py')[] = ['ts', 'ts', 'ts']): Demo {
  const environment = { API_02: url(port + 1), API_03: url(port + 2) };
  return {
    name: 'three-apis',
    sentence: 'api_01 calls api_02 and api_03, and api_02 calls api_03',
    services: ['api_01', 'api_02', 'api_03'].map((name, index) => ({
      name,
      file: languages[index] === 'py' ? `three_apis/api.py ${name}` : `three-apis/${name}.ts`,
      port: port + index,
      environment,
    })),
    open: url(port),
  };
}
