//! What rustyline asks while a line is typed: completion, hints, colours, and whether the input is finished.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper, Result};

use super::complete::{self, Completion};
use super::highlight;
use super::hint::{self, ShellHint};
use super::plain;
use crate::parser;
use crate::render::Role;
use crate::session::Session;

pub(super) struct ShellHelper {
    /// Shared with the loop, which holds it only between two lines.
    session: Rc<RefCell<Session>>,
    files: FilenameCompleter,
    history: HistoryHinter,
    /// The last line and its coloured form: rustyline asks again at every repaint.
    coloured: RefCell<(String, String)>,
}

impl ShellHelper {
    pub(super) fn new(session: Rc<RefCell<Session>>) -> ShellHelper {
        ShellHelper {
            session,
            files: FilenameCompleter::new(),
            history: HistoryHinter::new(),
            coloured: RefCell::default(),
        }
    }
}

impl Helper for ShellHelper {}

impl Completer for ShellHelper {
    type Candidate = Pair;

    fn complete(&self, line: &str, pos: usize, ctx: &Context) -> Result<(usize, Vec<Pair>)> {
        let Some(before) = line.get(..pos) else { return Ok((pos, Vec::new())) };
        match complete::complete(before, &mut self.session.borrow_mut()) {
            Completion::Files => self.files.complete(line, pos, ctx),
            Completion::Candidates(start, candidates) => {
                let pair = |(display, replacement)| Pair { display, replacement };
                Ok((start, candidates.into_iter().map(pair).collect()))
            }
        }
    }
}

impl Hinter for ShellHelper {
    type Hint = ShellHint;

    fn hint(&self, line: &str, pos: usize, ctx: &Context) -> Option<ShellHint> {
        if line.is_empty() || pos < line.len() {
            return None;
        }
        let waits = || hint::missing(line);
        waits()
            .or_else(|| hint::signature(line))
            .or_else(|| self.history.hint(line, pos, ctx).map(ShellHint::completing))
    }
}

impl Highlighter for ShellHelper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let mut coloured = self.coloured.borrow_mut();
        if coloured.0 != line {
            *coloured = (line.to_string(), highlight::line(line));
        }
        Cow::Owned(coloured.1.clone())
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Borrowed(prompt)
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let style = self.session.borrow().settings.style();
        Cow::Owned(style.paint(Role::Quiet, hint).into_owned())
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        // A bracket or quote typed anywhere may change the colour of all that follows.
        kind == CmdKind::Other
    }
}

impl Validator for ShellHelper {
    fn validate(&self, ctx: &mut ValidationContext) -> Result<ValidationResult> {
        let input = ctx.input();
        let is_command = input.trim_start().starts_with(':') || plain::command(input).is_some();
        let done = is_command || parser::is_complete(input);
        Ok(if done { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}
