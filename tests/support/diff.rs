//! A unified difference of two texts, line by line.

/// Lines of both texts around what differs: ` ` in both, `-` expected, `+` found. Empty if they are equal.
pub fn diff(expected: &str, found: &str) -> String {
    const CONTEXT: usize = 3;
    let lines = edits(&expected.lines().collect::<Vec<_>>(), &found.lines().collect::<Vec<_>>());
    let changed = |line: &(char, &str)| line.0 != ' ';
    let near = |at: usize| lines[at.saturating_sub(CONTEXT)..lines.len().min(at + CONTEXT + 1)].iter().any(changed);
    let mut text = String::new();
    let mut skipped = false;
    for (at, (sign, line)) in lines.iter().enumerate() {
        if near(at) {
            text += &format!("{}{sign}{line}\n", if skipped { "…\n" } else { "" });
            skipped = false;
        } else {
            skipped = true;
        }
    }
    text
}

/// The shortest way from one text to the other, by the longest common subsequence.
fn edits<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(char, &'a str)> {
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] =
                if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push((' ', old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            lines.push(('-', old[i]));
            i += 1;
        } else {
            lines.push(('+', new[j]));
            j += 1;
        }
    }
    lines
}

#[test]
fn shows_what_differs_and_little_else() {
    assert_eq!(diff("a\nb", "a\nb"), "");
    assert_eq!(diff("a\nb\nc", "a\nx\nc\nd"), " a\n-b\n+x\n c\n+d\n");
    assert_eq!(diff("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\n7"), "…\n 3\n 4\n 5\n-6\n+7\n");
}
