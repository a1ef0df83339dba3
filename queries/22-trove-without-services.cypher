// Which terms that are no services does trove need, and by way of what?
DEPS trove HIDING Service DEPTH 1;
