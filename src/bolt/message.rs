//! Messages: what a client asks for, and the answers of a server.

use std::collections::BTreeMap;

use super::packstream::{Token, Unpacker, put_list, put_map, put_string, put_structure};
use super::value::{self, Dialect, Refused, Writer};
use super::{Malformed, chunk};
use crate::graph::Value;
use crate::result::Rows;

pub const HELLO: u8 = 0x01;
pub const GOODBYE: u8 = 0x02;
pub const RESET: u8 = 0x0f;
pub const RUN: u8 = 0x10;
pub const BEGIN: u8 = 0x11;
pub const COMMIT: u8 = 0x12;
pub const ROLLBACK: u8 = 0x13;
pub const DISCARD: u8 = 0x2f;
pub const PULL: u8 = 0x3f;
pub const TELEMETRY: u8 = 0x54;
pub const ROUTE: u8 = 0x66;
pub const LOGON: u8 = 0x6a;
pub const LOGOFF: u8 = 0x6b;
pub const SUCCESS: u8 = 0x70;
pub const RECORD: u8 = 0x71;
pub const IGNORED: u8 = 0x7e;
pub const FAILURE: u8 = 0x7f;

pub type Fields = BTreeMap<String, Value>;

/// A message of a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    Hello(Fields),
    Logon(Fields),
    Logoff,
    Goodbye,
    Reset,
    Run {
        statement: String,
        parameters: Fields,
        extra: Fields,
    },
    Begin(Fields),
    Commit,
    Rollback,
    /// `n` rows, -1 for all of them, of the result `qid`, -1 for the last.
    Pull {
        n: i64,
        qid: i64,
    },
    Discard {
        n: i64,
        qid: i64,
    },
    Route {
        routing: Fields,
        bookmarks: Vec<Value>,
        extra: Fields,
    },
    Telemetry(i64),
}

impl Request {
    /// What it is called in the protocol's documentation.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Hello(_) => "HELLO",
            Request::Logon(_) => "LOGON",
            Request::Logoff => "LOGOFF",
            Request::Goodbye => "GOODBYE",
            Request::Reset => "RESET",
            Request::Run { .. } => "RUN",
            Request::Begin(_) => "BEGIN",
            Request::Commit => "COMMIT",
            Request::Rollback => "ROLLBACK",
            Request::Pull { .. } => "PULL",
            Request::Discard { .. } => "DISCARD",
            Request::Route { .. } => "ROUTE",
            Request::Telemetry(_) => "TELEMETRY",
        }
    }
}

/// Whether these bytes are a RESET, which takes effect before what is in front of it.
pub fn is_reset(message: &[u8]) -> bool {
    matches!(message, [0xb0..=0xbf, RESET, ..])
}

/// Reads a message of a client.
pub fn request(message: &[u8], dialect: Dialect) -> Result<Request, Refused> {
    let mut unpacker = Unpacker::new(message);
    let (signature, fields) = match unpacker.token()? {
        Token::Structure { signature, fields } => (signature, fields),
        other => return malformed(format!("a message is a structure, but {} came", other.name())),
    };
    let expected = match signature {
        GOODBYE | RESET | COMMIT | ROLLBACK | LOGOFF => 0,
        HELLO | LOGON | BEGIN | PULL | DISCARD | TELEMETRY => 1,
        RUN | ROUTE => 3,
        _ => return malformed(format!("no message has the signature {signature:#04x}")),
    };
    if fields != expected {
        return malformed(format!("the message {signature:#04x} has {expected} fields, but {fields} came"));
    }
    let unpacker = &mut unpacker;
    let map = |unpacker: &mut Unpacker| value::read_map(unpacker, dialect);
    let request = match signature {
        GOODBYE => Request::Goodbye,
        RESET => Request::Reset,
        COMMIT => Request::Commit,
        ROLLBACK => Request::Rollback,
        LOGOFF => Request::Logoff,
        HELLO => Request::Hello(map(unpacker)?),
        LOGON => Request::Logon(map(unpacker)?),
        BEGIN => Request::Begin(map(unpacker)?),
        PULL => {
            let fields = map(unpacker)?;
            Request::Pull { n: number(&fields, "n")?, qid: number(&fields, "qid")? }
        }
        DISCARD => {
            let fields = map(unpacker)?;
            Request::Discard { n: number(&fields, "n")?, qid: number(&fields, "qid")? }
        }
        TELEMETRY => match unpacker.token()? {
            Token::Integer(number) => Request::Telemetry(number),
            other => return malformed(format!("TELEMETRY has {} where an integer belongs", other.name())),
        },
        RUN => {
            let statement = match unpacker.token()? {
                Token::String(text) => text.to_string(),
                other => return malformed(format!("the statement is {}, not a string", other.name())),
            };
            Request::Run { statement, parameters: map(unpacker)?, extra: map(unpacker)? }
        }
        _ => {
            let routing = map(unpacker)?;
            let bookmarks = match value::read(unpacker, dialect)? {
                Value::List(bookmarks) => bookmarks.to_vec(),
                Value::Null => Vec::new(),
                _ => return malformed("the bookmarks of ROUTE are not a list"),
            };
            let extra = match value::read(unpacker, dialect)? {
                Value::Map(map) => map.iter().map(|(key, value)| (key.to_string(), value.clone())).collect(),
                // Before 4.4 it was the database alone.
                database @ (Value::String(_) | Value::Null) => BTreeMap::from([("db".to_string(), database)]),
                _ => return malformed("the last field of ROUTE is not a map"),
            };
            Request::Route { routing, bookmarks, extra }
        }
    };
    unpacker.end()?;
    Ok(request)
}

fn malformed<T>(message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::Malformed(Malformed(message.into())))
}

/// A number that is -1 unless given.
fn number(fields: &Fields, key: &str) -> Result<i64, Refused> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(-1),
        Some(Value::Integer(number)) => Ok(*number),
        Some(_) => malformed(format!("`{key}` is not an integer")),
    }
}

/// Appends a SUCCESS or FAILURE with what there is to say.
pub fn put_summary(out: &mut Vec<u8>, signature: u8, fields: &[(&str, Value)], writer: &Writer) {
    chunk::put(out, |out| {
        put_structure(out, signature, 1);
        put_map(out, fields.len());
        for (key, value) in fields {
            put_string(out, key);
            writer.put(out, value);
        }
    });
}

pub fn put_ignored(out: &mut Vec<u8>) {
    chunk::put(out, |out| put_structure(out, IGNORED, 0));
}

/// Appends a RECORD for each row.
pub fn put_records(out: &mut Vec<u8>, rows: &Rows, columns: usize, writer: &Writer) {
    for row in 0..rows.len() {
        chunk::put(out, |out| {
            put_structure(out, RECORD, 1);
            put_list(out, columns);
            (0..columns).for_each(|column| writer.put(out, &rows.value(row, column)));
        });
    }
}
