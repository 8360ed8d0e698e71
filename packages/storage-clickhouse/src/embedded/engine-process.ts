// The child process that is the engine: `node engine-process.ts LIBRARY CONFIG_FILE PATH HTTP_PORT [TCP_PORT]`. It calls the entry point of
// clickhouse-local, which never returns, and so owns the main thread. What is undocumented about it is in
// docs/decisions/storage-clickhouse.md.
import { Worker } from 'node:worker_threads';
import ffi from 'ffi-rs';

const [library, configFile, path, port, tcpPort = ''] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string?,
];

// The parent holds the other end of standard input. When it is gone, however it went, so are we: an engine without a server
// would keep the directory locked. A thread of its own, because the main one never comes back from the engine.
new Worker(
  `const { readSync } = require('node:fs');
   const buffer = Buffer.alloc(64);
   try { while (readSync(0, buffer, 0, 64, null) > 0); } catch {}
   process.kill(process.pid, 'SIGKILL');`,
  { eval: true, stdin: false },
);

ffi.open({ library: 'engine', path: library });
const args = [
  'clickhouse',
  `--config-file=${configFile}`,
  `--path=${path}`,
  '--listen_host=127.0.0.1',
  `--http_port=${port}`,
  ...(tcpPort === '' ? [] : [`--tcp_port=${tcpPort}`]),
  '--query',
  `SYSTEM START LISTEN HTTP; ${tcpPort === '' ? '' : 'SYSTEM START LISTEN TCP; '}SELECT sleepEachRow(1) FROM system.numbers SETTINGS max_block_size = 1 FORMAT Null`,
];
ffi.load({
  library: 'engine',
  funcName: 'chdb_query_cmdline',
  retType: ffi.DataType.I32,
  paramsType: [ffi.DataType.I32, ffi.DataType.StringArray],
  paramsValue: [args.length, args],
});
process.exit(1);
