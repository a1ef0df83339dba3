// Without which terms does heat lose others it needs?
CRITICAL FOR heat;
