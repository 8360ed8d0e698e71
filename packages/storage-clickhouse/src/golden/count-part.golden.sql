SELECT count() AS spans
FROM `golden`.spans
PREWHERE bucket BETWEEN 447478400 AND 447500000
  AND timestamp BETWEEN 1789913600000000 AND 1790000000000999
  AND (bitAnd(flags, 7) IN (2, 4) OR (parent_id = 0 AND bitAnd(flags, 8) = 0))
  AND NOT (timestamp >= 1789999000000000 AND duration >= 500 AND duration <= 900 AND bitAnd(flags, 64) != 0);
