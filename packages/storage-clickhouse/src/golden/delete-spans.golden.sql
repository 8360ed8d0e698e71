DELETE FROM `golden`.spans
WHERE trace_low = 18364758544493064720
  AND bucket IN (SELECT bucket FROM `golden`.traces WHERE trace_low = 18364758544493064720)
  AND trace_high = 171;
