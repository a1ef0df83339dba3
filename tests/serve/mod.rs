//! `kenning serve` from outside: a process, its sockets, and the bytes on them.

mod bolt;
mod bolt_client;
mod bolt_told;
mod ending;
mod http;
mod locks;
pub mod server;
