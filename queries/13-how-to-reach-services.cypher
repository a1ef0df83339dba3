// Through which process does each service take requests, where that is known?
MATCH (service:Service)
OPTIONAL MATCH (process)-[:SERVES_API_OF]->(service)
RETURN service.name AS service, process.name AS process
ORDER BY process IS NULL, service;
