SELECT group_service, group_name, group_remote, sum(spans) AS all_spans, sum(errors) AS all_errors,
    groupArray(place) AS places, groupArray(spans) AS place_spans, groupArray(errors) AS place_errors
FROM
(
    SELECT service AS group_service, name AS group_name, '' AS group_remote,
        toInt32(if(duration = 0, -1, toInt32(bitShiftRight(reinterpretAsUInt64(toFloat64(duration)), 48)) - 16368)) AS place, count() AS spans, countIf(bitAnd(flags, 64) != 0) AS errors
    FROM `golden`.spans
    PREWHERE bucket BETWEEN 447478400 AND 447500000
      AND timestamp BETWEEN 1789913600000000 AND 1790000000000999
      AND (bitAnd(flags, 7) IN (2, 4) OR (parent_id = 0 AND bitAnd(flags, 8) = 0))
    GROUP BY group_service, group_name, group_remote, place
    ORDER BY place
)
GROUP BY group_service, group_name, group_remote
ORDER BY all_spans DESC, group_service, group_name, group_remote
LIMIT 101;
