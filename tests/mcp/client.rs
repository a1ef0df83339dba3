//! A client of `kenning mcp`: lines of JSON in, lines of JSON out.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

/// Longer than any answer may take, so that a test that hangs fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which revision a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// 2026-07-28: no handshake; each request says its version.
    Inline,
    /// 2025-11-25, agreed on by `initialize`.
    Initialize,
}

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    era: Era,
    last: u64,
}

impl Client {
    /// Starts the server with these arguments and, in the older era, shakes hands.
    pub fn start(era: Era, arguments: &[&str]) -> Client {
        let mut client = Client::silent(era, arguments);
        if era == Era::Initialize {
            let params = json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": { "name": "test", "version": "1" },
            });
            let answer = client.request("initialize", params);
            assert_eq!(answer["result"]["protocolVersion"], "2025-11-25", "{answer}");
            client.notify("notifications/initialized", json!({}));
        }
        client
    }

    /// Starts the server and says nothing.
    pub fn silent(era: Era, arguments: &[&str]) -> Client {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kenning"))
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kenning runs");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Client { input: child.stdin.take(), child, lines, era, last: 0 }
    }

    pub fn send(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is open");
        writeln!(input, "{line}").and_then(|()| input.flush()).expect("the server reads");
    }

    pub fn notify(&mut self, method: &str, params: Json) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// Sends a request and gives its number.
    pub fn ask(&mut self, method: &str, mut params: Json) -> u64 {
        self.last += 1;
        if self.era == Era::Inline {
            params["_meta"] = meta();
        }
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params }).to_string());
        self.last
    }

    /// The next message of the server. Every line of its output must be one.
    pub fn receive(&mut self) -> Json {
        let line = self.lines.recv_timeout(PATIENCE).expect("the server answers");
        let message: Json = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        message
    }

    /// Sends a request and waits for its answer.
    pub fn request(&mut self, method: &str, params: Json) -> Json {
        let id = self.ask(method, params);
        let answer = self.receive();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// The result of a request that must succeed.
    pub fn result(&mut self, method: &str, params: Json) -> Json {
        let mut answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].take()
    }

    /// The error of a request that must fail.
    pub fn error(&mut self, method: &str, params: Json) -> Json {
        let mut answer = self.request(method, params);
        assert!(answer.get("result").is_none(), "{answer}");
        answer["error"].take()
    }

    /// Calls a tool, whatever comes of it.
    pub fn call(&mut self, tool: &str, arguments: Json) -> Json {
        self.result("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// The structured content of a call that must not be an error.
    pub fn structured(&mut self, tool: &str, arguments: Json) -> Json {
        let mut result = self.call(tool, arguments);
        assert_eq!(result["isError"], false, "{result}");
        result["structuredContent"].take()
    }

    /// The structured content of a call that must be an error.
    pub fn refused(&mut self, tool: &str, arguments: Json) -> Json {
        let mut result = self.call(tool, arguments);
        assert_eq!(result["isError"], true, "{result}");
        result["structuredContent"].take()
    }

    /// Closes standard input.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Tells the server to end.
    #[cfg(unix)]
    pub fn terminate(&self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill is there");
    }

    /// Closes standard input, and waits for the server to end.
    pub fn end(mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        self.input = None;
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return (status, start.elapsed());
            }
            assert!(start.elapsed() < PATIENCE, "the server does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a request of the newest revision says of itself.
pub fn meta() -> Json {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}
