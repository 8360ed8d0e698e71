/** Stands for real work. WORK_SCALE multiplies the demos' pauses, e.g. in tests. */
export function work(ms: number): Promise<void> {
  const scale = Number(process.env['WORK_SCALE'] ?? '1');
  return new Promise(resolve => setTimeout(resolve, ms * scale));
}
