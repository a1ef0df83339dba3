// Without which terms can more than half of the services not work?
MATCH (service:Service)
WITH count(service) AS services
MATCH (service:Service)-[:DEPENDS_ON|STORES_DATA_IN|COMMUNICATES_VIA|AUTHENTICATES_WITH|RUNS_ON*1..4]->(need)
WITH services, need, count(DISTINCT service) AS dependents
WHERE dependents * 2 > services
RETURN need.name AS need, dependents, services
ORDER BY dependents DESC, need;
