//! Against a notification server on the other end of a socket pair.

use std::sync::{Arc, Mutex};

use confab_model::{AccountId, CallId};
use zbus::{connection, object_server::SignalEmitter};

use super::*;
use crate::notify::words::Answers;

const PATH: &str = "/org/freedesktop/Notifications";

/// What the server was told, in order.
#[derive(Debug, PartialEq)]
enum Told {
    Notify { replaces: u32, title: String, body: String, actions: Vec<String>, urgency: u8 },
    Close(u32),
}

struct FakeServer {
    told: Arc<Mutex<Vec<Told>>>,
    next: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl FakeServer {
    #[expect(clippy::too_many_arguments, reason = "the signature is the specification's")]
    fn notify(
        &mut self,
        _app_name: String,
        replaces: u32,
        _app_icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, zbus::zvariant::OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap_or(u8::MAX);
        self.told.lock().unwrap().push(Told::Notify { replaces, title, body, actions, urgency });
        if replaces != 0 {
            return replaces;
        }
        self.next += 1;
        self.next
    }

    fn close_notification(&self, id: u32) {
        self.told.lock().unwrap().push(Told::Close(id));
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(str::to_owned).into()
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

async fn desktop() -> (Desktop, zbus::Connection, Arc<Mutex<Vec<Told>>>) {
    let (ours, theirs) = tokio::net::UnixStream::pair().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let fake = FakeServer { told: Arc::clone(&told), next: 0 };
    let theirs = connection::Builder::unix_stream(theirs)
        .server(zbus::Guid::generate())
        .unwrap()
        .p2p()
        .serve_at(PATH, fake)
        .unwrap()
        .build();
    let ours = connection::Builder::unix_stream(ours).p2p().build();
    let (theirs, ours) = tokio::try_join!(theirs, ours).unwrap();
    let server = Server::open(&ours).await.unwrap();
    (Desktop { server: Some(server) }, theirs, told)
}

fn call() -> Subject {
    Subject::Call(AccountId(1), CallId::from("c"))
}

fn chat() -> Subject {
    Subject::Conversation(AccountId(1), "eve@example.org".parse().unwrap())
}

fn notice(body: &str, answers: Option<Answers>) -> Notice {
    Notice { title: "Eve".to_owned(), body: body.to_owned(), answers }
}

async fn next(desktop: &mut Desktop) -> Deed {
    tokio::time::timeout(Duration::from_secs(10), desktop.next()).await.expect("a signal was sent")
}

#[tokio::test]
async fn a_call_has_buttons_and_a_message_is_replaced() {
    let (mut desktop, server, told) = desktop().await;
    let answers = Answers { accept: "Answer", decline: "Decline" };
    desktop.show(&call(), &notice("calls", Some(answers))).await;
    desktop.show(&chat(), &notice("<b>1 & 2</b>", None)).await;
    desktop.show(&chat(), &notice("3", None)).await;
    desktop.close(&call()).await;
    desktop.close(&call()).await;

    let shown = |replaces, body: &str, actions: &[&str], urgency| Told::Notify {
        replaces,
        title: "Eve".to_owned(),
        body: body.to_owned(),
        actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        urgency,
    };
    let open = ["default", "Confab"];
    let buttons = ["default", "Confab", "accept", "Answer", "decline", "Decline"];
    let expected = [
        shown(0, "calls", &buttons, CRITICAL),
        shown(0, "&lt;b&gt;1 &amp; 2&lt;/b&gt;", &open, NORMAL),
        shown(2, "3", &open, NORMAL),
        Told::Close(1),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
    drop(server);
}

#[tokio::test]
async fn what_somebody_presses_comes_back_with_its_subject() {
    let (mut desktop, server, _) = desktop().await;
    desktop.show(&call(), &notice("calls", None)).await;
    desktop.show(&chat(), &notice("hello", None)).await;
    let emitter = SignalEmitter::new(&server, PATH).unwrap();
    // Of another app; then unknown.
    FakeServer::action_invoked(&emitter, 77, "accept").await.unwrap();
    FakeServer::action_invoked(&emitter, 1, "snooze").await.unwrap();
    FakeServer::action_invoked(&emitter, 1, "accept").await.unwrap();
    assert_eq!(next(&mut desktop).await, Deed::Accepted(call()));
    FakeServer::action_invoked(&emitter, 2, "default").await.unwrap();
    assert_eq!(next(&mut desktop).await, Deed::Opened(chat()));
    FakeServer::notification_closed(&emitter, 2, 2).await.unwrap();
    assert_eq!(next(&mut desktop).await, Deed::Closed(chat()));
}

#[test]
fn markup_of_others_stays_text() {
    assert_eq!(escaped("<a href='x'>1 & 2</a>\u{7}"), "&lt;a href=&apos;x&apos;&gt;1 &amp; 2&lt;/a&gt; ");
}

#[test]
fn buttons_mean_what_they_say() {
    assert_eq!(deed(OPEN, call()), Some(Deed::Opened(call())));
    assert_eq!(deed(ACCEPT, call()), Some(Deed::Accepted(call())));
    assert_eq!(deed(DECLINE, call()), Some(Deed::Declined(call())));
    assert_eq!(deed("inline-reply", call()), None);
}
