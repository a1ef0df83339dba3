// Which terms need each other?
CYCLES UP TO 3;
