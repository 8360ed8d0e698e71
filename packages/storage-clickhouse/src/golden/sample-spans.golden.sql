-- p0 = "front"
-- p1 = "get /"
-- p2 = "back"
-- p3 = "GET"
-- p4 = "http.method"
-- p5 = "a\nb"
-- p6 = "quote'\\\\"
-- p7 = "\u0000error\u0000"
-- p8 = "error"
SELECT trace_low, trace_high, id, parent_id, flags, timestamp, duration, service, name, remote, local_address, remote_address, tag_keys, tag_values, annotation_times, annotation_values
FROM `golden`.spans
PREWHERE bucket BETWEEN 447499100 AND 447500000
  AND timestamp BETWEEN 1789996400000000 AND 1790000000000999
  AND parent_id = 0 AND bitAnd(flags, 8) = 0
  AND timestamp >= 1789999000000000 AND duration >= 500 AND duration <= 900 AND bitAnd(flags, 64) != 0
  AND service = {p0:String}
  AND name = {p1:String}
  AND remote = {p2:String}
  AND duration >= 1000
  AND duration <= 2000
  AND has(tag_values, {p3:String})
  AND has(tag_values, {p5:String})
  AND (position(concat('\0', tag_keys), {p7:String}) > 0 OR has(annotation_values, {p8:String}))
WHERE indexOf(splitByChar('\0', tag_keys), {p4:String}) BETWEEN 1 AND length(tag_values)
  AND tag_values[indexOf(splitByChar('\0', tag_keys), {p4:String})] = {p3:String}
  AND indexOf(splitByChar('\0', tag_keys), {p6:String}) BETWEEN 1 AND length(tag_values)
  AND tag_values[indexOf(splitByChar('\0', tag_keys), {p6:String})] = {p5:String}
LIMIT 10;

SELECT trace_low, trace_high, id, parent_id, flags, timestamp, duration, service, name, remote, local_address, remote_address, tag_keys, tag_values, annotation_times, annotation_values
FROM `golden`.spans
PREWHERE bucket BETWEEN 447478400 AND 447500000
  AND timestamp BETWEEN 1789913600000000 AND 1790000000000999
  AND (bitAnd(flags, 7) IN (2, 4) OR (parent_id = 0 AND bitAnd(flags, 8) = 0))
  AND intHash32(bucket) % 72 = 0
  AND bitShiftRight(trace_low, 48) < 2359
  AND NOT (bitAnd(flags, 64) != 0)
LIMIT 5000;
