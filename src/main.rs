//! The program: runs the command line.

use std::process::ExitCode;

/// Enough for any statement that the parser's depth limit lets through.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    keep_freed_memory();
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

/// glibc gives freed memory back to the system beyond twice the largest block of pages that it has seen freed (of 32 MiB
/// at most; mallopt(3), `M_MMAP_THRESHOLD`), and a statement that then asks for it again has it zeroed page by page:
/// about a quarter of the time of one that makes columns. One block of that size, never touched, is seen at the start.
/// Elsewhere this does nothing.
fn keep_freed_memory() {
    const BLOCK: usize = (32 << 20) - (64 << 10);
    drop(std::hint::black_box(Vec::<u8>::with_capacity(BLOCK)));
}
