SELECT hash, bucket, slot
FROM `golden`.postings
PREWHERE hash IN (1, 4294967295) AND bucket BETWEEN 447499100 AND 447500000
ORDER BY hash DESC, bucket DESC
LIMIT 64 BY hash;
