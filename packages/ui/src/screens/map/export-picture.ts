import { saveBlob } from '../../widgets/save-file.ts';

/** What a style sheet gives the map; a file of its own has none. */
const PROPERTIES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'paint-order',
] as const;
/** Free space around the drawing. */
const MARGIN = 16;

/** The whole map, at its own size and in the colours of the theme, as the text of an SVG file. */
export function mapPicture(svg: SVGSVGElement): {
  readonly text: string;
  readonly width: number;
  readonly height: number;
} {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const copied = copy.querySelectorAll('*');
  for (const [index, element] of svg.querySelectorAll('*').entries()) {
    const style = getComputedStyle(element);
    const target = copied[index]!;
    for (const property of PROPERTIES) target.setAttribute(property, style.getPropertyValue(property));
    for (const name of ['class', 'style', 'tabindex', 'role', 'aria-hidden']) target.removeAttribute(name);
  }
  const drawing = svg.querySelector<SVGGElement>(':scope > g');
  const box = drawing?.getBBox() ?? { x: 0, y: 0, width: 1, height: 1 };
  copy.querySelector(':scope > g')?.removeAttribute('transform');
  const [width, height] = [Math.ceil(box.width + 2 * MARGIN), Math.ceil(box.height + 2 * MARGIN)];
  for (const { name } of [...copy.attributes]) copy.removeAttribute(name);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('viewBox', `${box.x - MARGIN} ${box.y - MARGIN} ${width} ${height}`);
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ x: box.x - MARGIN, y: box.y - MARGIN, width, height })) {
    paper.setAttribute(name, String(value));
  }
  paper.setAttribute('fill', getComputedStyle(document.documentElement).backgroundColor);
  copy.querySelector(':scope > g')?.before(paper);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

export function saveSvg(svg: SVGSVGElement): void {
  saveBlob('service-map.svg', new Blob([mapPicture(svg).text], { type: 'image/svg+xml' }));
}

/** Two pixels for one of the drawing, so that it can be read on paper. */
export async function savePng(svg: SVGSVGElement): Promise<void> {
  const { text, width, height } = mapPicture(svg);
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * 2;
    canvas.height = height * 2;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'));
    if (blob !== null) saveBlob('service-map.png', blob);
  } finally {
    URL.revokeObjectURL(url);
  }
}
