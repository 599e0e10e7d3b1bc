//! Registering, signing in with password and token, and being refused.

use confab_model::{ConnectionState, FormFieldKind, Pii, RegistrationFormAnswer, SignInFailure};
use confab_session::{
    NetworkConnector, RegistrationError, SessionEvent, SignInToken, fetch_registration_form, register,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

on_both_servers!(registration, refusals, direct_tls);

async fn registration(kind: Kind) {
    let server = start(kind);
    let (domain, place, ca) = (server.domain(), address(&server), Some(server.ca_file().to_owned()));
    let form = fetch_registration_form(domain, Some(&place), ca.clone()).await.unwrap();
    assert!(form.fields.iter().any(|field| field.kind == FormFieldKind::Password), "{form:?}");
    let answers = |name: &str| -> Vec<RegistrationFormAnswer> {
        form.fields
            .iter()
            .map(|field| {
                let value = match field.name.as_str() {
                    "username" => name.to_owned(),
                    "password" => "secret".to_owned(),
                    _ => field.values.first().cloned().unwrap_or_default(),
                };
                RegistrationFormAnswer { name: field.name.clone(), values: vec![Pii(value)] }
            })
            .collect()
    };
    register(domain, Some(&place), ca.clone(), &answers("carol")).await.unwrap();
    let carol = User::online(&server, "carol").await;
    carol.handle.sign_out().await;
    let taken = register(domain, Some(&place), ca, &answers("alice")).await;
    assert_eq!(taken, Err(RegistrationError::NameTaken));
}

async fn refusals(kind: Kind) {
    let server = start(kind);
    let failed = |state: &ConnectionState| matches!(state, ConnectionState::Failed { .. });

    let mut config = User::config(&server, "alice");
    config.password = Some(Pii("wrong".to_owned()));
    let connector = User::connector(&server, &config, address(&server));
    let mut alice = User::spawn(config, connector);
    let state = alice.state("a refusal", failed).await;
    assert_eq!(state, ConnectionState::Failed { why: SignInFailure::WrongPassword });

    // Without the test's own authority the certificate is not to be trusted.
    let config = User::config(&server, "alice");
    let connector = NetworkConnector::new(config.jid.clone(), Some(address(&server)), None);
    let mut alice = User::spawn(config, connector);
    match alice.state("a refusal", failed).await {
        ConnectionState::Failed { why: SignInFailure::Certificate { reason } } => {
            assert!(reason.contains("does not trust"), "{reason}");
        }
        other => panic!("{other:?}"),
    }

    // A certificate for another name. Whether the server answers for the domain does not come into it.
    let config = SessionConfig::new("alice@elsewhere.example".parse().unwrap(), "secret".to_owned());
    let place = ServerAddress { port: server.direct_tls_port(), direct_tls: true, ..address(&server) };
    let connector = User::connector(&server, &config, place);
    let mut alice = User::spawn(config, connector);
    match alice.state("a refusal", failed).await {
        ConnectionState::Failed { why: SignInFailure::Certificate { reason } } => {
            assert!(reason.contains("for elsewhere.example"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}

async fn direct_tls(kind: Kind) {
    let server = start(kind);
    let place = ServerAddress { port: server.direct_tls_port(), direct_tls: true, ..address(&server) };
    let alice = User::online_at(&server, User::config(&server, "alice"), place).await;
    alice.handle.sign_out().await;
}

/// A server, or somebody on the way to it, that offers no encryption or takes it back learns nothing but whom it was thought to be.
#[tokio::test]
async fn nothing_is_said_without_encryption() {
    const OFFER: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    const PLAIN: &str =
        "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>";
    for (features, asks) in [(PLAIN.to_owned(), false), (format!("{OFFER}{PLAIN}"), true)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move {
            let (mut tcp, _) = listener.accept().await.unwrap();
            let mut heard = String::new();
            let mut answers = vec![
                "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>".to_owned(),
                format!(
                    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
                     id='1' from='example.org' version='1.0'><stream:features>{features}</stream:features>"
                ),
            ];
            let mut buffer = [0; 4096];
            loop {
                match tcp.read(&mut buffer).await {
                    Ok(0) | Err(_) => return heard,
                    Ok(count) => heard.push_str(&String::from_utf8_lossy(&buffer[..count])),
                }
                let is_whole = heard.contains("<stream:stream") && heard.ends_with('>');
                if is_whole && let Some(answer) = answers.pop() {
                    tcp.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        });
        let config = SessionConfig::new("alice@example.org".parse().unwrap(), "secret".to_owned());
        let place = ServerAddress { host: "127.0.0.1".to_owned(), port, direct_tls: false };
        let connector = NetworkConnector::new(config.jid.clone(), Some(place), None);
        let mut alice = User::spawn(config, connector);
        let state = alice.state("a refusal", |state| matches!(state, ConnectionState::Failed { .. })).await;
        assert_eq!(state, ConnectionState::Failed { why: SignInFailure::NoEncryption });
        let heard = server.await.unwrap();
        assert_eq!(heard.contains("<starttls"), asks, "{heard}");
        assert!(!heard.contains("alice") && !heard.contains("<auth"), "{heard}");
    }
}

/// ejabberd 23.01 has no FAST.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_stands_for_the_password() {
    let server = start(Kind::Prosody);
    let config = User::config(&server, "alice");
    let installation = config.client.clone();
    let connector = User::connector(&server, &config, address(&server));
    let mut alice = User::spawn(config, connector);
    let token = alice
        .until("a token", |event| match event {
            SessionEvent::TokenIssued(token) => Some(token.clone()),
            _ => None,
        })
        .await;
    assert!(token.mechanism.starts_with("HT-SHA-256-"), "{token:?}");
    assert!(token.expires_at.is_some());
    alice.caught_up().await;
    alice.handle.sign_out().await;

    let with_token = |token: SignInToken, password: Option<&str>| {
        let mut config = User::config(&server, "alice");
        config.password = password.map(|password| Pii(password.to_owned()));
        config.client = installation.clone();
        config.token = Some(token);
        let connector = User::connector(&server, &config, address(&server));
        User::spawn(config, connector)
    };
    let mut alice = with_token(token.clone(), None);
    alice.caught_up().await;
    alice.handle.sign_out().await;

    let forged = SignInToken { token: Pii("secret-token:fast-forged".to_owned()), ..token };
    let mut alice = with_token(forged.clone(), None);
    alice.until("a refused token", |event| matches!(event, SessionEvent::TokenRefused).then_some(())).await;
    let state = alice.state("a refusal", |state| matches!(state, ConnectionState::Failed { .. })).await;
    assert_eq!(state, ConnectionState::Failed { why: SignInFailure::WrongPassword });

    let mut alice = with_token(forged, Some("secret"));
    alice.until("a refused token", |event| matches!(event, SessionEvent::TokenRefused).then_some(())).await;
    alice.caught_up().await;
    alice.handle.sign_out().await;
}
