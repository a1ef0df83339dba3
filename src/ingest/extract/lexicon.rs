//! Words: what class each may have, and which verb a form belongs to.
//!
//! A small dictionary of closed classes and of common verbs; everything else is told by its ending or, failing that, is
//! a noun. Each distinct spelling is looked at once.

use hashbrown::HashMap;

use super::dictionary as words;

/// Number of a distinct word, folded to lower case.
pub(super) type WordId = u32;
/// Number of a distinct spelling.
pub(super) type FormId = u32;

/// The class of a word as far as the word alone tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Determiner,
    Number,
    Adjective,
    Adverb,
    Pronoun,
    Be,
    Have,
    Do,
    Modal,
    Not,
    To,
    Preposition,
    Coordinator,
    Subordinator,
    Relative,
    /// May be a verb: see [`Form::verb`].
    Open,
    Comma,
    Semicolon,
    Colon,
    Dash,
    OpenBracket,
    CloseBracket,
    Quote,
    Other,
}

/// How a verb form can be read; several may hold of one spelling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct VerbForms {
    pub base: bool,
    pub third: bool,
    pub past: bool,
    pub gerund: bool,
}

/// How a spelling uses capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    /// `Compute`
    Initial,
    /// `DHCP`, `IaaS`
    Mixed,
}

#[derive(Clone, Debug)]
pub(super) struct Form {
    pub word: WordId,
    /// The word without plural or possessive ending: one for each part of `back-end`.
    pub stems: Vec<WordId>,
    pub class: Class,
    pub verb: Option<(WordId, VerbForms)>,
    pub case: Case,
    pub plural: bool,
    pub possessive: bool,
}

#[derive(Clone, Default)]
pub(super) struct Lexicon {
    ids: HashMap<Box<str>, WordId>,
    texts: Vec<Box<str>>,
    classes: HashMap<WordId, Class>,
    verbs: HashMap<WordId, (WordId, VerbForms)>,
    spellings: HashMap<Box<str>, FormId>,
    forms: Vec<Form>,
}

impl Lexicon {
    pub(super) fn new() -> Lexicon {
        let mut lexicon = Lexicon::default();
        for (class, list) in words::CLOSED {
            for word in list.split_whitespace() {
                let id = lexicon.word(word);
                lexicon.classes.entry(id).or_insert(*class);
            }
        }
        for verb in words::VERBS.split_whitespace() {
            lexicon.add_regular(verb);
        }
        for row in words::IRREGULAR.lines().filter(|row| !row.trim().is_empty()) {
            lexicon.add_irregular(row);
        }
        for (form, verb) in [("has", "have"), ("does", "do"), ("doing", "do")] {
            let id = lexicon.word(verb);
            lexicon.add_form(form, id, |f| f.third = true);
        }
        lexicon
    }

    pub(super) fn word(&mut self, text: &str) -> WordId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.texts.len() as WordId;
        self.texts.push(text.into());
        self.ids.insert(text.into(), id);
        id
    }

    pub(super) fn text(&self, word: WordId) -> &str {
        &self.texts[word as usize]
    }

    pub(super) fn form(&self, form: FormId) -> &Form {
        &self.forms[form as usize]
    }

    /// The verb that the text is a form of: `stores` → `store`.
    pub(super) fn verb(&mut self, text: &str) -> Option<(WordId, VerbForms)> {
        let word = self.word(text);
        self.verbs.get(&word).copied()
    }

    fn add_form(&mut self, form: &str, verb: WordId, set: impl Fn(&mut VerbForms)) {
        let id = self.word(form);
        let entry = self.verbs.entry(id).or_insert((verb, VerbForms::default()));
        set(&mut entry.1);
    }

    /// A verb whose forms follow from its spelling.
    pub(super) fn add_regular(&mut self, verb: &str) {
        let id = self.word(verb);
        self.add_form(verb, id, |f| f.base = true);
        self.add_form(&third_person(verb), id, |f| f.third = true);
        for stem in stems_before_ending(verb) {
            self.add_form(&format!("{stem}ed"), id, |f| f.past = true);
            self.add_form(&format!("{stem}ing"), id, |f| f.gerund = true);
        }
        if verb.ends_with('y') {
            self.add_form(&format!("{verb}ing"), id, |f| f.gerund = true);
        }
        if verb.ends_with("ee") {
            self.add_form(&format!("{verb}d"), id, |f| f.past = true);
            self.add_form(&format!("{verb}ing"), id, |f| f.gerund = true);
        }
    }

    /// A row `write wrote written`: the base, then its past forms.
    fn add_irregular(&mut self, row: &str) {
        let mut forms = row.split_whitespace();
        let Some(verb) = forms.next() else { return };
        let id = self.word(verb);
        self.add_form(verb, id, |f| f.base = true);
        self.add_form(&third_person(verb), id, |f| f.third = true);
        for stem in stems_before_ending(verb) {
            self.add_form(&format!("{stem}ing"), id, |f| f.gerund = true);
        }
        for past in forms {
            self.add_form(past, id, |f| f.past = true);
        }
    }

    /// The number of a spelling.
    pub(super) fn spelling(&mut self, text: &str) -> FormId {
        if let Some(id) = self.spellings.get(text) {
            return *id;
        }
        let form = self.analyse(text);
        let id = self.forms.len() as FormId;
        self.forms.push(form);
        self.spellings.insert(text.into(), id);
        id
    }

    /// The class of a spelling, which is not remembered: the word may still become a verb.
    pub(super) fn class_of(&mut self, text: &str) -> Class {
        self.analyse(text).class
    }

    fn analyse(&mut self, text: &str) -> Form {
        let lower = text.to_lowercase().replace('’', "'");
        let possessive = lower.ends_with("'s") || lower.ends_with("s'");
        let bare = lower.trim_end_matches("'s").trim_end_matches('\'');
        let word = self.word(if possessive { bare } else { &lower });
        let case = case(text);
        let class = self.classes.get(&word).copied().unwrap_or_else(|| by_shape(&lower));
        let verb = self.verbs.get(&word).copied().or_else(|| self.guess_verb(&lower)).filter(|_| !possessive);
        let one = singular(bare);
        // `KVS` is no plural, `VMs` is.
        let plural = one.len() != bare.len() && !possessive && !text.ends_with('S');
        let stems = bare.split(['-', '/', '\u{2010}', '\u{2011}']).filter(|part| !part.is_empty());
        let stem =
            |part: &str| if text.ends_with('S') && case == Case::Mixed { part.to_string() } else { singular(part) };
        let stems: Vec<String> = stems.map(stem).collect();
        let stems = stems.iter().map(|stem| self.word(stem)).collect();
        Form { word, stems, class, verb, case, plural, possessive }
    }

    /// Verbs that are not in the dictionary: told by their ending.
    fn guess_verb(&mut self, lower: &str) -> Option<(WordId, VerbForms)> {
        if lower.contains(|c: char| !c.is_alphabetic() && c != '-') || lower.len() < 6 {
            return None;
        }
        let mut forms = VerbForms::default();
        // `re` and a known verb: `rebuilds`.
        let known = lower.strip_prefix("re").and_then(|rest| self.ids.get(rest.trim_start_matches('-')));
        if let Some((verb, known)) = known.and_then(|known| self.verbs.get(known)).copied() {
            let base = format!("re{}", self.text(verb));
            return Some((self.word(&base), known));
        }
        for (ending, base) in [("izes", "ize"), ("ises", "ise"), ("ifies", "ify"), ("ize", "ize"), ("ify", "ify")] {
            if let Some(stem) = lower.strip_suffix(ending) {
                forms.third = ending != base;
                forms.base = ending == base;
                let verb = format!("{stem}{base}");
                return Some((self.word(&verb), forms));
            }
        }
        if let Some(stem) = lower.strip_suffix("ed").filter(|_| !lower.ends_with("eed")) {
            forms.past = true;
            return Some((self.word(&base_of(stem)), forms));
        }
        if let Some(stem) = lower.strip_suffix("ing").filter(|stem| stem.contains(['a', 'e', 'i', 'o', 'u'])) {
            forms.gerund = true;
            return Some((self.word(&base_of(stem)), forms));
        }
        None
    }
}

/// `creat` → `create`: the likelier base of a stem.
fn base_of(stem: &str) -> String {
    let bytes = stem.as_bytes();
    match bytes {
        [.., a, b] if a == b && !matches!(a, b'l' | b's') => stem[..stem.len() - 1].to_string(),
        _ if stem.ends_with('i') => format!("{}y", &stem[..stem.len() - 1]),
        _ if ["at", "iz", "is", "v", "c", "g", "ur", "ir", "ut"].iter().any(|end| stem.ends_with(end)) => {
            format!("{stem}e")
        }
        _ => stem.to_string(),
    }
}

fn third_person(verb: &str) -> String {
    if let Some(stem) = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return format!("{stem}ies");
    }
    match ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| verb.ends_with(end)) {
        true => format!("{verb}es"),
        false => format!("{verb}s"),
    }
}

/// What stands before `ed` and `ing`: `cach`, `mapp`, `carri`.
fn stems_before_ending(verb: &str) -> Vec<String> {
    if let Some(stem) = verb.strip_suffix('e') {
        return vec![stem.to_string()];
    }
    if let Some(stem) = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return vec![format!("{stem}i"), verb.to_string()];
    }
    let vowel = |c: u8| matches!(c, b'a' | b'e' | b'i' | b'o' | b'u');
    let mut stems = vec![verb.to_string()];
    if let [.., a, b, c] = verb.as_bytes()
        && !vowel(*a)
        && vowel(*b)
        && !vowel(*c)
        && !matches!(c, b'w' | b'x' | b'y')
    {
        stems.push(format!("{verb}{}", *c as char));
    }
    stems
}

/// The word without a plural ending.
pub(super) fn singular(word: &str) -> String {
    let length = word.len();
    if let Some((_, one)) = words::PLURALS.iter().find(|(many, _)| *many == word) {
        return (*one).to_string();
    }
    if length > 4 && word.ends_with("ies") && !word.ends_with("ecies") {
        return format!("{}y", &word[..length - 3]);
    }
    if length > 4 && ["sses", "xes", "ches", "shes"].iter().any(|end| word.ends_with(end)) {
        return word[..length - 2].to_string();
    }
    let stays = ["ss", "us", "is", "ics", "ecies"].iter().any(|end| word.ends_with(end));
    match length > 2 && word.ends_with('s') && !stays {
        true => word[..length - 1].to_string(),
        false => word.to_string(),
    }
}

fn case(text: &str) -> Case {
    let mut letters = text.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    let later = letters.any(char::is_uppercase);
    match (first, later) {
        (_, true) => Case::Mixed,
        // `K`: a letter alone is more than a capitalised word.
        (true, false) if text.chars().count() > 1 => Case::Initial,
        (true, false) => Case::Mixed,
        (false, false) => Case::Lower,
    }
}

/// The class by shape: punctuation, numbers, endings.
fn by_shape(lower: &str) -> Class {
    match lower {
        "," => return Class::Comma,
        ";" => return Class::Semicolon,
        ":" => return Class::Colon,
        "—" | "–" | "--" => return Class::Dash,
        "(" | "[" | "{" => return Class::OpenBracket,
        ")" | "]" | "}" => return Class::CloseBracket,
        "\"" | "“" | "”" | "'" | "‘" | "’" | "`" => return Class::Quote,
        _ => {}
    }
    if !lower.contains(char::is_alphanumeric) {
        return Class::Other;
    }
    if lower.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%')) {
        return Class::Number;
    }
    // `system- or user-supplied`
    if lower.len() > 1 && lower.ends_with('-') {
        return Class::Adjective;
    }
    if lower.len() > 4 && lower.ends_with("ly") && !words::LY_NOUNS.contains(&lower) {
        return Class::Adverb;
    }
    let adjectival =
        ["able", "ible", "ous", "ful", "less", "ive", "ical", "ary", "wide", "based", "like", "specific", "aware"];
    if lower.len() > 5 && adjectival.iter().any(|end| lower.ends_with(end)) && !words::NOT_ADJECTIVES.contains(&lower) {
        return Class::Adjective;
    }
    Class::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_verbs() {
        let mut lexicon = Lexicon::new();
        for (form, verb) in [
            ("stores", "store"),
            ("storing", "store"),
            ("mapped", "map"),
            ("carries", "carry"),
            ("carrying", "carry"),
            ("held", "hold"),
            ("written", "write"),
            ("virtualizes", "virtualize"),
            ("rebuilds", "rebuild"),
            ("reassigned", "reassign"),
        ] {
            let id = lexicon.spelling(form);
            let (found, _) = lexicon.form(id).verb.unwrap_or_else(|| panic!("{form}"));
            assert_eq!(lexicon.text(found), verb, "{form}");
        }
    }

    #[test]
    fn stems_and_case() {
        let mut lexicon = Lexicon::new();
        let form = |lexicon: &mut Lexicon, text: &str| {
            let id = lexicon.spelling(text);
            let form = lexicon.form(id).clone();
            let stems: Vec<String> = form.stems.iter().map(|s| lexicon.text(*s).to_string()).collect();
            (stems.join(" "), form.case, form.plural)
        };
        assert_eq!(form(&mut lexicon, "back-ends"), ("back end".to_string(), Case::Lower, true));
        assert_eq!(form(&mut lexicon, "VMs"), ("vm".to_string(), Case::Mixed, true));
        assert_eq!(form(&mut lexicon, "Identity's"), ("identity".to_string(), Case::Initial, false));
        assert_eq!(singular("processes"), "process");
        assert_eq!(singular("policies"), "policy");
        assert_eq!(singular("metrics"), "metric");
        assert_eq!(singular("status"), "status");
    }
}
