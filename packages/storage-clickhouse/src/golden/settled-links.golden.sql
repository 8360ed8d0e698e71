SELECT links, toInt64(sum(sign)) AS traces
FROM `golden`.links
WHERE minute BETWEEN 29833317 AND 29833332
GROUP BY links
UNION ALL
SELECT links, toInt64(sum(sign)) AS traces
FROM `golden`.links
WHERE minute IN (29833316, 29833333) AND start_ms BETWEEN 1789999000500 AND 1790000000000
GROUP BY links;
