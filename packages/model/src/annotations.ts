import { TracekinError } from './error.ts';
import type { Annotation } from './span.ts';

/** Order of annotations: by timestamp, then by value in UTF-16 code units. */
export function compareAnnotations(a: Annotation, b: Annotation): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Sorted and without duplicates; the same array when it is so already; undefined when empty. */
export function sortAnnotations(annotations: readonly Annotation[]): readonly Annotation[] | undefined {
  if (annotations.length === 0) return undefined;
  let sorted = true;
  for (let i = 1; i < annotations.length && sorted; i++) {
    sorted = compareAnnotations(annotations[i - 1]!, annotations[i]!) < 0;
  }
  if (sorted) return annotations;
  const copy = annotations.toSorted(compareAnnotations);
  return copy.filter((annotation, i) => i === 0 || compareAnnotations(copy[i - 1]!, annotation) !== 0);
}

/** Throws `invalid-argument` unless the annotation has a time in microseconds, 0 included, and a value. */
export function checkAnnotation(annotation: Annotation): void {
  if (!Number.isSafeInteger(annotation.timestamp) || annotation.timestamp < 0) {
    throw new TracekinError(
      'invalid-argument',
      `annotation.timestamp should be an integer of microseconds from 0 to 2^53: was ${annotation.timestamp}`,
    );
  }
  if (typeof annotation.value !== 'string') {
    throw new TracekinError('invalid-argument', 'annotation.value == null');
  }
}

/**
 * Annotations as they are stored: checked, sorted, without duplicates and without fields that an annotation does not have;
 * undefined when there are none. Kept, not copied, when nothing has to change.
 */
export function normalizeAnnotations(
  annotations: readonly Annotation[] | null | undefined,
): readonly Annotation[] | undefined {
  if (annotations === undefined || annotations === null) return undefined;
  let plain = true;
  for (const annotation of annotations) {
    checkAnnotation(annotation);
    for (const field in annotation) if (field !== 'timestamp' && field !== 'value') plain = false;
  }
  return sortAnnotations(plain ? annotations : annotations.map(({ timestamp, value }) => ({ timestamp, value })));
}
