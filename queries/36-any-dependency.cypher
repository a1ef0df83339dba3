// Which services does heat need directly, over whatever type carries the need?
MATCH (heat {name: 'Orchestration'})-[r:DEPENDENCY]->(service:Service)
RETURN service.name AS service, type(r) AS type
  ORDER BY service;
