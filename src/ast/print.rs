//! Prints the tree as query text that parses back to an equal tree.
