//! Making an account in-band (XEP-0077), on a stream of its own that is never signed in.
//!
//! Takes a domain and answers, gives a form or a result. Keeps nothing: the form's own hidden fields carry what the
//! server needs to recognise it.

use std::{path::PathBuf, time::Duration};

use confab_model::{RegistrationForm, RegistrationFormAnswer, ServerAddress};
use minidom::Element;
use tokio::io::{AsyncBufRead, AsyncWrite};

use crate::{
    IqError, RegistrationError,
    connect::{ElementStream, connect_securely, open_stream, read_element},
    xep::registration_0077,
    xml::{ElementExt, element, ns, stanza_error},
};

/// Stanzas that a server may send before its answer.
const MAX_UNRELATED: usize = 16;
/// For all of it, as a person waits: connecting has 45 s of it. The time-outs of the steps do not bound their sum.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Asks a server for its registration form. Takes 60 s at most.
pub async fn fetch_registration_form(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
) -> Result<RegistrationForm, RegistrationError> {
    let fetched = async {
        let mut stream = open(domain, server, extra_ca).await?;
        fetch(&mut stream, domain).await
    };
    let query = in_time(fetched).await?;
    registration_0077::read(domain, &query)
        .ok_or_else(|| RegistrationError::Unexpected("no registration form".to_owned()))
}

/// Makes an account from the answers to the server's form. The hidden fields of the form must be among them. Takes 60 s at
/// most; after [`RegistrationError::Timeout`] the account may have been made all the same.
pub async fn register(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
    answers: &[RegistrationFormAnswer],
) -> Result<(), RegistrationError> {
    let submitted = async {
        let mut stream = open(domain, server, extra_ca).await?;
        submit(&mut stream, domain, answers).await
    };
    in_time(submitted).await
}

async fn in_time<T>(registration: impl Future<Output = Result<T, RegistrationError>>) -> Result<T, RegistrationError> {
    tokio::time::timeout(TIMEOUT, registration).await.unwrap_or(Err(RegistrationError::Timeout))
}

async fn open(
    domain: &str,
    server: Option<&ServerAddress>,
    extra_ca: Option<PathBuf>,
) -> Result<ElementStream<impl AsyncBufRead + AsyncWrite + Unpin>, RegistrationError> {
    let secure = connect_securely(domain, server, extra_ca).await.map_err(RegistrationError::Connection)?;
    let opened = open_stream(secure.io, domain, None).await;
    // Not every server that registers advertises it (§3.1: the client may always ask), so the features are not read.
    opened.map(|(_features, stream)| stream).map_err(RegistrationError::Connection)
}

pub(crate) async fn fetch<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut ElementStream<Io>,
    domain: &str,
) -> Result<Element, RegistrationError> {
    let answer = ask(stream, domain, "get", registration_0077::get()).await?;
    answer.ok_or_else(|| RegistrationError::Unexpected("an empty registration form".to_owned()))
}

pub(crate) async fn submit<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut ElementStream<Io>,
    domain: &str,
    answers: &[RegistrationFormAnswer],
) -> Result<(), RegistrationError> {
    let names_form = answers.iter().any(|answer| answer.name == "FORM_TYPE");
    let as_form = names_form || registration_0077::has_form(&fetch(stream, domain).await?);
    ask(stream, domain, "set", registration_0077::set(as_form, answers)).await.map(|_| ())
}

async fn ask<Io: AsyncBufRead + AsyncWrite + Unpin>(
    stream: &mut ElementStream<Io>,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::Pii;
    use futures::{SinkExt, StreamExt};
    use tokio::io::{BufStream, duplex};
    use tokio_xmpp::xmlstream::{StreamHeader, Timeouts, XmlStream, accept_stream};
    use xmpp_parsers::stream_features::StreamFeatures;

    use super::*;

    /// Puts answers to a server that answers the first iq with `reply`, and returns what it was sent.
    async fn exchange(reply: &str, as_form: bool) -> (Element, Result<(), RegistrationError>) {
        let (near, far) = duplex(1 << 16);
        let reply = reply.to_owned();
        let server = tokio::spawn(async move {
            let accepted = accept_stream(BufStream::new(far), ns::CLIENT, Timeouts::tight()).await.unwrap();
            let opened = accepted.send_header(StreamHeader::default()).await.unwrap();
            let mut stream: XmlStream<_, Element> = opened.send_features(&StreamFeatures::default()).await.unwrap();
            let iq = stream.next().await.unwrap().unwrap();
            // Something else first: it is not the answer.
            let unrelated: Element = "<iq xmlns='jabber:client' type='result' id='other'/>".parse().unwrap();
            stream.send(&unrelated).await.unwrap();
            let xml = format!("<iq xmlns='jabber:client' id='{}' {reply}</iq>", iq.attr("id").unwrap());
            stream.send(&xml.parse::<Element>().unwrap()).await.unwrap();
            iq.children().next().unwrap().clone()
        });
        let (_, mut stream) = open_stream(BufStream::new(near), "example.org", None).await.unwrap();
        let mut answers =
            vec![RegistrationFormAnswer { name: "username".to_owned(), values: vec![Pii("me".to_owned())] }];
        if as_form {
            answers.push(RegistrationFormAnswer { name: "FORM_TYPE".to_owned(), values: vec![Pii("t".to_owned())] });
        }
        let result = submit(&mut stream, "example.org", &answers).await;
        (server.await.unwrap(), result)
    }

    #[tokio::test]
    async fn refusals_are_told_in_words() {
        let cases = [
            ("conflict", RegistrationError::NameTaken),
            ("not-acceptable", RegistrationError::NotAcceptable("why".to_owned())),
            ("resource-constraint", RegistrationError::TryLater("why".to_owned())),
            ("not-allowed", RegistrationError::Refused("why".to_owned())),
            ("service-unavailable", RegistrationError::NotOffered("why".to_owned())),
        ];
        for (condition, expected) in cases {
            let stanzas = "urn:ietf:params:xml:ns:xmpp-stanzas";
            let reply = format!(
                "type='error'><error type='cancel'><{condition} xmlns='{stanzas}'/><text xmlns='{stanzas}'>why</text></error>"
            );
            assert_eq!(exchange(&reply, true).await.1, Err(expected), "{condition}");
        }
    }

    #[tokio::test]
    async fn answers_to_a_form_are_a_form() {
        let (sent, result) = exchange("type='result'>", true).await;
        assert_eq!(result, Ok(()));
        assert!(registration_0077::has_form(&sent));
    }
}
