//! Making an account and signing in, and every way in which that fails.

use std::{fs, net::TcpListener};

use confab_tests::driver::{Agent, AgentOptions, PASSWORD, World};
use serde_json::{Value, json};

use crate::journeys;

journeys!(shared: registers_with_the_form_of_the_server, says_why_a_sign_in_fails, stays_signed_in);

async fn registers_with_the_form_of_the_server(world: World) {
    let mut alice = Agent::start(world.options("alice")).await;
    let server = json!({ "domain": world.domain(), "server": world.address() });
    let form = alice.ok("registrationForm", server.clone()).await;
    let fields: Vec<_> = form["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    assert!(fields.contains(&"username".into()) && fields.contains(&"password".into()), "{form}");
    assert_eq!(form["domain"], world.domain());

    let mut answers = server;
    answers["answers"] = json!([
        { "name": "username", "values": ["registers-alice"] },
        { "name": "password", "values": [PASSWORD] },
    ]);
    let account = alice.ok("register", answers.clone()).await;
    let startup = alice.ok("startup", json!({})).await;
    assert_eq!(startup["accounts"][0]["id"], account);
    assert_eq!(startup["accounts"][0]["jid"], "registers-alice@localhost");
    assert_eq!(startup["accounts"][0]["connection"]["kind"], "online");

    let mut other = Agent::start(world.options("other")).await;
    assert_eq!(other.refused("register", answers).await, "nameTaken");
    assert_eq!(other.ok("startup", json!({})).await["accounts"], json!([]));
}

/// XEP-0158, with a picture by XEP-0221 and XEP-0231. Prosody has no module for it.
#[test]
fn registers_after_reading_a_picture() {
    use confab_testkit::server::{Kind, ServerOptions};

    let options = ServerOptions { captcha: true, ..ServerOptions::new(Kind::Ejabberd) };
    crate::run(World::alone(options, "registers_after_reading_a_picture"), reads_a_picture);
}

async fn reads_a_picture(world: World) {
    let mut alice = Agent::start(world.options("alice")).await;
    let server = json!({ "domain": world.domain(), "server": world.address() });
    let form = alice.ok("registrationForm", server.clone()).await;
    let fields = form["fields"].as_array().unwrap();
    let pictured: Vec<_> = fields.iter().filter(|field| !field["picture"].is_null()).collect();
    let [pictured] = pictured[..] else { panic!("one field with a picture: {form}") };
    assert!(pictured["picture"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"), "{pictured}");
    let read = world.server().captcha().unwrap();

    let code = alice.refused("register", answered(&server, &form, "not that")).await;
    assert_eq!(code, "registrationRefused");
    assert_eq!(alice.ok("startup", json!({})).await["accounts"], json!([]));

    // A picture can be answered once only.
    let form = alice.ok("registrationForm", server.clone()).await;
    let read_now = world.server().captcha().unwrap();
    assert_ne!(read_now, read);
    alice.ok("register", answered(&server, &form, &read_now)).await;
    let startup = alice.ok("startup", json!({})).await;
    assert_eq!(startup["accounts"][0]["connection"]["kind"], "online");
}

/// As a window does it: hidden fields go back as they came, `read` is what the picture shows.
fn answered(server: &Value, form: &Value, read: &str) -> Value {
    let answer = |field: &Value| {
        let name = field["name"].as_str().unwrap();
        let values = match (name, field["kind"].as_str().unwrap()) {
            ("username", _) => json!(["reader"]),
            ("password", _) => json!([PASSWORD]),
            (_, "hidden") => field["values"].clone(),
            _ if !field["picture"].is_null() => json!([read]),
            _ => return None,
        };
        Some(json!({ "name": name, "values": values }))
    };
    let mut args = server.clone();
    args["answers"] = form["fields"].as_array().unwrap().iter().filter_map(answer).collect();
    args
}

async fn says_why_a_sign_in_fails(world: World) {
    let alice = world.person("alice").await;
    let mut agent = Agent::start(world.options("device")).await;
    let sign_in = |jid: &str, password: &str, server: Value| json!({ "jid": jid, "password": password, "server": server, "remember": true });
    let wrong = sign_in(&alice.jid, "not this", world.address());
    assert_eq!(agent.refused("signIn", wrong).await, "wrongPassword");
    let nobody = sign_in("nobody-at-all@localhost", PASSWORD, world.address());
    assert_eq!(agent.refused("signIn", nobody).await, "wrongPassword");
    // RFC 6761 §6.4: never resolves.
    let unknown = sign_in("alice@server.invalid", PASSWORD, Value::Null);
    let code = agent.refused("signIn", unknown).await;
    assert!(code == "unknownServer" || code == "unreachable", "{code}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let silent = json!({ "host": "127.0.0.1", "port": closed, "directTls": false });
    assert_eq!(agent.refused("signIn", sign_in(&alice.jid, PASSWORD, silent)).await, "unreachable");
    assert_eq!(agent.refused("signIn", sign_in("@", PASSWORD, Value::Null)).await, "invalidArgument");

    let mut stranger = Agent::start(AgentOptions { ca_file: None, ..world.options("stranger") }).await;
    let code = stranger.refused("signIn", sign_in(&alice.jid, PASSWORD, world.address())).await;
    assert_eq!(code, "certificate", "an authority that nobody vouches for");

    for mut agent in [agent, stranger] {
        let startup = agent.ok("startup", json!({})).await;
        assert_eq!(startup["accounts"], json!([]), "a failed first sign-in leaves nothing");
        let secrets = fs::read_to_string(agent.options.folder.join("data/secrets.json")).unwrap_or_default();
        assert!(!secrets.contains(PASSWORD), "nor its password");
    }
}

async fn stays_signed_in(world: World) {
    let mut alice = world.person("alice").await;
    alice.quit().await;
    let mark = alice.mark();
    alice.start_again().await;
    online(&alice, mark).await;
    alice.own::<Value>("signOut", json!({})).await;
    let startup = alice.ok("startup", json!({})).await;
    assert_eq!(startup["accounts"][0]["connection"]["kind"], "offline");
    alice.quit().await;
    alice.start_again().await;
    let startup = alice.ok("startup", json!({})).await;
    assert_eq!(startup["accounts"][0]["connection"]["kind"], "offline", "signed out is signed out");
    for (operation, arguments) in [
        ("reconnect", json!({})),
        ("addContact", json!({ "jid": "bob@localhost" })),
        ("placeCall", json!({ "to": "bob@localhost", "media": "audio" })),
    ] {
        assert_eq!(alice.try_own(operation, arguments).await.unwrap_err().code, "notOnline", "{operation}");
    }
    alice.own::<Value>("removeAccount", json!({})).await;
    assert_eq!(alice.ok("startup", json!({})).await["accounts"], json!([]));
}

/// The stream is up again after `mark`.
pub async fn online(agent: &Agent, mark: usize) {
    use confab_model::{ConnectionState, Event};
    agent
        .event_after(mark, std::time::Duration::from_secs(90), "online again", |event| match event {
            Event::AccountChanged { account } => {
                (account.connection == ConnectionState::Online { catching_up: false }).then_some(())
            }
            _ => None,
        })
        .await;
}
