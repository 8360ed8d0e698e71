SELECT trace_low, trace_high, max(timestamp) AS latest, max(bucket) AS newest, min(bucket) AS oldest,
    toUInt32(count()) AS spans
FROM
(
    SELECT trace_low, trace_high, timestamp, bucket
    FROM `golden`.spans
    PREWHERE bucket BETWEEN 447478400 AND 447500000
      AND timestamp BETWEEN 1789913600000000 AND 1790000000000999
    ORDER BY bucket DESC
    LIMIT 120
)
GROUP BY trace_low, trace_high;
