//! The program: runs the command line.

use std::process::ExitCode;

/// Enough for any statement that the parser's depth limit lets through.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let main = std::thread::Builder::new().name("kenning".into()).stack_size(STACK).spawn(kenning::cli::run);
    match main.map(|thread| thread.join()) {
        Ok(Ok(code)) => code,
        // The panic has printed its message.
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => {
            eprintln!("error: no memory for the main thread: {error}");
            ExitCode::FAILURE
        }
    }
}
