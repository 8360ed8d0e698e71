-- p0 = "front"
-- p1 = "get /"
-- p2 = "back"
-- p3 = "http.method\u0000"
-- p4 = "http.method"
-- p5 = "GET"
-- p6 = "GET"
-- p7 = "quote'\\\\\u0000"
-- p8 = "quote'\\\\"
-- p9 = "a\nb"
-- p10 = "a\nb"
-- p11 = "\u0000error\u0000"
-- p12 = "error"
SELECT trace_low, trace_high, max(timestamp) AS latest, max(bucket) AS newest, min(bucket) AS oldest,
    toUInt32(count()) AS spans
FROM
(
    SELECT trace_low, trace_high, timestamp, bucket
    FROM `golden`.spans
    WHERE bucket BETWEEN 447499100 AND 447500000
      AND timestamp BETWEEN 1789996400000000 AND 1790000000000999
      AND service = {p0:String}
      AND name = {p1:String}
      AND remote = {p2:String}
      AND duration >= 1000
      AND duration <= 2000
      AND has(tag_values, {p5:String})
      AND position(tag_keys, {p3:String}) > 0
      AND indexOf(splitByChar('\0', tag_keys), {p4:String}) BETWEEN 1 AND length(tag_values)
      AND tag_values[indexOf(splitByChar('\0', tag_keys), {p4:String})] = {p6:String}
      AND has(tag_values, {p9:String})
      AND position(tag_keys, {p7:String}) > 0
      AND indexOf(splitByChar('\0', tag_keys), {p8:String}) BETWEEN 1 AND length(tag_values)
      AND tag_values[indexOf(splitByChar('\0', tag_keys), {p8:String})] = {p10:String}
      AND (position(concat('\0', tag_keys), {p11:String}) > 0 OR has(annotation_values, {p12:String}))
    ORDER BY bucket DESC
    LIMIT 120
)
GROUP BY trace_low, trace_high;
