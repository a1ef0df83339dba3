//! A Bolt client that sends what it is told, message by message, and prints what comes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use kenning::bolt::chunk::{self, Messages};
use kenning::bolt::message::{BEGIN, DISCARD, FAILURE, HELLO, IGNORED, LOGON, PULL, RECORD, RUN, SUCCESS};
use kenning::bolt::packstream::{Token, Unpacker, put_structure};
use kenning::bolt::value::{Dialect, Writer};
use kenning::graph::Value;
use kenning::result::Entities;

pub struct Client {
    pub stream: TcpStream,
    messages: Messages,
}

/// The four proposals of a client that knows one version.
pub fn hello(major: u8, minor: u8) -> Vec<u8> {
    let mut bytes = vec![0x60, 0x60, 0xb0, 0x17, 0, 0, minor, major];
    bytes.extend([0; 12]);
    bytes
}

/// A map of a message.
pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries)
}

impl Client {
    /// A connection on which nothing was sent.
    pub fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket has timeouts");
        stream.set_nodelay(true).expect("a socket has this option");
        Client { stream, messages: Messages::new(64 << 20) }
    }

    /// A connection with a version, before HELLO.
    pub fn with_version(address: SocketAddr, major: u8, minor: u8) -> Client {
        let mut client = Client::connect(address);
        client.write(&hello(major, minor));
        let mut answer = [0; 4];
        client.stream.read_exact(&mut answer).expect("the server answers");
        assert_eq!(answer, [0, 0, minor, major]);
        client
    }

    /// A connection that is ready for statements.
    pub fn ready(address: SocketAddr, major: u8, minor: u8) -> Client {
        let mut client = Client::with_version(address, major, minor);
        client.send(HELLO, &[map([("user_agent", "test/1".into())])]);
        client.expect("SUCCESS");
        if (major, minor) >= (5, 1) {
            client.send(LOGON, &[map([])]);
            client.expect("SUCCESS");
        }
        client
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the server reads");
    }

    pub fn send(&mut self, signature: u8, fields: &[Value]) {
        let entities = Entities::default();
        let writer = Writer { entities: &*entities, dialect: Dialect { element_ids: true, utc: true } };
        let mut out = Vec::new();
        chunk::put(&mut out, |out| {
            put_structure(out, signature, fields.len() as u8);
            fields.iter().for_each(|field| writer.put(out, field));
        });
        self.write(&out);
    }

    pub fn run(&mut self, statement: &str) {
        self.send(RUN, &[statement.into(), map([]), map([])]);
    }

    pub fn run_with(&mut self, statement: &str, parameters: Value, extra: Value) {
        self.send(RUN, &[statement.into(), parameters, extra]);
    }

    pub fn begin(&mut self, extra: Value) {
        self.send(BEGIN, &[extra]);
    }

    pub fn pull(&mut self, n: i64) {
        self.send(PULL, &[map([("n", n.into())])]);
    }

    pub fn pull_of(&mut self, n: i64, qid: i64) {
        self.send(PULL, &[map([("n", n.into()), ("qid", qid.into())])]);
    }

    pub fn discard(&mut self, n: i64) {
        self.send(DISCARD, &[map([("n", n.into())])]);
    }

    /// The next message, printed; `None` at the end of the connection.
    pub fn receive(&mut self) -> Option<String> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(message) = self.messages.pop() {
                return Some(printed(&message));
            }
            match self.stream.read(&mut buffer) {
                Ok(0) => return None,
                Ok(count) => self.messages.push(&buffer[..count]).expect("the server sends messages"),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
    }

    /// The next message, which starts like this.
    #[track_caller]
    pub fn expect(&mut self, start: &str) -> String {
        let message = self.receive().unwrap_or_else(|| panic!("the connection ended; {start} was expected"));
        assert!(message.starts_with(start), "{start} was expected, but this came:\n{message}");
        message
    }

    #[track_caller]
    pub fn expect_end(&mut self) {
        assert_eq!(self.receive(), None);
    }
}

/// A message as text: `SUCCESS {"fields": ["n"]}`, with other structures as `N(…)`.
fn printed(message: &[u8]) -> String {
    let mut unpacker = Unpacker::new(message);
    let Ok(Token::Structure { signature, fields }) = unpacker.token() else { panic!("{message:?}") };
    let name = match signature {
        SUCCESS => "SUCCESS",
        RECORD => "RECORD",
        IGNORED => "IGNORED",
        FAILURE => "FAILURE",
        other => panic!("a server sent {other:#x}"),
    };
    let fields = (0..fields).map(|_| format!(" {}", value(&mut unpacker))).collect::<String>();
    unpacker.end().expect("nothing follows");
    format!("{name}{fields}")
}

fn value(unpacker: &mut Unpacker) -> String {
    let list =
        |count: usize, unpacker: &mut Unpacker| (0..count).map(|_| value(unpacker)).collect::<Vec<_>>().join(", ");
    match unpacker.token().expect("a value") {
        Token::Null => "null".into(),
        Token::Boolean(value) => value.to_string(),
        Token::Integer(value) => value.to_string(),
        Token::Float(value) => format!("{value:?}"),
        Token::Bytes(value) => format!("{value:?}"),
        Token::String(value) => format!("{value:?}"),
        Token::List(count) => format!("[{}]", list(count, unpacker)),
        Token::Map(count) => {
            let pairs = (0..count).map(|_| format!("{}: {}", value(unpacker), value(unpacker)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        Token::Structure { signature, fields } => format!("{}({})", char::from(signature), list(fields, unpacker)),
    }
}
