import { BOOL, I64, LIST, STRING, thriftField } from './thrift-reader.ts';

/** The fields of a v1 span (zipkin.md 7.4), as `ThriftReader.field` gives them. */
export const TRACE_ID: number = thriftField(I64, 1);
export const NAME: number = thriftField(STRING, 3);
export const ID: number = thriftField(I64, 4);
export const PARENT_ID: number = thriftField(I64, 5);
export const ANNOTATIONS: number = thriftField(LIST, 6);
export const BINARY_ANNOTATIONS: number = thriftField(LIST, 8);
export const DEBUG: number = thriftField(BOOL, 9);
export const TIMESTAMP: number = thriftField(I64, 10);
export const DURATION: number = thriftField(I64, 11);
export const TRACE_ID_HIGH: number = thriftField(I64, 12);

/** What a binary annotation's `annotation_type` says of its value. */
export const BOOL_VALUE = 0;
export const STRING_VALUE = 6;
