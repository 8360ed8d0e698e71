import { trace } from '@tracekin/tracer';
import '@tracekin/tracer/register';

globalThis.tracekinTrace = trace;
