SELECT server, max(seq) AS seq
FROM `golden`.checkpoints
GROUP BY server;
