//! Each tree lists its children in one place; all walks are built on it.
