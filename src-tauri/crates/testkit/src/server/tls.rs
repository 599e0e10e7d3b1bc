//! The certification authority of one test server. Its key is thrown away after the one certificate that it signs.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use crate::error::{Context, Error, Result};

/// Years of validity, January to January. Fixed, so that a data folder never goes stale while people work with it.
const VALID: (i32, i32) = (2025, 2045);

/// Files of a server's certificate, all PEM.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    /// What clients have to trust.
    pub(crate) ca: PathBuf,
    /// The server's certificate with the CA's behind it.
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
    /// Certificate and key in one file, as ejabberd wants it.
    pub(crate) bundle: PathBuf,
}

impl Certificate {
    /// Takes the files in `dir`, or writes new ones for these DNS names and IP addresses.
    pub(crate) fn in_folder(dir: &Path, names: &[String]) -> Result<Self> {
        let files = Self {
            ca: dir.join("ca.pem"),
            chain: dir.join("localhost.crt"),
            key: dir.join("localhost.key"),
            bundle: dir.join("localhost.pem"),
        };
        let wanted = names.join("\n");
        let names_file = dir.join("names");
        if fs::read_to_string(&names_file).is_ok_and(|text| text == wanted) {
            return Ok(files);
        }
        let pem = generate(names).map_err(|e| Error::Unexpected(format!("making a certificate: {e}")))?;
        fs::create_dir_all(dir).doing(|| format!("creating {}", dir.display()))?;
        for (path, text) in [
            (&files.ca, pem.ca.clone()),
            (&files.chain, format!("{}{}", pem.server, pem.ca)),
            (&files.key, pem.key.clone()),
            // Without the authority, which ejabberd would take for a second, self-signed certificate of the server.
            (&files.bundle, format!("{}{}", pem.server, pem.key)),
            (&names_file, wanted),
        ] {
            fs::write(path, text).doing(|| format!("writing {}", path.display()))?;
        }
        Ok(files)
    }
}

struct Pem {
    ca: String,
    server: String,
    key: String,
}

fn generate(names: &[String]) -> std::result::Result<Pem, rcgen::Error> {
    let mut params = base(Vec::new(), "Confab test authority")?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_key = KeyPair::generate()?;
    let ca = params.self_signed(&ca_key)?.pem();
    let issuer = Issuer::new(params, ca_key);

    let mut params = base(names.to_vec(), "localhost")?;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // Erlang and Lua both check the certificate of the other side as a client's when servers federate.
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate()?;
    let server = params.signed_by(&key, &issuer)?.pem();
    Ok(Pem { ca, server, key: key.serialize_pem() })
}

fn base(names: Vec<String>, common_name: &str) -> std::result::Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = rcgen::date_time_ymd(VALID.0, 1, 1);
    params.not_after = rcgen::date_time_ymd(VALID.1, 1, 1);
    Ok(params)
}
