//! [`Lines`]: messages as lines of standard input and output, an answer to each request, also to a broken one.
//!
//! The SDK's own transport drops a line that is not JSON, loses the answers to calls that run when the input ends, and
//! ends the process if a notification comes first. Here a broken line is answered with an error, what comes before the
//! first request is ignored, and the end of the input is reported once all requests are answered.

use std::collections::BTreeSet;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, ErrorData, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Mutex as AsyncMutex, Notify};
use tokio_util::sync::CancellationToken;

/// The transport of one client.
pub(super) struct Lines<R, W> {
    input: R,
    output: Arc<AsyncMutex<W>>,
    owed: Arc<Owed>,
    /// Bytes of a line, after which it is refused.
    most: usize,
    /// The bytes of a line so far. A read that is given up leaves them here for the next one.
    line: Vec<u8>,
    /// Whether the line is too long, so that its end is dropped.
    too_long: bool,
    /// Whether a request has come.
    begun: bool,
    /// Cancelled once nothing more is to be read.
    closing: CancellationToken,
}

/// What the client is still to be told.
#[derive(Default)]
struct Owed {
    state: Mutex<Answers>,
    changed: Notify,
}

#[derive(Default)]
struct Answers {
    /// Requests without an answer, by their ids as JSON.
    requests: BTreeSet<String>,
    /// Errors that are being written.
    errors: usize,
}

impl Owed {
    fn change(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.state());
        self.changed.notify_waiters();
    }

    fn forget(&self, id: &RequestId) {
        self.change(|owed| {
            owed.requests.remove(&key(id));
        });
    }

    /// Waits until everything is answered.
    async fn nothing(&self) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Registers before looking, so that no change in between is missed.
            changed.as_mut().enable();
            let is_settled = {
                let owed = self.state();
                owed.requests.is_empty() && owed.errors == 0
            };
            if is_settled {
                return;
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, Answers> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(id: &RequestId) -> String {
    serde_json::to_string(id).unwrap_or_default()
}

/// What a line is.
enum Read {
    Message(Box<ClientJsonRpcMessage>),
    /// Nothing that wants an answer.
    Nothing,
    Broken(ErrorData, Option<RequestId>),
}

impl<R, W> Lines<R, W>
where
    R: AsyncBufRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    pub(super) fn new(input: R, output: W, most: usize, closing: CancellationToken) -> Lines<R, W> {
        Lines {
            input,
            output: Arc::new(AsyncMutex::new(output)),
            owed: Arc::default(),
            most,
            line: Vec::new(),
            too_long: false,
            begun: false,
            closing,
        }
    }

    /// Reads to the end of a line, or as far as a line may go; `None` at the end of the input.
    async fn read(&mut self) -> Option<Read> {
        loop {
            let room = self.most.saturating_add(1).saturating_sub(self.line.len()).max(1);
            let mut part = (&mut self.input).take(room as u64);
            let count = tokio::select! {
                count = part.read_until(b'\n', &mut self.line) => count,
                () = self.closing.cancelled() => return None,
            };
            match count {
                // A last line without its end is one all the same.
                Ok(0) if !self.line.is_empty() && !self.too_long => return Some(read(&std::mem::take(&mut self.line))),
                Ok(0) | Err(_) => return None,
                Ok(_) if self.line.ends_with(b"\n") && std::mem::take(&mut self.too_long) => self.line.clear(),
                Ok(_) if self.line.ends_with(b"\n") => {
                    let line = std::mem::take(&mut self.line);
                    return Some(read(&line));
                }
                Ok(_) if self.line.len() > self.most => {
                    let start = std::mem::take(&mut self.line);
                    if !std::mem::replace(&mut self.too_long, true) {
                        let message = format!("the message is longer than {} bytes", self.most);
                        return Some(Read::Broken(ErrorData::invalid_request(message, None), id_in(&start)));
                    }
                }
                // The end of the input without the end of the line: the next read says so.
                Ok(_) => {}
            }
        }
    }

    /// Writes an error while other things go on: a read that is given up must not take it along.
    fn refuse(&self, error: ErrorData, id: Option<RequestId>) {
        let (output, owed) = (self.output.clone(), self.owed.clone());
        owed.change(|owed| owed.errors += 1);
        tokio::spawn(async move {
            let _ = write(&output, &JsonRpcMessage::error(error, id)).await;
            owed.change(|owed| owed.errors -= 1);
        });
    }

    /// Notes which answers a message makes due, or does without.
    fn note(&self, message: &ClientJsonRpcMessage) {
        match message {
            JsonRpcMessage::Request(request) => {
                self.owed.change(|owed| {
                    owed.requests.insert(key(&request.id));
                });
            }
            JsonRpcMessage::Notification(notification) => {
                if let ClientNotification::CancelledNotification(cancelled) = &notification.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.owed.forget(id);
                }
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => {}
        }
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncBufRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(&mut self, message: TxJsonRpcMessage<RoleServer>) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let (output, owed) = (self.output.clone(), self.owed.clone());
        async move {
            let id = match &message {
                JsonRpcMessage::Response(response) => Some(response.id.clone()),
                JsonRpcMessage::Error(error) => error.id.clone(),
                JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
            };
            let written = write(&output, &message).await;
            if let Some(id) = id {
                owed.forget(&id);
            }
            written
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            match self.read().await {
                None => {
                    self.owed.nothing().await;
                    return None;
                }
                Some(Read::Message(message)) => {
                    self.begun |= matches!(*message, JsonRpcMessage::Request(_));
                    self.note(&message);
                    if self.begun {
                        return Some(*message);
                    }
                    tracing::debug!("ignored a message before the first request");
                }
                Some(Read::Broken(error, id)) => {
                    tracing::debug!(message = %error.message, "refused a line");
                    self.refuse(error, id);
                }
                Some(Read::Nothing) => {}
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.flush().await
    }
}

async fn write<W: AsyncWrite + Unpin>(
    output: &AsyncMutex<W>,
    message: &TxJsonRpcMessage<RoleServer>,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut output = output.lock().await;
    output.write_all(&line).await?;
    output.flush().await
}

/// Reads a line.
fn read(line: &[u8]) -> Read {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Read::Nothing;
    }
    let problem = match serde_json::from_slice::<ClientJsonRpcMessage>(line) {
        Ok(message) => return Read::Message(Box::new(message)),
        Err(problem) => problem,
    };
    if let Err(problem) = serde_json::from_slice::<IgnoredAny>(line) {
        return Read::Broken(ErrorData::parse_error(format!("the line is not JSON: {problem}"), None), id_in(line));
    }
    // A notification has no id, and is never answered.
    let is_notification = serde_json::from_slice::<serde_json::Value>(line)
        .is_ok_and(|json| json["method"].is_string() && json.get("id").is_none());
    if is_notification {
        tracing::debug!(%problem, "ignored a notification");
        return Read::Nothing;
    }
    let message = format!("the line is not a message of JSON-RPC 2.0: {problem}");
    Read::Broken(ErrorData::invalid_request(message, None), id_in(line))
}

/// The id of a message that cannot be read to its end, if it stands before the place where it breaks.
fn id_in(line: &[u8]) -> Option<RequestId> {
    let mut found = None;
    let mut json = serde_json::Deserializer::from_slice(line);
    // What breaks the line was reported already: here only what comes before it counts.
    let _ = json.deserialize_map(IdVisitor(&mut found));
    found
}

struct IdVisitor<'f>(&'f mut Option<RequestId>);

impl<'de> Visitor<'de> for IdVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a message of JSON-RPC")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<std::borrow::Cow<str>>()? {
            if key == "id" {
                *self.0 = Option::<RequestId>::deserialize(map.next_value::<serde_json::Value>()?).ok().flatten();
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(line: &str) -> (i32, Option<String>) {
        match read(line.as_bytes()) {
            Read::Broken(error, id) => (error.code.0, id.map(|id| key(&id))),
            Read::Message(_) => panic!("`{line}` is a message"),
            Read::Nothing => panic!("`{line}` is ignored"),
        }
    }

    #[test]
    fn a_broken_line_is_answered_by_its_id() {
        assert_eq!(broken("{ this is not JSON"), (-32700, None));
        assert_eq!(broken(r#"{"jsonrpc": "2.0", "id": 7, "method": "tools/"#), (-32700, Some("7".into())));
        assert_eq!(broken(r#"{"id": "a", "method"}"#), (-32700, Some("\"a\"".into())));
        assert_eq!(broken(r#"{"method": "x" "id": 1}"#), (-32700, None), "it breaks before its id");
        assert_eq!(broken(r#"{"jsonrpc": "2.0", "id": 7}"#), (-32600, Some("7".into())));
        assert_eq!(broken("[]"), (-32600, None));
        assert_eq!(broken("7"), (-32600, None));
    }

    #[test]
    fn notifications_are_never_answered() {
        let without = br#"{"jsonrpc": "2.0", "method": "notifications/cancelled"}"#;
        assert!(!matches!(read(without), Read::Broken(..)));
        assert!(matches!(read(b" \r\n"), Read::Nothing));
        let cancelled = br#"{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}"#;
        assert!(matches!(read(cancelled), Read::Message(_)));
    }
}
