SELECT trace_low, trace_high, id, parent_id, flags, timestamp, duration, service, name, remote, local_address, remote_address, tag_keys, tag_values, annotation_times, annotation_values
FROM `golden`.spans
PREWHERE (bucket, bitShiftRight(trace_low, 48)) IN ((447499999, 17));
