//! Tests of the parser and, since printing is its inverse, of the printer.

mod kit;
