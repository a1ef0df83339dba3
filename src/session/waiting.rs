//! A line on the terminal for those who wait: how long a statement has run, how far it is, and how to stop it.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::limits::Progress;

/// What takes less than this needs no word.
const FIRST: Duration = Duration::from_secs(2);
const EVERY: Duration = Duration::from_millis(500);

/// Shows the line, until it is dropped, if there is a terminal.
pub(super) struct Waiting {
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Waiting {
    pub(super) fn start(progress: &Arc<Progress>) -> Waiting {
        if !io::stderr().is_terminal() {
            return Waiting { thread: None };
        }
        let (done, end) = channel();
        let (progress, start) = (progress.clone(), Instant::now());
        let thread = std::thread::spawn(move || {
            let mut wait = FIRST;
            while end.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = EVERY;
                // A terminal that is gone is no reason to stop.
                let _ = write!(io::stderr(), "\r{}\x1b[K", line(start.elapsed(), progress.share()));
            }
            if wait == EVERY {
                let _ = write!(io::stderr(), "\r\x1b[K");
            }
        });
        Waiting { thread: Some((done, thread)) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.thread.take() {
            // The thread ends when nobody is left to tell it anything.
            drop(done);
            let _ = thread.join();
        }
    }
}

fn line(elapsed: Duration, share: Option<f64>) -> String {
    let share = share.map_or(String::new(), |share| format!(", {:.0} % done", share * 100.0));
    format!("{} s{share}; Ctrl-C stops", elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_and_how_far() {
        assert_eq!(line(Duration::from_millis(2_700), None), "2 s; Ctrl-C stops");
        assert_eq!(line(Duration::from_secs(75), Some(0.456)), "75 s, 46 % done; Ctrl-C stops");
    }
}
