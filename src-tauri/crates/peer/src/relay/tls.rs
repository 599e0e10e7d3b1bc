//! Whom to trust as a TURN server: the system's authorities and those of the configuration.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::RelayFailure;

/// Reads the certificates; blocks on files for some milliseconds.
pub(super) fn client_config(extra_ca: Option<&Path>) -> Result<Arc<ClientConfig>, RelayFailure> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "some of the system's certificates cannot be read");
    }
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = extra_ca {
        let unreadable = |why: String| {
            RelayFailure::Certificate(format!("the additional file {} cannot be read: {why}", path.display()))
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
        .map(|builder| Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
        .map_err(|error| RelayFailure::Certificate(error.to_string()))
}
