SELECT toUInt32(intDiv(timestamp - 1789913600000000, 60000000)) AS time_bucket, toInt32(if(duration = 0, -1, toInt32(bitShiftRight(reinterpretAsUInt64(toFloat64(duration)), 48)) - 16368)) AS duration_step,
    count() AS spans, countIf(bitAnd(flags, 64) != 0) AS errors
FROM `golden`.spans
PREWHERE bucket BETWEEN 447478400 AND 447500000
  AND timestamp BETWEEN 1789913600000000 AND 1790000000000999
  AND (bitAnd(flags, 7) IN (2, 4) OR (parent_id = 0 AND bitAnd(flags, 8) = 0))
GROUP BY time_bucket, duration_step
ORDER BY time_bucket, duration_step;
