import type { start as english } from '../en/start.ts';

export const start: typeof english = {
  title: 'Envíe su primer span',
  waiting: 'Esperando el primer span…',
  listening: address => `Escuchando en ${address}`,
  receiving: 'Están llegando spans.',
  toTraces: 'Ir a las trazas',
  intro: 'Elija con qué está hecho su programa, copie y ejecute. Esta página cambia sola cuando llega el primer span.',
  ways: 'Formas de enviar spans',
  goesTo: place => `Va en: ${place}`,
  copySnippet: title => `Copiar para ${title}`,
  noProgram: '¿No tiene un programa a mano?',
  sendSample: 'Enviar una traza de ejemplo',
  sending: 'Enviando…',
  sent: 'La traza de ejemplo fue aceptada.',
  openSample: 'Abrirla',
  openFile: 'Abrir un archivo de traza',
};
