/** Hexadecimal digits of 64 bits. */
export const idDigits = 16;

/** Where in a form of the ids the digits stand. */
export interface IdForm {
  readonly text: string;
  readonly traceId: number;
  readonly parentId: number;
  readonly id: number;
}

export const idForms: readonly IdForm[] = [false, true].flatMap(isLong =>
  [false, true].map(hasParent => {
    const trace = '0'.repeat(isLong ? 2 * idDigits : idDigits);
    const parent = hasParent ? `","parentId":"${'0'.repeat(idDigits)}` : '';
    const traceId = '"traceId":"'.length;
    const parentId = traceId + trace.length + '","parentId":"'.length;
    const id = traceId + trace.length + parent.length + '","id":"'.length;
    return { text: `"traceId":"${trace}${parent}","id":"${'0'.repeat(idDigits)}"`, traceId, parentId, id };
  }),
);
