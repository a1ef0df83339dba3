//! What a client sends, and the replies of a server, as a client reads them.

use super::chunk;
use super::entity::TakesEntities;
use super::message::{FAILURE, Fields, IGNORED, RECORD, SUCCESS};
use super::packstream::{Token, Unpacker, put_map, put_string, put_structure};
use super::value::{self, Dialect, Refused, Writer, malformed};
use crate::graph::Value;

/// A message of a server.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Success(Fields),
    Failure(Fields),
    Ignored,
    Record(Vec<Value>),
}

/// Reads a message of a server. Values of records that kenning does not have are refused.
pub fn reply(message: &[u8], dialect: Dialect, entities: &mut dyn TakesEntities) -> Result<Reply, Refused> {
    let mut unpacker = Unpacker::new(message);
    let (signature, fields) = match unpacker.token()? {
        Token::Structure { signature, fields } => (signature, fields),
        other => return malformed(format!("a message is a structure, but {} came", other.name())),
    };
    let unpacker = &mut unpacker;
    let reply = match (signature, fields) {
        (SUCCESS, 1) => Reply::Success(value::read_map(unpacker, dialect)?),
        (FAILURE, 1) => Reply::Failure(value::read_map(unpacker, dialect)?),
        (IGNORED, 0) => Reply::Ignored,
        (RECORD, 1) => match unpacker.token()? {
            Token::List(length) => {
                let values = (0..length).map(|_| value::read_answer(unpacker, dialect, entities));
                Reply::Record(values.collect::<Result<_, _>>()?)
            }
            other => return malformed(format!("a record is a list, but {} came", other.name())),
        },
        _ => return malformed(format!("no reply has the signature {signature:#04x} and {fields} fields")),
    };
    unpacker.end()?;
    Ok(reply)
}

/// Appends a request without fields: GOODBYE, RESET, COMMIT, ROLLBACK.
pub fn put_bare(out: &mut Vec<u8>, signature: u8) {
    chunk::put(out, |out| put_structure(out, signature, 0));
}

/// Appends a request of one map: HELLO, LOGON, BEGIN, PULL, DISCARD.
pub fn put_request(out: &mut Vec<u8>, signature: u8, fields: &Fields, writer: &Writer) {
    chunk::put(out, |out| {
        put_structure(out, signature, 1);
        put_fields(out, fields, writer);
    });
}

/// Appends a RUN.
pub fn put_run(out: &mut Vec<u8>, statement: &str, parameters: &Fields, extra: &Fields, writer: &Writer) {
    chunk::put(out, |out| {
        put_structure(out, super::message::RUN, 3);
        put_string(out, statement);
        put_fields(out, parameters, writer);
        put_fields(out, extra, writer);
    });
}

/// Appends a ROUTE; bookmarks are not known here.
pub fn put_route(out: &mut Vec<u8>, routing: &Fields, extra: &Fields, writer: &Writer) {
    chunk::put(out, |out| {
        put_structure(out, super::message::ROUTE, 3);
        put_fields(out, routing, writer);
        super::packstream::put_list(out, 0);
        put_fields(out, extra, writer);
    });
}

fn put_fields(out: &mut Vec<u8>, fields: &Fields, writer: &Writer) {
    put_map(out, fields.len());
    for (key, value) in fields {
        put_string(out, key);
        writer.put(out, value);
    }
}
