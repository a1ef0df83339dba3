// What do the relationship types mean, and which way does a failure travel?
SHOW RELATIONSHIP TYPES;
