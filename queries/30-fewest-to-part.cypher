// What would have to go so that heat does not need the database?
CRITICAL FOR heat TO mariadb;
