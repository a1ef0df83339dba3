// In what do the needs of object storage and images differ?
DIFF swift, glance;
