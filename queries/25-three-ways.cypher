// By which three shortest chains does heat need the database?
WHY heat TO mariadb UP TO 3;
