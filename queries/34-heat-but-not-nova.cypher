// What does heat need that nova does not?
DEPS heat EXCEPT DEPS nova;
