// What does trove need, all the way down?
DEPS trove;
