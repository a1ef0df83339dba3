// What fails or degrades if a term fails?
// run: term=keystone
CALL trace.impact($term);
