SELECT server, max(seq) AS seq
FROM `golden`.touches
GROUP BY server;
