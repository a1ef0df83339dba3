// Which terms have to do with balancing load?
FIND load balancing;
