//! SASL2 (XEP-0388) with FAST tokens (XEP-0484).
//!
//! The stream is not restarted: the features that follow `<success/>` are handed on as [`SignedIn::opening`]. The
//! resource is then bound, or the old stream resumed, the ordinary way: Bind 2 (XEP-0386) would bind a new resource
//! on every reconnect, before the stanza stream had a chance to resume.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use confab_model::{Pii, SignInFailure, Timestamp};
use minidom::Element;

use super::{
    ConnectError, SignInRequest, SignedIn,
    network::{ElementStream, SecureIo, read_element, send},
    sasl::{self, protocol},
    scram::{Scram, hmac_sha256},
};
use crate::{
    SignInToken,
    xml::{ElementExt, element, ns},
};

const SASL2: &str = "urn:xmpp:sasl:2";
const FAST: &str = "urn:xmpp:fast:0";
/// With and without channel binding (XEP-0484 §5.1).
const HT_BOUND: &str = "HT-SHA-256-EXPR";
const HT_UNBOUND: &str = "HT-SHA-256-NONE";

/// What the server offers.
#[derive(Debug)]
pub(super) struct Offer {
    mechanisms: Vec<String>,
    fast: Vec<String>,
    features: Element,
}

impl Offer {
    /// `None`: the server has no SASL2.
    pub(super) fn read(features: &Element) -> Option<Self> {
        let authentication = features.get_child("authentication", SASL2)?;
        let fast = authentication.get_child("inline", SASL2).and_then(|inline| inline.get_child("fast", FAST));
        Some(Self {
            mechanisms: sasl::mechanisms(authentication),
            fast: fast.map(sasl::mechanisms).unwrap_or_default(),
            features: features.clone(),
        })
    }

    /// The mechanism to ask a token for.
    fn token_mechanism(&self, binding: Option<&[u8]>) -> Option<&'static str> {
        let offered = |name: &str| self.fast.iter().any(|offered| offered == name);
        if binding.is_some() && offered(HT_BOUND) {
            Some(HT_BOUND)
        } else {
            // Without the binding a stolen token is worth no less than a stolen password; still no worse.
            offered(HT_UNBOUND).then_some(HT_UNBOUND)
        }
    }
}

type Stream = ElementStream<SecureIo>;

/// Signs in, with the token if there is one, else with the password. After a refused token the server expects no
/// second mechanism on the same stream: the caller connects again.
pub(super) async fn authenticate(
    mut stream: Stream,
    offer: &Offer,
    binding: Option<&[u8]>,
    request: &SignInRequest,
) -> Result<SignedIn, ConnectError> {
    if let Some(token) = &request.token {
        return match with_token(&mut stream, offer, binding, request, token).await {
            Ok(success) => finish(stream, &success, Some(&token.mechanism), None).await,
            Err(TokenFailure::Refused) => {
                Err(ConnectError { failure: SignInFailure::WrongPassword, token_refused: true })
            }
            Err(TokenFailure::Other(failure)) => Err(failure.into()),
        };
    }
    let Some(password) = &request.password else { return Err(SignInFailure::WrongPassword.into()) };
    let (success, mechanism) = with_password(&mut stream, offer, binding, request, &password.0).await?;
    finish(stream, &success, offer.token_mechanism(binding), Some(mechanism)).await
}

enum TokenFailure {
    /// The server does not know it, or not with this installation, any more.
    Refused,
    Other(SignInFailure),
}

impl From<SignInFailure> for TokenFailure {
    fn from(failure: SignInFailure) -> Self {
        Self::Other(failure)
    }
}

async fn with_token(
    stream: &mut Stream,
    offer: &Offer,
    binding: Option<&[u8]>,
    request: &SignInRequest,
    token: &SignInToken,
) -> Result<Element, TokenFailure> {
    let bound = match token.mechanism.as_str() {
        HT_BOUND => binding,
        HT_UNBOUND => Some(&[][..]),
        _ => None,
    };
    let Some(bound) = bound.filter(|_| offer.fast.contains(&token.mechanism)) else {
        return Err(TokenFailure::Refused);
    };
    let name = request.jid.node().map(|node| node.as_str()).unwrap_or_default();
    let key = token.token.0.as_bytes();
    // draft-schmaus-kitten-sasl-ht-09 §3
    let mut initial = name.as_bytes().to_vec();
    initial.push(0);
    initial.extend(hmac_sha256(key, &[b"Initiator", bound].concat()));
    let authenticate = authenticate_element(&token.mechanism, &initial, request).with_child(element("fast", FAST));
    send(stream, &authenticate).await?;
    let answer = read_element(stream).await?;
    if answer.is("failure", SASL2) {
        return Err(match sasl::failure(&answer) {
            // A server that cannot check at the moment must not cost the token.
            failure @ SignInFailure::ServerClosed { .. } => TokenFailure::Other(failure),
            _ => TokenFailure::Refused,
        });
    }
    if !answer.is("success", SASL2) {
        return Err(unexpected(&answer).into());
    }
    let proof = additional_data(&answer)?.unwrap_or_default();
    if proof != hmac_sha256(key, &[b"Responder", bound].concat()) {
        return Err(SignInFailure::Protocol { detail: "the server does not know the token".to_owned() }.into());
    }
    Ok(answer)
}

async fn with_password(
    stream: &mut Stream,
    offer: &Offer,
    binding: Option<&[u8]>,
    request: &SignInRequest,
    password: &str,
) -> Result<(Element, &'static str), SignInFailure> {
    let (mechanism, mut scram): (_, Scram) = sasl::start(&offer.mechanisms, &offer.features, binding, request)?;
    let mut authenticate = authenticate_element(mechanism.name, &scram.first(), request);
    if let Some(wanted) = offer.token_mechanism(binding) {
        authenticate = authenticate.with_child(element("request-token", FAST).with("mechanism", wanted));
    }
    send(stream, &authenticate).await?;
    loop {
        let answer = read_element(stream).await?;
        if answer.is("challenge", SASL2) {
            let response = scram.respond(&sasl::decode(&answer)?, password).map_err(protocol)?;
            send(stream, &element("response", SASL2).with_text(BASE64.encode(response))).await?;
        } else if answer.is("success", SASL2) {
            scram.verify(&additional_data(&answer)?.unwrap_or_default()).map_err(protocol)?;
            return Ok((answer, mechanism.name));
        } else if answer.is("failure", SASL2) {
            return Err(sasl::failure(&answer));
        } else if answer.is("continue", SASL2) {
            // A second factor (XEP-0388 §2.6.3), which Confab does not have.
            return Err(SignInFailure::NoMechanism);
        } else {
            return Err(unexpected(&answer));
        }
    }
}

fn authenticate_element(mechanism: &str, initial: &[u8], request: &SignInRequest) -> Element {
    let mut agent = element("user-agent", SASL2)
        .with("id", request.client.installation.to_string())
        .with_child(element("software", SASL2).with_text(&request.client.name));
    if !request.client.device.is_empty() {
        agent = agent.with_child(element("device", SASL2).with_text(&request.client.device));
    }
    element("authenticate", SASL2)
        .with("mechanism", mechanism)
        .with_child(element("initial-response", SASL2).with_text(BASE64.encode(initial)))
        .with_child(agent)
}

fn additional_data(element: &Element) -> Result<Option<Vec<u8>>, SignInFailure> {
    element.get_child("additional-data", SASL2).map(sasl::decode).transpose()
}

fn unexpected(element: &Element) -> SignInFailure {
    SignInFailure::Protocol { detail: format!("<{}/> during sign-in", element.name()) }
}

/// Reads the token, if one came, and the features that follow without a new stream header.
/// `of_token`: the mechanism that it was asked for; `mechanism`: the one that proved the password.
async fn finish(
    mut stream: Stream,
    success: &Element,
    of_token: Option<&str>,
    mechanism: Option<&'static str>,
) -> Result<SignedIn, ConnectError> {
    let token = success.get_child("token", FAST).and_then(|issued| {
        Some(SignInToken {
            mechanism: of_token?.to_owned(),
            token: Pii(issued.attr("token")?.to_owned()),
            expires_at: issued.attr("expiry").and_then(crate::xep::datetime_0082::parse),
        })
    });
    let features = read_element(&mut stream).await?;
    let mut opening = format!(
        "<?xml version='1.0'?><stream:stream xmlns='{}' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' \
         id='{}'>",
        ns::CLIENT,
        uuid::Uuid::new_v4()
    )
    .into_bytes();
    features.write_to(&mut opening).map_err(|error| ConnectError::from(protocol(error)))?;
    let expires: Option<Timestamp> = token.as_ref().and_then(|token| token.expires_at);
    tracing::debug!(issued = token.is_some(), ?expires, "signed in by SASL2");
    Ok(SignedIn {
        io: Box::new(stream.into_inner().into_inner()),
        opening: Some(opening),
        token,
        token_refused: false,
        mechanism,
    })
}
