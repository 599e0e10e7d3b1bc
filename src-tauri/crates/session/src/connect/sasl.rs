//! Plain SASL (RFC 6120 §6): one SCRAM exchange, after which the stream is opened anew.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use confab_model::SignInFailure;
use minidom::Element;
use rand::{Rng, distr::Alphanumeric};

use super::{
    ConnectError, SignInRequest,
    network::{ElementStream, SecureIo, read_element, send},
    scram::{Binding, Mechanism, Offered, Scram},
};
use crate::xml::{ElementExt, element};

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
const CHANNEL_BINDING: &str = "urn:xmpp:sasl-cb:0";
/// Characters of a nonce: 62^32 are 190 bits.
const NONCE_LENGTH: usize = 32;

/// A new exchange with the best mechanism that both sides have.
pub(super) fn start(
    offered: &[String],
    features: &Element,
    binding: Option<&[u8]>,
    request: &SignInRequest,
) -> Result<(Mechanism, Scram), SignInFailure> {
    let server_binds = can_bind(features);
    let offers_plus = offered.iter().any(|name| name.ends_with("-PLUS"));
    let usable = binding.filter(|_| server_binds);
    let mechanism = Mechanism::choose(offered, usable.is_some()).ok_or(SignInFailure::NoMechanism)?;
    let proven = request.proven_mechanism.as_deref().and_then(Mechanism::named);
    if proven.is_some_and(|proven| mechanism.is_weaker_than(proven)) {
        // Servers do not get weaker; somebody in between may want the password less well protected.
        return Err(SignInFailure::Protocol {
            detail: format!("the server offers {} only, which protects the password less than before", mechanism.name),
        });
    }
    let bound = match usable {
        Some(data) if mechanism.plus => Binding::Exporter(data.to_vec()),
        // RFC 5802 §6: `y` only to a server that offers no channel binding at all, else it would refuse us.
        _ if binding.is_some() && !offers_plus => Binding::ServerCannot,
        _ => Binding::Unsupported,
    };
    let nonce = rand::rng().sample_iter(Alphanumeric).take(NONCE_LENGTH).map(char::from).collect();
    let name = request.jid.node().map(|node| node.as_str()).unwrap_or_default();
    let offered = Offered { mechanisms: offered.to_vec(), bindings: bindings(features) };
    Ok((mechanism, Scram::new(mechanism, bound, offered, name, nonce)))
}

/// The channel bindings that the server declares (XEP-0440).
fn bindings(features: &Element) -> Option<Vec<String>> {
    let list = features.get_child("sasl-channel-binding", CHANNEL_BINDING)?;
    let kinds = list.children().filter(|child| child.name() == "channel-binding");
    Some(kinds.filter_map(|child| child.attr("type")).map(str::to_owned).collect())
}

/// Whether the server declares the binding that we can do (XEP-0440).
pub(super) fn can_bind(features: &Element) -> bool {
    bindings(features).is_some_and(|kinds| kinds.iter().any(|kind| kind == "tls-exporter"))
}

/// The texts of all `<mechanism/>` children.
pub(super) fn mechanisms(list: &Element) -> Vec<String> {
    list.children().filter(|child| child.name() == "mechanism").map(|child| child.text().trim().to_owned()).collect()
}

/// Signs in; the returned connection wants a new stream header. Tells the mechanism.
pub(super) async fn authenticate(
    mut stream: ElementStream<SecureIo>,
    features: &Element,
    binding: Option<&[u8]>,
    request: &SignInRequest,
) -> Result<(SecureIo, &'static str), ConnectError> {
    let Some(password) = &request.password else {
        // A token works with SASL2 only; this server does not have it (any more).
        return Err(ConnectError { failure: SignInFailure::WrongPassword, token_refused: request.token.is_some() });
    };
    let offered = features.get_child("mechanisms", SASL).map(mechanisms).unwrap_or_default();
    let (mechanism, mut scram) = start(&offered, features, binding, request)?;
    let auth = element("auth", SASL).with("mechanism", mechanism.name).with_text(BASE64.encode(scram.first()));
    send(&mut stream, &auth).await?;
    let challenge = read_element(&mut stream).await?;
    let challenge = expect(&challenge, "challenge")?;
    let answer = scram.respond(&challenge, &password.0).map_err(protocol)?;
    send(&mut stream, &element("response", SASL).with_text(BASE64.encode(answer))).await?;
    let last = read_element(&mut stream).await?;
    if last.is("challenge", SASL) {
        // Some servers send the last message as a challenge of its own.
        scram.verify(&decode(&last)?).map_err(protocol)?;
        send(&mut stream, &element("response", SASL)).await?;
        let success = read_element(&mut stream).await?;
        expect(&success, "success")?;
    } else {
        scram.verify(&expect(&last, "success")?).map_err(protocol)?;
    }
    Ok((stream.into_inner().into_inner(), mechanism.name))
}

fn expect(element: &Element, name: &str) -> Result<Vec<u8>, SignInFailure> {
    if element.is(name, SASL) {
        decode(element)
    } else if element.is("failure", SASL) {
        Err(failure(element))
    } else {
        Err(SignInFailure::Protocol { detail: format!("<{}/> during sign-in", element.name()) })
    }
}

pub(super) fn decode(element: &Element) -> Result<Vec<u8>, SignInFailure> {
    let text = element.text();
    // RFC 6120 §6.4.2: a single equals sign is an empty message.
    if text.trim() == "=" { Ok(Vec::new()) } else { BASE64.decode(text.trim()).map_err(protocol) }
}

pub(super) fn protocol(error: impl std::fmt::Display) -> SignInFailure {
    SignInFailure::Protocol { detail: error.to_string() }
}

/// What a SASL failure means (RFC 6120 §6.5). The conditions are the same in SASL2.
pub(super) fn failure(element: &Element) -> SignInFailure {
    let text = element.children().find(|child| child.name() == "text").map(Element::text).unwrap_or_default();
    let condition = element.children().find(|child| child.has_ns(SASL) && child.name() != "text");
    match condition.map_or("", Element::name) {
        "not-authorized" | "invalid-authzid" => SignInFailure::WrongPassword,
        "account-disabled" | "credentials-expired" => SignInFailure::AccountDisabled { detail: text },
        "invalid-mechanism" | "mechanism-too-weak" => SignInFailure::NoMechanism,
        "encryption-required" => SignInFailure::NoEncryption,
        "temporary-auth-failure" => SignInFailure::ServerClosed {
            detail: if text.is_empty() { "the server cannot check passwords at the moment".to_owned() } else { text },
        },
        condition => SignInFailure::Protocol { detail: format!("sign-in failed: {condition} {text}") },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::SessionConfig;

    #[test]
    fn less_than_was_proven_before_is_refused() {
        let start = |offered: &[&str], binding: Option<&[u8]>, proven: Option<&str>| {
            let config = SessionConfig::new("me@example.org".parse().unwrap(), String::new());
            let request = SignInRequest {
                jid: config.jid,
                password: config.password,
                token: None,
                client: config.client,
                proven_mechanism: proven.map(str::to_owned),
                avoids_sasl2: false,
                binds: true,
                ends_token: false,
            };
            let features: Element = "<features xmlns='http://etherx.jabber.org/streams'><sasl-channel-binding \
                xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding></features>"
                .parse()
                .unwrap();
            let offered: Vec<String> = offered.iter().map(|name| (*name).to_owned()).collect();
            super::start(&offered, &features, binding, &request).map(|(mechanism, _)| mechanism.name)
        };
        let all = ["SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
        let bound = Some(&b"data"[..]);
        assert_eq!(start(&all, bound, Some("SCRAM-SHA-256-PLUS")), Ok("SCRAM-SHA-256-PLUS"));
        assert_eq!(start(&all, bound, Some("something else")), Ok("SCRAM-SHA-256-PLUS"));
        assert_eq!(start(&all[..2], bound, Some("SCRAM-SHA-1")), Ok("SCRAM-SHA-256"));
        for (offered, binding) in [(&all[..2], bound), (&all[..1], bound), (&all[..], None)] {
            let refused = start(offered, binding, Some("SCRAM-SHA-256-PLUS"));
            assert!(matches!(refused, Err(SignInFailure::Protocol { .. })), "{refused:?}");
        }
    }
}
