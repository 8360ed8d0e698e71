-- p0 = "front"
-- p1 = "get /"
-- p2 = "back"
-- p3 = "GET"
-- p4 = "http.method"
-- p5 = "a\nb"
-- p6 = "quote'\\\\"
-- p7 = "\u0000error\u0000"
-- p8 = "error"
SELECT group_service, group_name, group_remote, sum(spans) AS all_spans, sum(errors) AS all_errors,
    groupArray(place) AS places, groupArray(spans) AS place_spans, groupArray(errors) AS place_errors
FROM
(
    SELECT service AS group_service, '' AS group_name, remote AS group_remote,
        toInt32(toUInt32(intDiv(timestamp - 1789996400000000, 60000000))) AS place, count() AS spans, countIf(bitAnd(flags, 64) != 0) AS errors
    FROM `golden`.spans
    PREWHERE bucket BETWEEN 447499100 AND 447500000
      AND timestamp BETWEEN 1789996400000000 AND 1790000000000999
      AND parent_id = 0 AND bitAnd(flags, 8) = 0
      AND remote != ''
      AND bitAnd(flags, 7) IN (1, 3)
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
    GROUP BY group_service, group_name, group_remote, place
    ORDER BY place
)
GROUP BY group_service, group_name, group_remote
ORDER BY all_spans DESC, group_service, group_name, group_remote
LIMIT 101;
