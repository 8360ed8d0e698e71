SELECT trace_low, bucket
FROM `golden`.traces
PREWHERE trace_low IN (255, 18364758544493064720);
