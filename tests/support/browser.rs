//! A headless Chromium, driven over its pipe by the DevTools protocol: messages are JSON, each ended by a zero byte.

use std::cell::Cell;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

const PATIENCE: Duration = Duration::from_secs(60);

pub struct Browser {
    child: Child,
    folder: PathBuf,
    requests: File,
    answers: Receiver<Json>,
    session: Option<String>,
    last: Cell<u64>,
}

impl Browser {
    /// Starts it with a profile of its own, on a window of 1200 by 800.
    pub fn start(program: &Path) -> Browser {
        let folder = std::env::temp_dir().join(format!("kenning-browser-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the folder for temporary files takes one more");
        let pipes = ["requests", "answers"].map(|name| folder.join(name));
        let made = Command::new("mkfifo").args(&pipes).status().expect("mkfifo is part of every Unix");
        assert!(made.success());
        // Opened both ways, so that opening waits for nobody.
        let open = |path: &Path| OpenOptions::new().read(true).write(true).open(path).expect("it was just made");
        let (requests, mut output) = (open(&pipes[0]), open(&pipes[1]));
        let child = Command::new("sh")
            .arg("-c")
            .arg("exec \"$0\" \"$@\" 3<\"$REQUESTS\" 4>\"$ANSWERS\"")
            .arg(program)
            .args(["--remote-debugging-pipe", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .arg("--window-size=1200,800")
            .arg(format!("--user-data-dir={}", folder.join("profile").display()))
            .env("REQUESTS", &pipes[0])
            .env("ANSWERS", &pipes[1])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh is part of every Unix");
        let (send, answers) = channel();
        std::thread::spawn(move || {
            let mut pending = Vec::new();
            let mut block = [0; 65536];
            while let Ok(length) = output.read(&mut block) {
                pending.extend_from_slice(&block[..length]);
                while let Some(end) = pending.iter().position(|byte| *byte == 0) {
                    let message: Vec<u8> = pending.drain(..=end).collect();
                    if let Ok(message) = serde_json::from_slice(&message[..end])
                        && send.send(message).is_err()
                    {
                        return;
                    }
                }
            }
        });
        let mut browser = Browser { child, folder, requests, answers, session: None, last: Cell::new(0) };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_string);
        browser
    }

    /// Sends a command and waits for its result.
    pub fn call(&self, method: &str, parameters: Json) -> Json {
        self.last.set(self.last.get() + 1);
        let mut message = json!({ "id": self.last.get(), "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        (&self.requests).write_all(format!("{message}\0").as_bytes()).expect("the pipe is open at both ends");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.answers.recv_timeout(left).unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == json!(self.last.get()) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    /// The value of an expression in the page.
    pub fn value(&self, expression: &str) -> Json {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    pub fn text(&self, selector: &str) -> String {
        self.value(&format!("document.querySelector({})?.textContent ?? ''", json!(selector)))
            .as_str()
            .unwrap_or("")
            .into()
    }

    /// Waits until the expression is true.
    pub fn wait(&self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.value(expression) != json!(true) {
            assert!(Instant::now() < deadline, "never true: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn open(&self, file: &Path) {
        self.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        self.wait("document.readyState === 'complete' && location.protocol === 'file:'");
        self.settle();
    }

    pub fn reload(&self) {
        self.value("window.old = true");
        self.call("Page.reload", json!({}));
        self.wait("window.old === undefined && document.readyState === 'complete'");
        self.settle();
    }

    /// Lets what was asked for be drawn.
    pub fn settle(&self) {
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
    }

    pub fn click(&self, x: f64, y: f64) {
        self.drag((x, y), (x, y));
    }

    pub fn drag(&self, from: (f64, f64), to: (f64, f64)) {
        let mouse = |kind: &str, (x, y): (f64, f64)| {
            let held = i32::from(kind != "mouseReleased");
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": held, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        };
        mouse("mousePressed", from);
        if from != to {
            mouse("mouseMoved", ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0));
            mouse("mouseMoved", to);
        }
        mouse("mouseReleased", to);
        self.settle();
    }

    pub fn wheel(&self, (x, y): (f64, f64), by: f64) {
        let event = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": by });
        self.call("Input.dispatchMouseEvent", event);
        self.settle();
    }

    pub fn key(&self, key: &str, code: u32) {
        for kind in ["rawKeyDown", "char", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
            if kind == "char" {
                event["text"] = json!(if key == "Enter" { "\r" } else { key });
            }
            self.call("Input.dispatchKeyEvent", event);
        }
        self.settle();
    }

    pub fn type_text(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
        self.settle();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
