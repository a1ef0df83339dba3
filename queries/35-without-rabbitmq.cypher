// What would change for heat without the message queue?
WHATIF REMOVE rabbitmq DEPS heat;
