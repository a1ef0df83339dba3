//! The last resort: a panic of the engine becomes an error, and the shell lives on.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::diagnostic::{Detail, Diagnostic, Kind};

thread_local! {
    /// Inside [`guarded`]: what the panic said.
    static CAUGHT: RefCell<Option<String>> = const { RefCell::new(None) };
    static GUARDED: RefCell<bool> = const { RefCell::new(false) };
}

/// Keeps a panic inside [`guarded`] from printing to the terminal; all others print as always.
pub(crate) fn install() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if GUARDED.with_borrow(|guarded| *guarded) {
            CAUGHT.set(Some(info.to_string()));
        } else {
            usual(info);
        }
    }));
}

/// Runs the closure; a panic becomes an error that asks for a report.
pub(crate) fn guarded<T>(run: impl FnOnce() -> Result<T, Vec<Diagnostic>>) -> Result<T, Vec<Diagnostic>> {
    GUARDED.set(true);
    // A writer that panics gives its graph up: the database goes on with the last commit.
    let result = catch_unwind(AssertUnwindSafe(run));
    GUARDED.set(false);
    result.unwrap_or_else(|_| {
        let what = CAUGHT.take().unwrap_or_else(|| "no message".into());
        let message = format!("this is a defect of kenning: {what}");
        let help = "please report the statement with this message; what it changed is undone";
        Err(vec![Diagnostic::runtime(Kind::InternalError, Detail::Defect, message).help(help)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let errors = guarded::<()>(|| panic!("on purpose")).unwrap_err();
        assert_eq!(errors[0].kind, Kind::InternalError);
        assert!(guarded(|| Ok(1)).is_ok());
    }
}
