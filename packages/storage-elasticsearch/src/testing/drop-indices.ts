/** Removes all indices and templates of a test, by the prefix of their names. */
export async function dropIndices(host: string, prefix: string): Promise<void> {
  const answer = await fetch(`${host}/${prefix}*/_alias`);
  for (const index of Object.keys((await answer.json()) as object)) {
    if (index.startsWith(prefix)) await fetch(`${host}/${index}`, { method: 'DELETE' });
  }
  await fetch(`${host}/_template/${prefix}*`, { method: 'DELETE' });
}
