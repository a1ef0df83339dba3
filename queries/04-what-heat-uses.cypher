// Which other services does heat call on directly?
DEPS heat DEPTH 1 VIA uses;
