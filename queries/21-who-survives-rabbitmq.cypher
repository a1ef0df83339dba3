// Which services do not depend on the message broker, however indirectly?
CALL trace.impact('RabbitMQ') YIELD term
WITH collect(DISTINCT term) AS affected
MATCH (service:Service)
WHERE NOT service IN affected
RETURN service.name AS service
ORDER BY service;
