//! What folders hold that was not read, in a sentence for each reason.

use std::collections::BTreeSet;

use crate::render::{clean, count};

/// What was not read of the folders that were walked.
#[derive(Default)]
pub(crate) struct Skipped {
    /// Folders of what other people wrote, by path.
    pub(crate) vendored: BTreeSet<String>,
    /// Links, pipes and devices, by path.
    pub(crate) special: BTreeSet<String>,
    /// Files whose names say that nothing is read of them: programs, pictures, archives, databases.
    pub(crate) others: usize,
    /// Files that are too large to be read unasked, by path.
    pub(crate) large: Vec<String>,
    /// Files and folders that `.gitignore` leaves out; what is in such a folder is not counted.
    pub(crate) ignored: usize,
}

impl Skipped {
    /// A sentence for each reason, `unknown` being files of no known kind, `manifests` those whose lock files were not
    /// read, and `texts` those not read as glossaries.
    pub(crate) fn notes(&self, unknown: &[&String], manifests: &[&String], texts: &[String]) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.vendored.is_empty() {
            let folders: Vec<&String> = self.vendored.iter().collect();
            notes.push(format!("not read, as others wrote it: {}; --vendored reads it", some(&folders)));
        }
        if !self.special.is_empty() {
            let files: Vec<&String> = self.special.iter().collect();
            notes.push(format!("not read, as it is a link, a pipe or a device: {}", some(&files)));
        }
        if !self.large.is_empty() {
            let files: Vec<&String> = self.large.iter().collect();
            notes.push(format!("not read, as it is larger than 256 MiB: {}; to read it, name it", some(&files)));
        }
        if !texts.is_empty() {
            notes.push(format!("{} not read as glossaries; to read one, name it", count(texts.len(), "text")));
        }
        if !manifests.is_empty() {
            let of = count(manifests.len(), "manifest");
            notes.push(format!("{of} without a lock file: {}; to be told how to make one, name one", some(manifests)));
        }
        if !unknown.is_empty() {
            let of = count(unknown.len(), "file");
            notes.push(format!("{of} of no known kind: {}; to be told why, name one", some(unknown)));
        }
        if self.others > 0 || self.ignored > 0 {
            let others = (self.others > 0)
                .then(|| format!("{} by ending (programs, pictures, archives, databases)", count(self.others, "file")));
            let ignored = (self.ignored > 0).then(|| format!("{} that .gitignore leaves out", entries(self.ignored)));
            let all: Vec<String> = others.into_iter().chain(ignored).collect();
            notes.push(format!("not read: {}", all.join(", ")));
        }
        notes
    }
}

fn entries(number: usize) -> String {
    if number == 1 { "1 file or folder".into() } else { format!("{number} files and folders") }
}

/// The first names, and how many more there are.
fn some(names: &[&String]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| clean(name).into_owned()).collect();
    let more = names.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_for_each_reason() {
        let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        assert!(Skipped::default().notes(&[], &[], &[]).is_empty());
        let skipped = Skipped {
            vendored: names(&["a/vendor"]).into_iter().collect(),
            special: names(&["pipe.csv"]).into_iter().collect(),
            others: 2,
            large: names(&["x.csv"]),
            ignored: 1,
        };
        let unknown = names(&["a", "b", "c", "d"]);
        assert_eq!(
            skipped.notes(&unknown.iter().collect::<Vec<_>>(), &[], &names(&["README"])),
            [
                "not read, as others wrote it: a/vendor; --vendored reads it",
                "not read, as it is a link, a pipe or a device: pipe.csv",
                "not read, as it is larger than 256 MiB: x.csv; to read it, name it",
                "1 text not read as glossaries; to read one, name it",
                "4 files of no known kind: a, b, c and 1 more; to be told why, name one",
                "not read: 2 files by ending (programs, pictures, archives, databases), \
                 1 file or folder that .gitignore leaves out",
            ]
        );
    }
}
