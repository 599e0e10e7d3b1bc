//! SCRAM (RFC 5802, RFC 7677) and the choice of a mechanism. Pure: octets in, octets out.
//!
//! Not taken from a library, because the one at hand does not check that the server's nonce continues ours, takes
//! any number of iterations, and neither prepares the password nor escapes the name.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// More rounds than this are an attack on our processor: servers use 4,096 to some 100,000.
const MAX_ITERATIONS: u32 = 5_000_000;

/// A mechanism, weakest last in [`Mechanism::PREFERRED`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mechanism {
    pub name: &'static str,
    hash: Hash,
    pub plus: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Sha1,
    Sha256,
}

impl Mechanism {
    /// Channel binding first: it alone tells a man in the middle with a valid certificate. PLAIN is not here: a
    /// server that knows nothing else would be shown the password itself.
    const PREFERRED: [Self; 4] = [
        Self { name: "SCRAM-SHA-256-PLUS", hash: Hash::Sha256, plus: true },
        Self { name: "SCRAM-SHA-1-PLUS", hash: Hash::Sha1, plus: true },
        Self { name: "SCRAM-SHA-256", hash: Hash::Sha256, plus: false },
        Self { name: "SCRAM-SHA-1", hash: Hash::Sha1, plus: false },
    ];

    /// One of ours by its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::PREFERRED.into_iter().find(|own| own.name == name)
    }

    /// Whether it lacks something that the other has.
    pub(crate) fn is_weaker_than(self, other: Self) -> bool {
        (!self.plus && other.plus) || self.hash < other.hash
    }

    /// The best mechanism that is offered. `binds`: both sides can do `tls-exporter`.
    pub(super) fn choose(offered: &[String], binds: bool) -> Option<Self> {
        Self::PREFERRED.into_iter().find(|own| (binds || !own.plus) && offered.iter().any(|name| name == own.name))
    }
}

/// How the channel is bound, as told to the server (RFC 5802 §6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Binding {
    /// `p`
    Exporter(Vec<u8>),
    /// `y`: we could, the server says that it cannot. A server that can knows from this that somebody removed its
    /// offer.
    ServerCannot,
    /// `n`
    Unsupported,
}

impl Binding {
    fn header(&self) -> &'static str {
        match self {
            Self::Exporter(_) => "p=tls-exporter,,",
            Self::ServerCannot => "y,,",
            Self::Unsupported => "n,,",
        }
    }
}

/// What the server said does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScramError {
    #[error("malformed SCRAM message")]
    Malformed,
    #[error("the server's nonce does not continue ours")]
    WrongNonce,
    #[error("too many SCRAM iterations")]
    TooManyIterations,
    #[error("the server does not know the password")]
    WrongSignature,
    #[error("somebody between here and the server changed the list of ways to sign in")]
    ChangedOffer,
}

/// What the server offered, as it arrived, to be compared with what it says that it sent (XEP-0474).
#[derive(Debug, Clone, Default)]
pub(super) struct Offered {
    pub mechanisms: Vec<String>,
    /// `None`: it said nothing about channel bindings (XEP-0440).
    pub bindings: Option<Vec<String>>,
}

impl Offered {
    /// XEP-0474 §5: sorted by octets, separated by RS, the two lists by US.
    fn text(&self) -> String {
        let list = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            names.join("\u{1e}")
        };
        match &self.bindings {
            Some(bindings) => format!("{}\u{1f}{}", list(&self.mechanisms), list(bindings)),
            None => list(&self.mechanisms),
        }
    }
}

/// One exchange: [`Scram::first`], [`Scram::respond`], [`Scram::verify`].
#[derive(Debug)]
pub(super) struct Scram {
    mechanism: Mechanism,
    binding: Binding,
    offered: Offered,
    first_bare: String,
    nonce: String,
    server_signature: Vec<u8>,
}

impl Scram {
    /// `nonce`: random, printable, without commas.
    pub(super) fn new(mechanism: Mechanism, binding: Binding, offered: Offered, name: &str, nonce: String) -> Self {
        // RFC 5802 §5.1: `,` and `=` are escaped. The local part of an address is already prepared.
        let name = name.replace('=', "=3D").replace(',', "=2C");
        let first_bare = format!("n={name},r={nonce}");
        Self { mechanism, binding, offered, first_bare, nonce, server_signature: Vec::new() }
    }

    pub(super) fn first(&self) -> Vec<u8> {
        format!("{}{}", self.binding.header(), self.first_bare).into_bytes()
    }

    /// Answers the server's first message.
    pub(super) fn respond(&mut self, challenge: &[u8], password: &str) -> Result<Vec<u8>, ScramError> {
        let challenge = std::str::from_utf8(challenge).map_err(|_| ScramError::Malformed)?;
        let (mut nonce, mut salt, mut iterations) = (None, None, None);
        for part in challenge.split(',') {
            match part.split_once('=') {
                Some(("r", value)) => nonce = Some(value),
                Some(("s", value)) => salt = BASE64.decode(value).ok(),
                Some(("i", value)) => iterations = value.parse::<u32>().ok(),
                // RFC 5802 §5.1: a mandatory extension that we do not know.
                Some(("m", _)) => return Err(ScramError::Malformed),
                // Part of what both proofs are made over, so that nobody in between can change or invent it; one who
                // leaves it out fails as well. Servers without XEP-0474 say nothing.
                Some(("h", value)) if BASE64.decode(value) != Ok(self.mechanism.hash.digest(&self.offered.text())) => {
                    return Err(ScramError::ChangedOffer);
                }
                _ => {}
            }
        }
        let (Some(nonce), Some(salt), Some(iterations)) = (nonce, salt, iterations) else {
            return Err(ScramError::Malformed);
        };
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err(ScramError::WrongNonce);
        }
        if iterations == 0 || iterations > MAX_ITERATIONS {
            return Err(ScramError::TooManyIterations);
        }
        let mut bound = self.binding.header().as_bytes().to_vec();
        if let Binding::Exporter(data) = &self.binding {
            bound.extend_from_slice(data);
        }
        let last_bare = format!("c={},r={nonce}", BASE64.encode(bound));
        let signed = format!("{},{challenge},{last_bare}", self.first_bare);
        let password = stringprep::saslprep(password).unwrap_or(password.into());
        let (proof, signature) = self.mechanism.hash.proof(password.as_bytes(), &salt, iterations, signed.as_bytes());
        self.server_signature = signature;
        Ok(format!("{last_bare},p={}", BASE64.encode(proof)).into_bytes())
    }

    /// Checks that the server knows the password too.
    pub(super) fn verify(&self, last: &[u8]) -> Result<(), ScramError> {
        let last = std::str::from_utf8(last).map_err(|_| ScramError::Malformed)?;
        let signature = last.split(',').find_map(|part| part.strip_prefix("v="));
        let signature = signature.and_then(|value| BASE64.decode(value).ok()).ok_or(ScramError::Malformed)?;
        if self.server_signature.is_empty() || signature != self.server_signature {
            return Err(ScramError::WrongSignature);
        }
        Ok(())
    }
}

impl Hash {
    /// Client proof and server signature (RFC 5802 §3).
    fn proof(self, password: &[u8], salt: &[u8], iterations: u32, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let salted = match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac_array::<Sha1, 20>(password, salt, iterations).to_vec(),
            Self::Sha256 => pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password, salt, iterations).to_vec(),
        };
        let client_key = self.hmac(&salted, b"Client Key");
        let stored_key = match self {
            Self::Sha1 => Sha1::digest(&client_key).to_vec(),
            Self::Sha256 => Sha256::digest(&client_key).to_vec(),
        };
        let client_signature = self.hmac(&stored_key, message);
        let proof = client_key.iter().zip(client_signature).map(|(key, signature)| key ^ signature).collect();
        let server_key = self.hmac(&salted, b"Server Key");
        (proof, self.hmac(&server_key, message))
    }

    fn digest(self, text: &str) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(text).to_vec(),
            Self::Sha256 => Sha256::digest(text).to_vec(),
        }
    }

    fn hmac(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => {
                let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length (RFC 2104 §2)");
                mac.update(message);
                mac.finalize().into_bytes().to_vec()
            }
            Self::Sha256 => hmac_sha256(key, message),
        }
    }
}

/// HMAC-SHA-256.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length (RFC 2104 §2)");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mechanism(name: &str) -> Mechanism {
        Mechanism::choose(&[name.to_owned()], true).unwrap()
    }

    #[test]
    fn example_of_rfc_7677() {
        let nonce = "rOprNGfwEbeRWgbNEkqO".to_owned();
        let mut scram = Scram::new(mechanism("SCRAM-SHA-256"), Binding::Unsupported, Offered::default(), "user", nonce);
        assert_eq!(scram.first(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        let challenge = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
        let answer = scram.respond(challenge, "pencil").unwrap();
        assert_eq!(
            String::from_utf8(answer).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        scram.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=").unwrap();
        assert_eq!(
            scram.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5="),
            Err(ScramError::Malformed),
            "not canonical base64"
        );
        assert_eq!(scram.verify(b"v=AAAA"), Err(ScramError::WrongSignature));
        assert_eq!(scram.verify(b"e=other-error"), Err(ScramError::Malformed));
    }

    #[test]
    fn example_of_rfc_5802() {
        let nonce = "fyko+d2lbbFgONRv9qkxdawL".to_owned();
        let mut scram = Scram::new(mechanism("SCRAM-SHA-1"), Binding::Unsupported, Offered::default(), "user", nonce);
        let challenge = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
        let answer = scram.respond(challenge, "pencil").unwrap();
        assert!(answer.ends_with(b",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="));
        scram.verify(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap();
    }

    #[test]
    fn hostile_challenges_are_refused() {
        let (mechanism, offered) = (mechanism("SCRAM-SHA-1"), Offered::default());
        let mut scram = Scram::new(mechanism, Binding::Unsupported, offered, "a=b,c", "abc".to_owned());
        assert_eq!(scram.first(), b"n,,n=a=3Db=2Cc,r=abc");
        assert_eq!(scram.respond(b"r=abd1,s=AAAA,i=4096", "x"), Err(ScramError::WrongNonce));
        assert_eq!(scram.respond(b"r=abc,s=AAAA,i=4096", "x"), Err(ScramError::WrongNonce));
        assert_eq!(scram.respond(b"r=abc1,s=AAAA,i=4000000000", "x"), Err(ScramError::TooManyIterations));
        assert_eq!(scram.respond(b"r=abc1,s=AAAA,i=0", "x"), Err(ScramError::TooManyIterations));
        assert_eq!(scram.respond(b"m=x,r=abc1,s=AAAA,i=1", "x"), Err(ScramError::Malformed));
        assert_eq!(scram.respond(b"\xff", "x"), Err(ScramError::Malformed));
        assert_eq!(scram.verify(b"v="), Err(ScramError::WrongSignature), "before the exchange");
    }

    #[test]
    fn a_changed_offer_is_noticed() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        // The example of XEP-0474 §6.3.
        let mechanisms = names(&["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]);
        let bindings = Some(names(&["tls-server-end-point", "tls-exporter"]));
        let whole = Offered { mechanisms, bindings };
        let respond = |offered: &Offered, hash: &str| {
            let mechanism = mechanism("SCRAM-SHA-1");
            let mut scram = Scram::new(mechanism, Binding::Unsupported, offered.clone(), "user", "abc".to_owned());
            scram.respond(format!("r=abcd,s=AAAA,i=1{hash}").as_bytes(), "x").map(drop)
        };
        let hash = ",h=G6k/rBLDqgOhRRaCuuatSDFkJ08=";
        assert_eq!(respond(&whole, hash), Ok(()));
        assert_eq!(respond(&whole, ""), Ok(()), "a server that does not say");
        let without_plus = Offered { mechanisms: names(&["SCRAM-SHA-1"]), ..whole.clone() };
        let without_exporter = Offered { bindings: Some(names(&["tls-server-end-point"])), ..whole.clone() };
        let without_bindings = Offered { bindings: None, ..whole };
        for changed in [without_plus, without_exporter, without_bindings] {
            assert_eq!(respond(&changed, hash), Err(ScramError::ChangedOffer), "{changed:?}");
        }
    }

    #[test]
    fn one_mechanism_is_weaker_by_its_hash_or_by_its_binding() {
        let weaker =
            |one: &str, other: &str| Mechanism::named(one).unwrap().is_weaker_than(Mechanism::named(other).unwrap());
        assert!(weaker("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"));
        assert!(weaker("SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"));
        assert!(weaker("SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"));
        assert!(!weaker("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1"));
        assert!(!weaker("SCRAM-SHA-1", "SCRAM-SHA-1"));
        assert_eq!(Mechanism::named("PLAIN"), None);
    }

    #[test]
    fn plain_is_never_chosen_and_plus_only_when_bound() {
        let offered: Vec<String> =
            ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"].map(str::to_owned).into();
        assert_eq!(Mechanism::choose(&offered, true).unwrap().name, "SCRAM-SHA-256-PLUS");
        assert_eq!(Mechanism::choose(&offered, false).unwrap().name, "SCRAM-SHA-256");
        assert_eq!(Mechanism::choose(&offered[..1], true), None);
    }
}
