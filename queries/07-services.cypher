// Which services are there, and by which names do people call them?
MATCH (service:Service)
RETURN service.name AS service, service.aliases AS `also called`
ORDER BY service;
