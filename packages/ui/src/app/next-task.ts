/** Lets the browser draw and hear its reader before what follows. */
export function nextTask(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve));
}
