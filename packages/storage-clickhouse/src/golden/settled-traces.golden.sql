SELECT trace_low, start_ms, links, toInt64(sum(sign)) AS traces
FROM `golden`.links
WHERE minute IN (29833333)
  AND trace_low IN (255, 18364758544493064720)
GROUP BY trace_low, start_ms, links
HAVING traces != 0;
