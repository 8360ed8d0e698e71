SELECT hash, bucket, slot
FROM
(
    SELECT hash, bucket, slot
    FROM `golden`.postings
    WHERE hash = 4294967295 AND bucket BETWEEN 447499100 AND 447500000
    ORDER BY bucket DESC
    LIMIT 64
);
