//! TLS with rustls: whom to trust, why not, and the channel binding (RFC 9266).

use std::{path::Path, sync::Arc};

use confab_model::SignInFailure;
use rustls::{CertificateError, ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// XEP-0368 §2: told by clients of direct TLS, so that one port can serve several protocols.
const ALPN: &[u8] = b"xmpp-client";
/// RFC 9266 §2.
const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";
const EXPORTER_LENGTH: usize = 32;

/// Whom to trust: the system's roots and, beside them, the certificates of a PEM file. Also for transfers by HTTP. Blocks on
/// files for some milliseconds.
pub fn client_config(extra_ca: Option<&Path>) -> Result<ClientConfig, SignInFailure> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "some of the system's certificates cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = extra_ca {
        let unreadable = |why: String| SignInFailure::Certificate {
            reason: format!("the additional certificate file {} cannot be read: {why}", path.display()),
        };
        let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        for certificate in rustls_pemfile::certs(&mut pem.as_slice()) {
            let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
        }
    }
    // The provider is named, because other crates in the process may bring a second one along.
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SignInFailure::Protocol { detail: error.to_string() })
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth())
}

/// Does the handshake. The certificate must be for `domain`, the domain of the address (RFC 6120 §13.7.2.1), wherever
/// SRV records led.
pub(super) async fn handshake(
    tcp: TcpStream,
    domain: &str,
    config: Arc<ClientConfig>,
    direct: bool,
) -> Result<(TlsStream<TcpStream>, Option<Vec<u8>>), SignInFailure> {
    let name = ServerName::try_from(domain.to_owned())
        .map_err(|_| SignInFailure::UnknownServer { domain: domain.to_owned() })?;
    let config = if direct {
        let mut config = ClientConfig::clone(&config);
        config.alpn_protocols = vec![ALPN.to_vec()];
        Arc::new(config)
    } else {
        config
    };
    let stream = TlsConnector::from(config).connect(name, tcp).await.map_err(|error| failure(&error, domain))?;
    let binding = channel_binding(stream.get_ref().1);
    Ok((stream, binding))
}

/// The `tls-exporter` data. Only for TLS 1.3: before it, the exporter is unique only with the extended master
/// secret (RFC 9266 §4.2), which rustls does not report.
fn channel_binding(connection: &rustls::ClientConnection) -> Option<Vec<u8>> {
    if connection.protocol_version() != Some(rustls::ProtocolVersion::TLSv1_3) {
        return None;
    }
    connection.export_keying_material(vec![0; EXPORTER_LENGTH], EXPORTER_LABEL, None).ok()
}

fn failure(error: &std::io::Error, domain: &str) -> SignInFailure {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(why)) => SignInFailure::Certificate { reason: in_words(why, domain) },
        Some(rustls::Error::NoCertificatesPresented) => {
            SignInFailure::Certificate { reason: "the server shows no certificate".to_owned() }
        }
        // The server answers for other names on this address, or for none (RFC 6066 §3).
        Some(rustls::Error::AlertReceived(rustls::AlertDescription::UnrecognisedName)) => {
            SignInFailure::Certificate { reason: format!("the server has none for {domain}") }
        }
        Some(other) => SignInFailure::Protocol { detail: format!("TLS: {other}") },
        None => SignInFailure::Unreachable { detail: format!("the connection broke during encryption: {error}") },
    }
}

/// What is wrong with a certificate, for people.
fn in_words(error: &CertificateError, domain: &str) -> String {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet; is this computer's clock right?".to_owned()
        }
        CertificateError::Revoked => "it was revoked by its issuer".to_owned(),
        CertificateError::UnknownIssuer => "it was issued by an authority that this computer does not trust".to_owned(),
        CertificateError::NotValidForName => format!("it is not for {domain}"),
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            format!("it is not for {domain} but for {}", presented.join(", "))
        }
        CertificateError::NotValidForNameContext { .. } => format!("it is not for {domain}"),
        CertificateError::BadSignature => "its signature is wrong".to_owned(),
        CertificateError::BadEncoding => "it is damaged".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it was not issued for servers".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificate_problems_are_told_in_words() {
        assert_eq!(in_words(&CertificateError::Expired, "example.org"), "it has expired");
        assert_eq!(in_words(&CertificateError::NotValidForName, "example.org"), "it is not for example.org");
        assert!(in_words(&CertificateError::UnknownIssuer, "example.org").contains("does not trust"));
    }

    #[test]
    fn a_missing_ca_file_is_named() {
        let error = client_config(Some(Path::new("/nonexistent/ca.pem"))).err();
        let Some(SignInFailure::Certificate { reason }) = error else { panic!("{error:?}") };
        assert!(reason.contains("/nonexistent/ca.pem"), "{reason}");
    }
}
