import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measurePatch, readMeasure } from './measure.ts';
import { readTraceState, servicesPatch, zoomPatch } from './trace-state.ts';

test('an address without parameters is the timeline of everything, repeats grouped', () => {
  assert.deepEqual(readTraceState({}, ''), {
    view: 'timeline',
    span: '',
    root: '',
    zoom: undefined,
    find: '',
    only: false,
    services: undefined,
    criticalPath: false,
    group: true,
    levels: 0,
    rawClocks: false,
    inWindow: false,
    color: '',
    columns: [],
    pin: '',
    dock: undefined,
    measure: undefined,
  });
});

test('every state is read from the address', () => {
  const state = readTraceState(
    {
      view: 'table',
      span: 'ab',
      root: 'cd',
      zoom: '10-25.5',
      find: 'x=1',
      only: '1',
      svc: '-a,b%2Cc',
      cp: '1',
      group: '0',
      depth: '3',
      skew: 'raw',
      window: '1',
      color: 'tag:http.route',
      cols: 'a,b%2Cc',
      pin: 'ef',
      dock: 'bottom',
      measure: '5-2.5',
    },
    '',
  );
  assert.deepEqual(state, {
    view: 'table',
    span: 'ab',
    root: 'cd',
    zoom: { from: 10, to: 25.5 },
    find: 'x=1',
    only: true,
    services: { mode: 'without', names: ['a', 'b,c'] },
    criticalPath: true,
    group: false,
    levels: 3,
    rawClocks: true,
    inWindow: true,
    color: 'http.route',
    columns: ['a', 'b,c'],
    pin: 'ef',
    dock: 'bottom',
    measure: { from: 5, to: 2.5 },
  });
});

test('a span id in the hash is the span, unless the parameter names another', () => {
  assert.equal(readTraceState({}, '48485a3953bb6124').span, '48485a3953bb6124');
  assert.equal(readTraceState({}, '#48485a3953bb6124').span, '48485a3953bb6124');
  assert.equal(readTraceState({ span: '1' }, '2').span, '1');
  assert.equal(readTraceState({}, '#main').span, '');
});

test('nonsense counts as absent', () => {
  const state = readTraceState({ view: 'nope', zoom: '9-3', depth: '-4', svc: '-', cp: 'yes' }, '');
  assert.deepEqual(
    [state.view, state.zoom, state.levels, state.services, state.criticalPath],
    ['timeline', undefined, 0, undefined, false],
  );
});

test('services with commas and dashes survive the address', () => {
  for (const services of [
    { mode: 'only', names: ['-a', 'b,c', '100%'] },
    { mode: 'without', names: ['x'] },
  ] as const) {
    const { svc } = servicesPatch(services);
    assert.deepEqual(readTraceState({ svc: svc as string }, '').services, services);
  }
});

test('the whole trace needs no zoom parameter', () => {
  assert.deepEqual(zoomPatch({ from: 0, to: 10 }, true), { zoom: undefined });
  assert.deepEqual(zoomPatch({ from: 1.26, to: 10 }, false), { zoom: '1.3-10' });
});

test('a measurement is a point, then two, then a new point', () => {
  assert.deepEqual(measurePatch(undefined, 10), { measure: '10' });
  assert.deepEqual(measurePatch({ from: 10, to: undefined }, 2.25), { measure: '10-2.3' });
  assert.deepEqual(measurePatch({ from: 10, to: 20 }, 30), { measure: '30' });
  assert.equal(readMeasure('-5'), undefined);
});
