//! How much memory this machine, or the control group that the process runs in, has and has left.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Where neither can be found out.
const UNKNOWN: usize = 4 << 30;

/// A statement that may have less than this cannot even fail in an orderly way.
const LEAST: usize = 64 << 20;

/// Memory in bytes: what there is, and what of it is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Memory {
    total: usize,
    free: usize,
}

/// The memory limit of a statement unless told otherwise: half of what there is, and never more than was free when it
/// was first asked for.
pub(super) fn share() -> usize {
    static SHARE: OnceLock<usize> = OnceLock::new();
    *SHARE.get_or_init(|| {
        let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| of_machine(&text));
        let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let groups = group_folders(&groups).into_iter().filter_map(|folder| of_group(&folder));
        share_of(machine.into_iter().chain(groups))
    })
}

/// The share where each of these bounds it.
fn share_of(bounds: impl Iterator<Item = Memory>) -> usize {
    let share = bounds.map(|memory| (memory.total / 2).min(memory.free)).min();
    share.map_or(UNKNOWN, |share| share.max(LEAST))
}

/// Of the text of `/proc/meminfo`.
fn of_machine(text: &str) -> Option<Memory> {
    let bytes = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
    };
    Some(Memory { total: bytes("MemTotal")?, free: bytes("MemAvailable")? })
}

/// The folders of the control groups that bound a process, of the text of `/proc/self/cgroup`: its own, and those around
/// it. In version 2 a line is `0::/path`, in version 1 `9:memory:/path`.
fn group_folders(text: &str) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for line in text.lines() {
        let root = match line.splitn(3, ':').collect::<Vec<_>>()[..] {
            [_, "", path] => Path::new("/sys/fs/cgroup").join(path.trim_start_matches('/')),
            [_, controllers, path] if controllers.split(',').any(|controller| controller == "memory") => {
                Path::new("/sys/fs/cgroup/memory").join(path.trim_start_matches('/'))
            }
            _ => continue,
        };
        folders
            .extend(root.ancestors().take_while(|folder| folder.starts_with("/sys/fs/cgroup")).map(Path::to_path_buf));
    }
    folders
}

/// Of a group that has a limit.
fn of_group(folder: &Path) -> Option<Memory> {
    let number = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<usize>().ok();
    let total = number("memory.max").or_else(|| number("memory.limit_in_bytes"))?;
    let used = number("memory.current").or_else(|| number("memory.usage_in_bytes"))?;
    let statistics = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    Some(Memory { total, free: total.saturating_sub(used.saturating_sub(cached(&statistics))) })
}

/// Bytes of files that the group holds and can give up, of the text of `memory.stat`.
fn cached(text: &str) -> usize {
    let bytes = |line: &str| line.strip_prefix("inactive_file ")?.trim().parse().ok();
    text.lines().find_map(bytes).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_machine_but_no_more_than_is_free() {
        let text = "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:   12000000 kB\n";
        let machine = of_machine(text).unwrap();
        assert_eq!(machine, Memory { total: 16_384_000_000, free: 12_288_000_000 });
        assert_eq!(share_of([machine].into_iter()), 8_192_000_000);
        let busy = Memory { free: 1 << 30, ..machine };
        assert_eq!(share_of([busy].into_iter()), 1 << 30);
        let container = Memory { total: 2 << 30, free: 2 << 30 };
        assert_eq!(share_of([machine, container].into_iter()), 1 << 30);
        assert_eq!(share_of([Memory { total: 1 << 30, free: 0 }].into_iter()), LEAST);
        assert_eq!(share_of(std::iter::empty()), UNKNOWN);
        assert_eq!(of_machine("MemTotal: many"), None);
    }

    #[test]
    fn the_groups_around_a_process() {
        let folders = |text: &str| group_folders(text).iter().map(|f| f.display().to_string()).collect::<Vec<_>>();
        let around = ["/sys/fs/cgroup/a/b", "/sys/fs/cgroup/a", "/sys/fs/cgroup"];
        assert_eq!(folders("0::/a/b\n"), around);
        assert_eq!(folders("4:cpu:/x\n3:memory,hugetlb:/\n")[0], "/sys/fs/cgroup/memory/");
        assert_eq!(folders("4:cpu:/x\n"), Vec::<String>::new());
        assert_eq!(cached("anon 5\ninactive_file 7\n"), 7);
    }

    #[test]
    fn this_machine_has_some() {
        assert!(share() >= LEAST);
    }
}
