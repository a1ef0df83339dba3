//! Certificates and keys, and connections that may be encrypted.

use std::io;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

/// Certificate and key of a server.
pub(crate) type Tls = Arc<ServerConfig>;

/// A connection, encrypted or not.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A server's TLS from the PEM texts of its certificates, its own first, and of its key.
pub(crate) fn config(certificates: &[u8], key: &[u8]) -> Result<Tls, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
    let certificates = certificates.map_err(|error| format!("the certificate cannot be read: {error}"))?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| format!("the key cannot be read: {error}"))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, key))
        .map(Arc::new)
        .map_err(|error| format!("certificate and key do not serve: {error}"))
}

/// The connection, after the handshake of TLS if the server has it.
pub(crate) async fn accept(stream: TcpStream, tls: Option<&Tls>) -> io::Result<Box<dyn Wire>> {
    match tls {
        Some(config) => Ok(Box::new(TlsAcceptor::from(config.clone()).accept(stream).await?)),
        None => Ok(Box::new(stream)),
    }
}
