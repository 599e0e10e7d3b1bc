//! SASL2 (XEP-0388) with FAST tokens (XEP-0484).
//!
//! The stream is not restarted: the features that follow `<success/>` are handed on as [`SignedIn::opening`]. A new
//! session is bound on the way where the server can ([`bind2`](super::bind2)). An old one is resumed the ordinary way: only
//! the stanza stream knows its counters, and Bind 2 would bind a new resource before it had a chance to.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use confab_model::{BareJid, Pii, SignInFailure, Timestamp};
use minidom::Element;
use tokio::time::timeout;
use tokio_xmpp::connect::AsyncReadAndWrite;

use super::{
    Bound, ConnectError, SignInRequest, SignedIn, bind2,
    network::{ElementStream, read_element, send},
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
    bind: Option<bind2::Offer>,
    features: Element,
}

impl Offer {
    /// `None`: the server has no SASL2.
    pub(super) fn read(features: &Element) -> Option<Self> {
        let authentication = features.get_child("authentication", SASL2)?;
        let inline = authentication.get_child("inline", SASL2);
        let fast = inline.and_then(|inline| inline.get_child("fast", FAST));
        Some(Self {
            mechanisms: sasl::mechanisms(authentication),
            fast: fast.map(sasl::mechanisms).unwrap_or_default(),
            bind: inline.and_then(bind2::Offer::read),
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

type Stream<Io> = ElementStream<Io>;

/// How long a server may think about a token before the password is taken instead. Prosody 0.12 with newer community
/// modules (as in Ubuntu 24.04) never answers: its token module fails inside.
const TOKEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Signs in, with the token if there is one, else with the password. After a refused token the server expects no
/// second mechanism on the same stream: the caller connects again.
pub(super) async fn authenticate<Io: AsyncReadAndWrite + 'static>(
    mut stream: Stream<Io>,
    offer: &Offer,
    binding: Option<&[u8]>,
    request: &SignInRequest,
) -> Result<SignedIn, ConnectError> {
    if let Some(token) = &request.token {
        return match with_token(&mut stream, offer, binding, request, token).await {
            Ok(success) => finish(stream, (&success, &request.jid), Some(&token.mechanism), None).await,
            Err(TokenFailure::Refused) => {
                Err(ConnectError { failure: SignInFailure::WrongPassword, token_refused: true })
            }
            Err(TokenFailure::Other(failure)) => Err(failure.into()),
        };
    }
    let Some(password) = &request.password else { return Err(SignInFailure::WrongPassword.into()) };
    let (success, mechanism) = with_password(&mut stream, offer, binding, request, &password.0).await?;
    finish(stream, (&success, &request.jid), offer.token_mechanism(binding), Some(mechanism)).await
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

async fn with_token<Io: AsyncReadAndWrite>(
    stream: &mut Stream<Io>,
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
    let mut fast = element("fast", FAST);
    if request.ends_token {
        fast = fast.with("invalidate", "true");
    }
    let authenticate = authenticate_element(&token.mechanism, &initial, offer, request).with_child(fast);
    send(stream, &authenticate).await?;
    let answer = match timeout(TOKEN_TIMEOUT, read_element(stream)).await {
        Ok(answer) => answer?,
        // With a password at hand there is a better way than to wait for a server that trips over tokens.
        Err(_) if request.password.is_some() => return Err(TokenFailure::Refused),
        Err(_) => read_element(stream).await?,
    };
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

async fn with_password<Io: AsyncReadAndWrite>(
    stream: &mut Stream<Io>,
    offer: &Offer,
    binding: Option<&[u8]>,
    request: &SignInRequest,
    password: &str,
) -> Result<(Element, &'static str), SignInFailure> {
    let (mechanism, mut scram): (_, Scram) = sasl::start(&offer.mechanisms, &offer.features, binding, request)?;
    let mut authenticate = authenticate_element(mechanism.name, &scram.first(), offer, request);
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

fn authenticate_element(mechanism: &str, initial: &[u8], offer: &Offer, request: &SignInRequest) -> Element {
    let mut agent = element("user-agent", SASL2)
        .with("id", request.client.installation.to_string())
        .with_child(element("software", SASL2).with_text(&request.client.name));
    if !request.client.device.is_empty() {
        agent = agent.with_child(element("device", SASL2).with_text(&request.client.device));
    }
    let authenticate = element("authenticate", SASL2)
        .with("mechanism", mechanism)
        .with_child(element("initial-response", SASL2).with_text(BASE64.encode(initial)))
        .with_child(agent);
    match &offer.bind {
        Some(bind) if request.binds => authenticate.with_child(bind.request(&request.client.name)),
        _ => authenticate,
    }
}

fn additional_data(element: &Element) -> Result<Option<Vec<u8>>, SignInFailure> {
    element.get_child("additional-data", SASL2).map(sasl::decode).transpose()
}

fn unexpected(element: &Element) -> SignInFailure {
    SignInFailure::Protocol { detail: format!("<{}/> during sign-in", element.name()) }
}

/// Reads the token, if one came, and the features that follow without a new stream header.
/// `of_token`: the mechanism that it was asked for; `mechanism`: the one that proved the password.
async fn finish<Io: AsyncReadAndWrite + 'static>(
    mut stream: Stream<Io>,
    (success, own): (&Element, &BareJid),
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
    let identifier = success.get_child("authorization-identifier", SASL2).map(Element::text);
    let bound = Bound::read(success, own, identifier)?;
    let mut features = read_element(&mut stream).await?;
    if let Some(bound) = &bound {
        bound.complete(&mut features);
    }
    let mut opening = format!(
        "<?xml version='1.0'?><stream:stream xmlns='{}' xmlns:stream='http://etherx.jabber.org/streams' version='1.0' \
         id='{}'>",
        ns::CLIENT,
        uuid::Uuid::new_v4()
    )
    .into_bytes();
    features.write_to(&mut opening).map_err(|error| ConnectError::from(protocol(error)))?;
    let expires: Option<Timestamp> = token.as_ref().and_then(|token| token.expires_at);
    tracing::debug!(issued = token.is_some(), ?expires, bound = bound.is_some(), "signed in by SASL2");
    let io = Box::new(stream.into_inner().into_inner());
    Ok(SignedIn { io, opening: Some(opening), token, token_refused: false, mechanism, bound })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream, duplex};

    use super::*;
    use crate::{ClientIdentity, connect::open_stream};

    const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
        version='1.0' id='s'>";
    const FEATURES: &str = "<stream:features><authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-1</mechanism>\
        <inline><fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism></fast>\
        <bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/><feature var='urn:xmpp:sm:3'/></inline>\
        </bind></inline></authentication></stream:features>";

    fn request(binds: bool) -> SignInRequest {
        SignInRequest {
            jid: "me@example.org".parse().unwrap(),
            password: None,
            token: Some(SignInToken { mechanism: HT_UNBOUND.to_owned(), token: Pii("t".to_owned()), expires_at: None }),
            client: ClientIdentity::default(),
            proven_mechanism: None,
            avoids_sasl2: false,
            binds,
            ends_token: false,
        }
    }

    /// Reads until this has come.
    async fn until(far: &mut DuplexStream, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            text.push(char::from(far.read_u8().await.unwrap()));
        }
        text
    }

    /// Signs in at a server that says this in its `<success/>`. Returns what it was asked, and what came of it.
    async fn signed_in(binds: bool, inside: &str) -> (Element, Result<SignedIn, ConnectError>) {
        asked(request(binds), inside).await
    }

    async fn asked(request: SignInRequest, inside: &str) -> (Element, Result<SignedIn, ConnectError>) {
        let (near, mut far) = duplex(1 << 16);
        let inside = inside.to_owned();
        let server = tokio::spawn(async move {
            until(&mut far, "'>").await;
            far.write_all(format!("{HEADER}{FEATURES}").as_bytes()).await.unwrap();
            let asked = until(&mut far, "</authenticate>").await;
            let proof = BASE64.encode(hmac_sha256(b"t", b"Responder"));
            let success = format!(
                "<success xmlns='urn:xmpp:sasl:2'><additional-data>{proof}</additional-data>{inside}</success>\
                 <stream:features><x xmlns='urn:x'/></stream:features><iq type='get' id='early'/>"
            );
            far.write_all(success.as_bytes()).await.unwrap();
            (asked, far)
        });
        let (features, stream) = open_stream(BufStream::new(near), "example.org", None).await.unwrap();
        let offer = Offer::read(&features).unwrap();
        let result = authenticate(stream, &offer, None, &request).await;
        (server.await.unwrap().0.parse().unwrap(), result)
    }

    const BOUND: &str = "<authorization-identifier>me@example.org/Confab~1</authorization-identifier>\
        <bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:carbons:2'/>\
        <enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/></bound>";

    #[tokio::test]
    async fn a_new_session_is_bound_on_the_way() {
        let (asked, result) = signed_in(true, BOUND).await;
        let bind = asked.get_child("bind", bind2::NS).unwrap();
        assert_eq!(bind.get_child("tag", bind2::NS).unwrap().text(), "Confab");
        assert!(bind.has_child("enable", "urn:xmpp:carbons:2"));
        assert_eq!(bind.get_child("enable", "urn:xmpp:sm:3").unwrap().attr("resume"), Some("true"));
        let mut signed_in = result.unwrap();
        let bound = signed_in.bound.unwrap();
        assert_eq!((bound.jid.to_string().as_str(), bound.carbons), ("me@example.org/Confab~1", true));
        // What the library looks for is there, what the server said too, and the stream goes on where it was.
        let opening = String::from_utf8(signed_in.opening.unwrap()).unwrap();
        for feature in ["xmpp-bind", "urn:xmpp:sm:3", "urn:x"] {
            assert!(opening.contains(feature), "{feature}: {opening}");
        }
        let mut next = [0; 9];
        signed_in.io.read_exact(&mut next).await.unwrap();
        assert_eq!(&next, b"<iq type=");
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_trips_over_the_token_is_given_the_password() {
        for (password, refused) in [(Some(Pii("p".to_owned())), true), (None, false)] {
            let (near, mut far) = duplex(1 << 16);
            tokio::spawn(async move {
                until(&mut far, "'>").await;
                far.write_all(format!("{HEADER}{FEATURES}").as_bytes()).await.unwrap();
                until(&mut far, "</authenticate>").await;
                // Says nothing, and stays.
                std::future::pending::<()>().await;
            });
            let (features, stream) = open_stream(BufStream::new(near), "example.org", None).await.unwrap();
            let offer = Offer::read(&features).unwrap();
            let request = SignInRequest { password, ..request(false) };
            let failed = authenticate(stream, &offer, None, &request).await.unwrap_err();
            assert_eq!(failed.token_refused, refused, "{:?}", failed.failure);
            assert_eq!(failed.failure == SignInFailure::WrongPassword, refused, "{:?}", failed.failure);
        }
    }

    #[tokio::test]
    async fn a_token_may_end_with_its_last_use() {
        for ends_token in [false, true] {
            let asked = asked(SignInRequest { ends_token, ..request(false) }, "").await.0;
            let invalidate = asked.get_child("fast", FAST).unwrap().attr("invalidate");
            assert_eq!(invalidate, ends_token.then_some("true"));
        }
    }

    #[tokio::test]
    async fn an_old_session_is_left_to_be_resumed() {
        let identifier = "<authorization-identifier>me@example.org</authorization-identifier>";
        let (asked, result) = signed_in(false, identifier).await;
        assert!(!asked.has_child("bind", bind2::NS));
        assert_eq!(result.unwrap().bound, None);
    }

    #[tokio::test]
    async fn what_is_not_bound_is_bound_later_and_what_is_bound_wrongly_is_refused() {
        let (_, result) = signed_in(true, "<failed xmlns='urn:xmpp:bind:0'/>").await;
        assert_eq!(result.unwrap().bound, None);
        for jid in ["me@example.org", "eve@example.org/x", ""] {
            let inside = BOUND.replace("me@example.org/Confab~1", jid);
            let failure = signed_in(true, &inside).await.1.unwrap_err().failure;
            assert!(matches!(failure, SignInFailure::Protocol { .. }), "{jid}: {failure:?}");
        }
    }
}
