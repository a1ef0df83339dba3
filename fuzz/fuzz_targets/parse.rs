//! Any text gives statements or errors; what is read is printed as text that reads the same.
#![no_main]

use kenning::parser;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    parser::is_complete(text);
    let spans = parser::split(text);
    match parser::parse(text) {
        Ok(script) => {
            assert_eq!(script.statements.len(), spans.len());
            for parsed in script.statements {
                let printed = parsed.statement.to_string();
                assert_eq!(parser::parse_statement(&printed).as_ref(), Ok(&parsed.statement), "{printed}");
            }
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            for error in errors {
                assert!(error.span.is_some_and(|span| text.get(span.range()).is_some()));
            }
        }
    }
});
