//! Graphs as text for other programs, and for kenning itself.

pub mod cypher;
