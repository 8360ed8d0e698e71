SELECT trace_low, trace_high, id, parent_id, flags, timestamp, duration, service, name, remote, local_address, remote_address, tag_keys, tag_values, annotation_times, annotation_values
FROM `golden`.spans
PREWHERE (bucket, bitShiftRight(trace_low, 48), trace_low) IN
(
    SELECT bucket, bitShiftRight(trace_low, 48), trace_low
    FROM `golden`.traces AS parts_of_traces
    PREWHERE trace_low IN (255, 18364758544493064720)
);
