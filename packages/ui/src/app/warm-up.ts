import { nextTask } from './next-task.ts';

/**
 * Asks the browser for fonts while files are on their way. Another process has them and is asked for each family, size and weight;
 * a first layout that has to wait for all of them is a task of 20 to 40 ms. Here each is a task of its own.
 */
export async function warmUp(): Promise<void> {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name);
  const known = token('--font');
  // One name after the other, as the browser goes through the list until it has one.
  const mono = token('--mono').split(',');
  const fonts = [
    ...[400, 600].flatMap(weight => SIZES.map(size => `${weight} ${token(size)} ${known}`)),
    ...mono.map(name => `${token('--size-small')} ${name}, ${known}`),
  ];
  for (const font of fonts) {
    await nextTask();
    context.font = font;
    context.measureText('0');
  }
}

const SIZES = ['--size', '--size-small', '--size-large'] as const;
