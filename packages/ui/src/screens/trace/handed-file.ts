let handed: File | undefined;

/** Another screen's file, e.g. dropped on the search page, to be opened by `/traceViewer`. */
export function handFile(file: File): void {
  handed = file;
}

export function takeHandedFile(): File | undefined {
  const file = handed;
  handed = undefined;
  return file;
}
