//! `kenning serve`, reached as its clients reach it.

mod http;
