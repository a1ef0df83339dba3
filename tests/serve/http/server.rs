//! A server in a process of its own, and an HTTP client that shows every byte.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::Value as Json;

/// A server that ends with the test.
pub struct Server {
    child: Child,
    pub http: SocketAddr,
}

impl Server {
    /// Starts a server on the embedded graph without Bolt.
    pub fn start(arguments: &[&str]) -> Server {
        Server::of(&[], arguments)
    }

    /// Starts a server on a graph.
    pub fn of(graph: &[&str], arguments: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kenning"))
            .arg("serve")
            .args(graph)
            .args(["--http", "127.0.0.1:0", "--bolt", "off", "--log", "off"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("it prints its address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/');
        let http = address.parse().unwrap_or_else(|error| panic!("`{line}` is not an address: {error}"));
        Server { child, http }
    }

    pub fn client(&self) -> Client {
        let stream = TcpStream::connect(self.http).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out can be set");
        Client { stream: BufReader::new(stream) }
    }

    /// One request on a connection of its own.
    pub fn get(&self, path: &str) -> Reply {
        self.client().send("GET", path, &[], None)
    }

    /// One POST of JSON on a connection of its own.
    pub fn post(&self, path: &str, body: &Json) -> Reply {
        self.client().post(path, body)
    }

    /// Tells it to end, and waits until it has.
    #[cfg(unix)]
    pub fn end(mut self) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        self.child.wait().expect("it ends")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// A response.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    pub fn json(&self) -> Json {
        serde_json::from_str(self.text()).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The code of the first error.
    pub fn code(&self) -> String {
        self.json()["errors"][0]["code"].as_str().unwrap_or_default().to_string()
    }

    /// The message of the first error.
    pub fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap_or_default().to_string()
    }

    pub fn unpacked(&self) -> String {
        let mut text = String::new();
        GzDecoder::new(&*self.body).read_to_string(&mut text).expect("it was packed by gzip");
        text
    }
}

impl Client {
    /// Sends a request with a usual Host, unless the headers have one, and reads the response.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Reply {
        self.start(method, path, headers, body);
        self.reply()
    }

    pub fn get(&mut self, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.send("GET", path, headers, None)
    }

    pub fn post(&mut self, path: &str, body: &Json) -> Reply {
        self.post_with(path, &[], body)
    }

    pub fn post_with(&mut self, path: &str, headers: &[(&str, &str)], body: &Json) -> Reply {
        let mut all = vec![("content-type", "application/json")];
        all.retain(|(name, _)| !headers.iter().any(|(other, _)| other == name));
        all.extend(headers);
        self.send("POST", path, &all, Some(body.to_string().as_bytes()))
    }

    /// Sends a request.
    pub fn start(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head += "host: localhost\r\n";
        }
        headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
        if let Some(body) = body {
            head += &format!("content-length: {}\r\n", body.len());
        }
        self.raw(format!("{head}\r\n").as_bytes());
        self.raw(body.unwrap_or_default());
    }

    /// Sends bytes as they are. The server may have closed the connection already.
    pub fn raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes);
    }

    /// A line of the response, without its end; empty at the end of the connection.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        let _ = self.stream.read_line(&mut line);
        line.trim_end().to_string()
    }

    /// Status and headers.
    pub fn head(&mut self) -> Reply {
        let line = self.line();
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("`{line}` is not a status line"));
        let mut headers = BTreeMap::new();
        loop {
            let line = self.line();
            let Some((name, value)) = line.split_once(':') else { break };
            let before = headers.insert(name.to_ascii_lowercase(), value.trim().to_string());
            assert_eq!(before, None, "`{name}` comes twice");
        }
        Reply { status, headers, body: Vec::new() }
    }

    /// The next chunk; empty at the end.
    pub fn chunk(&mut self) -> Vec<u8> {
        let line = self.line();
        let size = usize::from_str_radix(&line, 16).unwrap_or_else(|_| panic!("`{line}` is not the size of a chunk"));
        let mut chunk = vec![0; size + 2];
        self.stream.read_exact(&mut chunk).expect("the chunk is there");
        chunk.truncate(size);
        chunk
    }

    pub fn reply(&mut self) -> Reply {
        let mut reply = self.head();
        if reply.header("transfer-encoding") == "chunked" {
            loop {
                let chunk = self.chunk();
                if chunk.is_empty() {
                    break;
                }
                reply.body.extend(chunk);
            }
        } else if let Ok(length) = reply.header("content-length").parse() {
            reply.body = vec![0; length];
            self.stream.read_exact(&mut reply.body).expect("the body is there");
        }
        reply
    }

    /// Whether the server has closed the connection.
    pub fn is_closed(&mut self) -> bool {
        self.stream.fill_buf().is_ok_and(<[u8]>::is_empty)
    }
}
