// What is nova?
SHOW nova;
