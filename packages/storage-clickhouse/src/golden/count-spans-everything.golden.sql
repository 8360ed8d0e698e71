-- p0 = "front"
-- p1 = "get /"
-- p2 = "back"
-- p3 = "GET"
-- p4 = "http.method"
-- p5 = "a\nb"
-- p6 = "quote'\\\\"
-- p7 = "\u0000error\u0000"
-- p8 = "error"
SELECT toUInt32(intDiv(timestamp - 1789996400000000, 60000000)) AS time_bucket, toInt32(if(duration = 0, -1, toInt32(bitShiftRight(reinterpretAsUInt64(toFloat64(duration)), 48)) - 16368)) AS duration_step,
    count() AS spans, countIf(bitAnd(flags, 64) != 0) AS errors
FROM `golden`.spans
PREWHERE bucket BETWEEN 447499100 AND 447500000
  AND timestamp BETWEEN 1789996400000000 AND 1790000000000999
  AND parent_id = 0 AND bitAnd(flags, 8) = 0
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
GROUP BY time_bucket, duration_step
ORDER BY time_bucket, duration_step;
