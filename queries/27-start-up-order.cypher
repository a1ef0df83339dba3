// In which order does one start heat and what it needs?
ORDER OF heat;
