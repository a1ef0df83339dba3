// What is the shortest connection of any kind between a security group and the message broker?
MATCH path = shortestPath((:Resource {name: 'security group'})-[*..8]-(:MessageQueue {name: 'RabbitMQ'}))
RETURN path, length(path) AS hops;
