// What kinds of things stop working when MariaDB fails, and how many of each?
CALL trace.impact('MariaDB') YIELD term, depth, effect
WHERE effect = 'fails'
WITH DISTINCT term
UNWIND labels(term) AS label
RETURN label, count(*) AS failing
ORDER BY failing DESC, label;
