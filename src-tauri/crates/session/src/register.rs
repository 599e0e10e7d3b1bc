//! Making an account in-band (XEP-0077), on a stream of its own that is never signed in.
//!
//! Takes a domain and answers, gives a form or a result. Keeps nothing: the form's own hidden fields carry what the
//! server needs to recognise it.

use std::path::PathBuf;

use confab_model::{RegistrationForm, RegistrationFormAnswer, ServerAddress};
use minidom::Element;
use tokio::io::{AsyncBufRead, AsyncWrite};
use tokio_xmpp::xmlstream::XmlStream;

use crate::{
    IqError, RegistrationError,
    connect::{connect_securely, open_stream, read_element},
    xep::registration_0077,
    xml::{ElementExt, element, ns, stanza_error},
};

/// Stanzas that a server may send before its answer.
const MAX_UNRELATED: usize = 16;

/// Asks a server for its registration form. Takes 60 s at most.
pub async fn fetch_registration_form(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
) -> Result<RegistrationForm, RegistrationError> {
    let mut stream = open(domain, server, extra_ca).await?;
    let query = fetch(&mut stream, domain).await?;
    registration_0077::read(domain, &query)
        .ok_or_else(|| RegistrationError::Unexpected("no registration form".to_owned()))
}

/// Makes an account from the answers to the server's form. The hidden fields of the form must be among them.
pub async fn register(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
    answers: &[RegistrationFormAnswer],
) -> Result<(), RegistrationError> {
    let mut stream = open(domain, server, extra_ca).await?;
    submit(&mut stream, domain, answers).await
}

async fn open(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
) -> Result<XmlStream<impl AsyncBufRead + AsyncWrite + Unpin, Element>, RegistrationError> {
    let secure = connect_securely(domain, server, extra_ca).await.map_err(RegistrationError::Connection)?;
    let opened = open_stream(secure.io, domain, None).await;
    // Not every server that registers advertises it (§3.1: the client may always ask), so the features are not read.
    opened.map(|(_features, stream)| stream).map_err(RegistrationError::Connection)
}

pub(crate) async fn fetch<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut XmlStream<Io, Element>,
    domain: &str,
) -> Result<Element, RegistrationError> {
    let answer = ask(stream, domain, "get", registration_0077::get()).await?;
    answer.ok_or_else(|| RegistrationError::Unexpected("an empty registration form".to_owned()))
}

pub(crate) async fn submit<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut XmlStream<Io, Element>,
    domain: &str,
    answers: &[RegistrationFormAnswer],
) -> Result<(), RegistrationError> {
    let names_form = answers.iter().any(|answer| answer.name == "FORM_TYPE");
    let as_form = names_form || registration_0077::has_form(&fetch(stream, domain).await?);
    ask(stream, domain, "set", registration_0077::set(as_form, answers)).await.map(|_| ())
}

async fn ask<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut XmlStream<Io, Element>,
    domain: &str,
    kind: &str,
    payload: Element,
) -> Result<Option<Element>, RegistrationError> {
    let id = uuid::Uuid::new_v4().to_string();
    let iq = element("iq", ns::CLIENT).with("type", kind).with("to", domain).with("id", &id).with_child(payload);
    futures::SinkExt::send(stream, &iq).await.map_err(|error| RegistrationError::Unexpected(error.to_string()))?;
    for _ in 0..MAX_UNRELATED {
        let answer = read_element(stream).await.map_err(RegistrationError::Connection)?;
        if !answer.is("iq", ns::CLIENT) || answer.attr("id") != Some(&id) {
            continue;
        }
        return match answer.attr("type") {
            Some("result") => Ok(answer.children().next().cloned()),
            _ => Err(refusal(stanza_error(&answer))),
        };
    }
    Err(RegistrationError::Timeout)
}

/// XEP-0077 §3.1.1 and XEP-0158 §4.
fn refusal(error: IqError) -> RegistrationError {
    match error.condition.as_str() {
        "conflict" => RegistrationError::NameTaken,
        "not-acceptable" | "bad-request" | "jid-malformed" => RegistrationError::NotAcceptable(error.text),
        "resource-constraint" | "policy-violation" | "remote-server-timeout" => RegistrationError::TryLater(error.text),
        "service-unavailable" | "feature-not-implemented" => RegistrationError::NotOffered(error.text),
        "not-allowed" | "forbidden" | "not-authorized" => RegistrationError::Refused(error.text),
        _ => RegistrationError::Refused(error.to_string()),
    }
}
