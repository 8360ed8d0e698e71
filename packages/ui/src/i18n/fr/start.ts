import type { start as english } from '../en/start.ts';

export const start: typeof english = {
  title: 'Envoyez votre premier span',
  waiting: 'En attente du premier span…',
  listening: address => `À l'écoute sur ${address}`,
  receiving: 'Des spans arrivent.',
  toTraces: 'Voir les traces',
  intro:
    'Choisissez ce dont votre programme est fait, copiez, lancez. Cette page change toute seule à l’arrivée du premier span.',
  ways: "Façons d'envoyer des spans",
  goesTo: place => `À placer dans : ${place}`,
  copySnippet: title => `Copier pour ${title}`,
  noProgram: 'Pas de programme sous la main ?',
  sendSample: 'Envoyer une trace d’exemple',
  sending: 'Envoi…',
  sent: "La trace d'exemple a été acceptée.",
  openSample: "L'ouvrir",
  openFile: 'Ouvrir un fichier de trace',
};
