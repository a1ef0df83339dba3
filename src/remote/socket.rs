//! [`Socket`]: bytes to and from a server, encrypted or not, read so that Ctrl-C and the clock are looked at.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::Address;
use crate::diagnostic::{Detail, Diagnostic, Kind};
use crate::limits::Watch;

/// How long a read waits before flag and clock are looked at.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long it may take to accept what is written.
const WRITE: Duration = Duration::from_secs(60);

pub(super) struct Socket(Stream);

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Socket {
    pub(super) fn connect(address: &Address, watch: &Watch) -> Result<Socket, Diagnostic> {
        let failed = |error: io::Error| unreachable(address, &error);
        let places = (address.host.as_str(), address.port).to_socket_addrs().map_err(failed)?;
        let mut last = io::Error::new(ErrorKind::NotFound, "the host has no address");
        for place in places {
            watch.check()?;
            match TcpStream::connect_timeout(&place, CONNECT) {
                Ok(stream) => return Socket::over(stream, address).map_err(failed),
                Err(error) => last = error,
            }
        }
        Err(failed(last))
    }

    fn over(stream: TcpStream, address: &Address) -> io::Result<Socket> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE))?;
        if !address.encrypted {
            stream.set_read_timeout(Some(PATIENCE))?;
            return Ok(Socket(Stream::Plain(stream)));
        }
        let name = ServerName::try_from(address.host.clone()).map_err(io::Error::other)?;
        let connection = ClientConnection::new(trusting_the_system()?, name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        // The handshake is waited for in one piece.
        stream.sock.set_read_timeout(Some(CONNECT))?;
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|error| {
                io::Error::new(ErrorKind::InvalidData, format!("it does not agree on TLS ({error})"))
            })?;
        }
        stream.sock.set_read_timeout(Some(PATIENCE))?;
        Ok(Socket(Stream::Encrypted(Box::new(stream))))
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream: &mut dyn Write = match &mut self.0 {
            Stream::Plain(stream) => stream,
            Stream::Encrypted(stream) => stream,
        };
        stream.write_all(bytes)?;
        stream.flush()
    }

    /// Waits for bytes; `None` if none have come for a while, so that the caller can look whether to go on.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let read = match &mut self.0 {
            Stream::Plain(stream) => stream.read(buffer),
            Stream::Encrypted(stream) => stream.read(buffer),
        };
        match read {
            Ok(0) => Err(io::Error::new(ErrorKind::UnexpectedEof, "the server has closed the connection")),
            Ok(count) => Ok(Some(count)),
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// TLS with the certificates that the system trusts; `SSL_CERT_FILE` names others.
fn trusting_the_system() -> io::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let reason = found.errors.first().map_or("none is installed".to_string(), ToString::to_string);
        return Err(io::Error::other(format!("no certificate is trusted here: {reason}")));
    }
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map(|builder| Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
        .map_err(io::Error::other)
}

/// Why a server is not reached, or no longer.
pub(super) fn unreachable(address: &Address, error: &io::Error) -> Diagnostic {
    let message = format!("{address} cannot be reached: {error}");
    let help = match error.kind() {
        ErrorKind::ConnectionRefused => "nothing listens there: is the server running, and is this its Bolt port?",
        ErrorKind::UnexpectedEof => "what was not committed is undone there; run the statement again to connect anew",
        ErrorKind::InvalidData if address.encrypted => {
            "SSL_CERT_FILE names the certificate to trust; without TLS the address begins with bolt:// or neo4j://"
        }
        _ => "check host and port, and whether the server speaks Bolt there",
    };
    Diagnostic::runtime(Kind::IoError, Detail::DeviceFailure, message).help(help)
}
