// What do most terms need directly?
MATCH (one)-[:DEPENDS_ON|USES|STORES_DATA_IN|COMMUNICATES_VIA|AUTHENTICATES_WITH|RUNS_ON]->(need)
RETURN need.name AS need, count(DISTINCT one) AS `needed by`
ORDER BY `needed by` DESC, need
LIMIT 10;
