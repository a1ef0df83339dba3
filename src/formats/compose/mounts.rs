//! What a service mounts: volumes, folders and files beside the Compose file, and paths of the host.

use std::collections::HashSet;

use super::super::Problem;
use super::super::yaml::Yaml;
use super::layers::{self, Layer};
use super::variables::Interpolated;
use super::{Reader, Resource};
use crate::facts::ThingId;
use crate::graph::Value;

struct Mount {
    kind: Option<String>,
    source: Interpolated,
    target: String,
    is_read_only: bool,
}

impl Reader<'_, '_> {
    /// A target is mounted once: what a service says of it counts before what it extends.
    pub fn mounts(&mut self, service: ThingId, layers: &[Layer]) -> Result<(), Problem> {
        let mut targets = HashSet::new();
        for (layer, item) in layers::items(layers, "volumes") {
            let Some(mount) = self.mount(&item) else { continue };
            if !targets.insert(mount.target.clone()) {
                continue;
            }
            let Some(end) = self.mounted(layer, &mount)? else { continue };
            let said = layer.said(self.sheet, item.line());
            let read_only = if mount.is_read_only { Value::Boolean(true) } else { Value::Null };
            let properties = [("target", Value::from(mount.target)), ("read_only", read_only)];
            self.relate_with(service, "MOUNTS", end, &said, properties)?;
        }
        Ok(())
    }

    /// `None` for a volume without a name, which is one with its container.
    fn mount(&self, item: &Yaml) -> Option<Mount> {
        if item.is_map() {
            let source = self.project.text(&item.text_at(&["source"])?);
            let target = item.text_at(&["target"]).unwrap_or_default();
            let is_read_only = item.get("read_only").and_then(|value| value.as_bool()).unwrap_or(false);
            return Some(Mount { kind: item.text_at(&["type"]), source, target, is_read_only });
        }
        let text = self.project.text(item.as_str()?);
        let (source, rest) = split(&text.text)?;
        let (target, mode) = split(rest).unwrap_or((rest, ""));
        let is_read_only = mode.split(',').any(|option| option == "ro");
        let source = Interpolated { text: source.to_string(), is_whole: text.is_whole };
        Some(Mount { kind: None, source, target: target.to_string(), is_read_only })
    }

    fn mounted(&mut self, layer: &Layer, mount: &Mount) -> Result<Option<ThingId>, Problem> {
        let source = &mount.source;
        match mount.kind.as_deref() {
            Some("image") => self.image_named(&source.text).map(Some),
            Some("tmpfs") => Ok(None),
            Some("volume" | "cluster") => self.resource_named(Resource::Volume, &source.text).map(Some),
            Some("bind") if source.is_whole && !is_of_host(&source.text) => self.beside(layer, &source.text).map(Some),
            Some(_) => self.host_path(&source.text).map(Some),
            None if source.text.starts_with('.') => self.beside(layer, &source.text).map(Some),
            None if is_of_host(&source.text) || source.text.contains("${") => self.host_path(&source.text).map(Some),
            None => self.resource_named(Resource::Volume, &source.text).map(Some),
        }
    }

    /// A file or folder named relative to the Compose file; a folder unless its own folder lists it as a file.
    fn beside(&mut self, layer: &Layer, path: &str) -> Result<ThingId, Problem> {
        let path = path.trim_end_matches('/');
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        let folder = layer.relative(folder);
        if !self.folders.contains_key(&folder) {
            let names = self.sheet.list(&folder).into_iter().collect();
            self.folders.insert(folder.clone(), names);
        }
        let is_file = self.folders.get(&folder).is_some_and(|names| names.contains(name));
        match is_file {
            true => self.file_thing(&layer.relative(path)),
            false => self.folder(layer, path),
        }
    }

    /// A path of the machine that runs the containers: which one that is, the file does not say.
    fn host_path(&mut self, path: &str) -> Result<ThingId, Problem> {
        let thing = self.sheet.thing(&format!("host path {path}"))?;
        self.sheet.name(thing, path);
        self.sheet.label(thing, "HostPath");
        Ok(thing)
    }
}

/// At the first colon that does not follow the letter of a Windows drive or belong to a variable.
fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let is_drive =
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/');
    let start = if is_drive { 2 } else { text.rfind('}').filter(|_| text.starts_with("${")).unwrap_or(0) };
    let at = start + text[start..].find(':')?;
    Some((&text[..at], &text[at + 1..]))
}

fn is_of_host(path: &str) -> bool {
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with(['/', '~', '\\', '$']) || is_drive
}
