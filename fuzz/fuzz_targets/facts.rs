//! Any bytes, read as any format of tools, give facts whose places are in the text, or a reason.
#![no_main]

use kenning::formats::{Alone, FORMATS, Input, Options, Probe, format_of, read};
use kenning::ingest::formats::decode;
use kenning::limits::{Budget, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (number, bytes) = input;
    let text = decode(bytes).text;
    // One number more than there are formats: the content tells the format itself.
    let format = FORMATS.get(usize::from(number) % (FORMATS.len() + 1));
    let Some(format) = format.or_else(|| format_of(&Probe::new("file", &text, bytes))) else { return };
    let limits = Limits { memory: Some(256 << 20), ..Limits::default() };
    let options = Options::default();
    let input = Input { path: "file", bytes, options: &options, surroundings: &Alone };
    let Ok(facts) = read(&input, format, &Budget::start(&limits)) else { return };
    let lines = text.matches('\n').count() + 1;
    let is_inside = |line: u32| line as usize <= lines + 1;
    for place in facts.things.iter().filter_map(|thing| thing.place) {
        assert!(is_inside(place.line), "{}: {place:?}", format.name);
    }
    for relation in facts.relations.iter() {
        assert!(is_inside(relation.place.line), "{}: {relation:?}", format.name);
        assert!(!relation.evidence.contains('\n'), "{}: {relation:?}", format.name);
    }
});
