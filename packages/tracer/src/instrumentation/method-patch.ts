/** Replaces a method of `owner` by what `wrap` makes of it. Returns how to undo it. A second call on the same method stacks. */
export function patchMethod<O extends object, K extends keyof O>(
  owner: O,
  name: K,
  wrap: (original: O[K]) => O[K],
): () => void {
  const own = Object.hasOwn(owner, name);
  const original = owner[name];
  const wrapper = wrap(original);
  owner[name] = wrapper;
  return () => {
    if (owner[name] !== wrapper) return;
    if (own) owner[name] = original;
    else delete owner[name];
  };
}
