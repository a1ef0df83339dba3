//! The bodies of answers: in pieces that are made as they are taken, packed if the client likes.

use std::future::Future;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Bytes, Frame};
use tokio::task::{JoinHandle, spawn_blocking};

use super::negotiate;

/// A body that is smaller is not worth packing.
const WORTH_PACKING: usize = 1024;

/// Something that is made piece by piece, on threads that may block.
pub(super) trait Pieces: Send + 'static {
    /// The next piece; `None` after the last.
    fn next(&mut self) -> Option<Vec<u8>>;
}

/// Sets the flag when it is dropped: a client that goes away takes its statement with it.
pub(super) struct CancelOnDrop(pub(super) Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// A whole answer, packed if it is worth it and the client takes it.
pub(super) fn whole(status: StatusCode, media: &str, request: &HeaderMap, body: Vec<u8>) -> Response {
    let packed = negotiate::takes_gzip(request) && body.len() >= WORTH_PACKING;
    let body = if packed { gzip(&body) } else { body };
    // A plain vector would call itself bytes of no known kind.
    with_headers((status, Body::from(body)).into_response(), media, packed)
}

/// An answer of which the first piece is there.
pub(super) fn streamed<P: Pieces>(
    status: StatusCode,
    media: &str,
    request: &HeaderMap,
    first: Vec<u8>,
    rest: P,
    cancel: CancelOnDrop,
) -> Response {
    let packed = negotiate::takes_gzip(request);
    let body = match packed {
        true => Body::new(Streamed::new(Packed::new(first, rest), None, cancel)),
        false => Body::new(Streamed::new(rest, Some(first.into()), cancel)),
    };
    with_headers((status, body).into_response(), media, packed)
}

fn with_headers(mut response: Response, media: &str, packed: bool) -> Response {
    let headers = response.headers_mut();
    let utf8 = media.starts_with("text/") || media == "image/svg+xml";
    let media = if utf8 { format!("{media}; charset=utf-8") } else { media.to_string() };
    headers.extend(media.parse().ok().map(|media: HeaderValue| (header::CONTENT_TYPE, media)));
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding, authorization"));
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all")
}

/// A body whose next piece is made once the one before it was taken.
struct Streamed<P: Pieces> {
    first: Option<Bytes>,
    state: State<P>,
    /// Dropped once all is sent, or with the connection.
    cancel: Option<CancelOnDrop>,
}

enum State<P> {
    Idle(P),
    Working(JoinHandle<(P, Option<Vec<u8>>)>),
    Done,
}

impl<P: Pieces> Streamed<P> {
    fn new(pieces: P, first: Option<Bytes>, cancel: CancelOnDrop) -> Streamed<P> {
        Streamed { first, state: State::Idle(pieces), cancel: Some(cancel) }
    }
}

// The pieces move to another thread and back, so that nothing points into them.
impl<P: Pieces> Unpin for Streamed<P> {}

impl<P: Pieces> hyper::body::Body for Streamed<P> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if let State::Idle(_) = self.state
            && let State::Idle(mut pieces) = std::mem::replace(&mut self.state, State::Done)
        {
            self.state = State::Working(spawn_blocking(move || {
                let piece = pieces.next();
                (pieces, piece)
            }));
        }
        let State::Working(working) = &mut self.state else { return Poll::Ready(None) };
        let made = ready!(Pin::new(working).poll(context));
        self.state = State::Done;
        match made {
            Ok((pieces, Some(piece))) => {
                self.state = State::Idle(pieces);
                Poll::Ready(Some(Ok(Frame::data(piece.into()))))
            }
            Ok((_, None)) => {
                self.cancel = None;
                Poll::Ready(None)
            }
            Err(error) => Poll::Ready(Some(Err(io::Error::other(error)))),
        }
    }
}

impl<P: Pieces> Drop for Streamed<P> {
    fn drop(&mut self) {
        self.cancel = None;
        if let State::Idle(pieces) = std::mem::replace(&mut self.state, State::Done)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            // A statement that is given up may take a while to end, which must not hold up other connections.
            runtime.spawn_blocking(move || drop(pieces));
        }
    }
}

/// Pieces packed by gzip, each so that it can be unpacked once it is there.
struct Packed<P> {
    encoder: Option<GzEncoder<Vec<u8>>>,
    first: Option<Vec<u8>>,
    rest: P,
}

impl<P> Packed<P> {
    fn new(first: Vec<u8>, rest: P) -> Packed<P> {
        Packed { encoder: Some(GzEncoder::new(Vec::new(), Compression::fast())), first: Some(first), rest }
    }
}

impl<P: Pieces> Pieces for Packed<P> {
    fn next(&mut self) -> Option<Vec<u8>> {
        let encoder = self.encoder.as_mut()?;
        let Some(piece) = self.first.take().or_else(|| self.rest.next()) else {
            return self.encoder.take().map(|encoder| encoder.finish().expect("memory takes all"));
        };
        encoder.write_all(&piece).and_then(|()| encoder.flush()).expect("memory takes all");
        Some(std::mem::take(encoder.get_mut()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    struct Numbers(u32);

    impl Pieces for Numbers {
        fn next(&mut self) -> Option<Vec<u8>> {
            self.0 = self.0.checked_sub(1)?;
            Some(format!("{},", self.0).into())
        }
    }

    #[test]
    fn packed_pieces_are_one_file() {
        let mut packed = Packed::new(b"first,".to_vec(), Numbers(3));
        let mut bytes = Vec::new();
        while let Some(piece) = packed.next() {
            assert!(!piece.is_empty());
            bytes.extend(piece);
        }
        let mut text = String::new();
        GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
        assert_eq!(text, "first,2,1,0,");
    }
}
