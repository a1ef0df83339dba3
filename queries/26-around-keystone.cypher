// Does the dashboard need the database without the identity service between?
WHY horizon TO mariadb AVOIDING keystone;
