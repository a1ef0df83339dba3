// What do block and object storage both need?
COMMON cinder, swift;
