// Which processes is each service made of?
MATCH (part)-[:PART_OF]->(service:Service)
WITH service, part ORDER BY part.name
RETURN service.name AS service, count(part) AS parts, collect(part.name) AS names
ORDER BY parts DESC, service;
