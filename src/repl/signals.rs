//! SIGTERM and SIGHUP: the database is closed, and what is lost is said, before the program ends.

#[cfg(unix)]
pub(super) use unix::EndsAtSignal;

#[cfg(unix)]
mod unix {
    use std::io::Write;
    use std::sync::PoisonError;
    use std::thread::JoinHandle;

    use signal_hook::consts::{SIGHUP, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};

    use crate::session::SharedGraph;

    /// While it lives, a thread waits for the signals.
    pub(in crate::repl) struct EndsAtSignal(Option<(Handle, JoinHandle<()>)>);

    impl EndsAtSignal {
        /// Without the thread, the signals end the program as they always do.
        pub(in crate::repl) fn start(graph: SharedGraph) -> EndsAtSignal {
            let Ok(mut signals) = Signals::new([SIGTERM, SIGHUP]) else { return EndsAtSignal(None) };
            let handle = signals.handle();
            let thread = std::thread::spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    end(&graph);
                    std::process::exit(128 + signal);
                }
            });
            EndsAtSignal(Some((handle, thread)))
        }
    }

    /// Closes the database and warns of what is lost; errors of a closed terminal are ignored.
    fn end(graph: &SharedGraph) {
        let graph = graph.lock().unwrap_or_else(PoisonError::into_inner);
        let mut err = std::io::stderr();
        if graph.is_unsaved() {
            let _ = writeln!(err, "\nwarning: {}", graph.loss());
        }
        if let Err(error) = graph.database.close() {
            let _ = writeln!(err, "\n{}", error.draw("", false));
        }
    }

    impl Drop for EndsAtSignal {
        fn drop(&mut self) {
            if let Some((handle, thread)) = self.0.take() {
                handle.close();
                let _ = thread.join();
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) struct EndsAtSignal;

#[cfg(not(unix))]
impl EndsAtSignal {
    pub(super) fn start(_: crate::session::SharedGraph) -> EndsAtSignal {
        EndsAtSignal
    }
}
