// Why does one term need another?
// run: from=horizon to=mariadb
CALL trace.why($from, $to);
