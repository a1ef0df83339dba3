//! The handshake on a socket.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::bolt::handshake::{self, Choice, LENGTH, NONE};
use crate::bolt::{Malformed, Version};
use crate::server::tls::Wire;

/// The longest number that a client may send behind its choice, in bytes.
const LONGEST_NUMBER: usize = 10;

/// Agrees on a version; `None` if there is none that both know.
pub(super) async fn agree(wire: &mut Box<dyn Wire>) -> io::Result<Option<Version>> {
    let mut sent = [0; LENGTH];
    // What starts as another protocol is not waited for.
    wire.read_exact(&mut sent[..4]).await?;
    if !handshake::is_start(&sent[..4]) {
        return Err(invalid(Malformed("what was sent does not start as Bolt does".into())));
    }
    wire.read_exact(&mut sent[4..]).await?;
    match handshake::choose(&sent).map_err(invalid)? {
        Choice::Version(version) => {
            wire.write_all(&handshake::answer(version)).await?;
            wire.flush().await?;
            Ok(Some(version))
        }
        Choice::Manifest => {
            wire.write_all(&handshake::manifest()).await?;
            wire.flush().await?;
            pick(wire).await.map(Some)
        }
        Choice::Nothing => {
            wire.write_all(&NONE).await?;
            wire.shutdown().await?;
            Ok(None)
        }
    }
}

/// What the client picks from the manifest; of its capabilities the server knows none.
async fn pick(wire: &mut Box<dyn Wire>) -> io::Result<Version> {
    let mut sent = [0; 4];
    wire.read_exact(&mut sent).await?;
    for _ in 0..LONGEST_NUMBER {
        if handshake::ends_number(wire.read_u8().await?) {
            return handshake::picked(sent).map_err(invalid);
        }
    }
    Err(invalid(Malformed("the number of capabilities does not end".into())))
}

fn invalid(malformed: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, malformed)
}
