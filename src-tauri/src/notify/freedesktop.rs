//! Notifications of the Freedesktop specification 1.2, over the session bus.
//!
//! Owns the connection and which number stands for which subject. Without a bus, or without a notification server,
//! nothing is shown; that is logged once.

use std::{collections::HashMap, time::Duration};

use futures::StreamExt as _;
use tauri::AppHandle;
use zbus::zvariant::Value;

use super::{Deed, board::Subject, words::Notice};

/// The bus may have to start the notification server first.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// The name of the `.desktop` file, by which desktops find name and icon.
const DESKTOP_ENTRY: &str = "Confab";
/// Urgency levels of the specification.
const NORMAL: u8 = 1;
const CRITICAL: u8 = 2;
/// The server decides how long it stands; or it stands until it is closed.
const EXPIRES_BY_DEFAULT: i32 = -1;
const EXPIRES_NEVER: i32 = 0;

/// Names of buttons. `default` is the specification's: a press on the notification itself.
const OPEN: &str = "default";
const ACCEPT: &str = "accept";
const DECLINE: &str = "decline";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the signature is the specification's")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The desktop as far as notifications go.
pub(super) struct Desktop {
    server: Option<Server>,
}

struct Server {
    proxy: NotificationsProxy<'static>,
    actions: ActionInvokedStream,
    closings: NotificationClosedStream,
    /// The server reads `<`, `>` and `&` in the body as markup.
    markup: bool,
    has_buttons: bool,
    shown: HashMap<Subject, u32>,
}

impl Desktop {
    pub(super) async fn open(_: &AppHandle) -> Self {
        let server = match tokio::time::timeout(ANSWER_TIMEOUT, Server::on_session_bus()).await {
            Ok(Ok(server)) => Some(server),
            Ok(Err(error)) => {
                tracing::info!(%error, "there are no desktop notifications here");
                None
            }
            Err(_) => {
                tracing::info!("there are no desktop notifications here: nobody answers on the session bus");
                None
            }
        };
        Self { server }
    }

    pub(super) async fn show(&mut self, subject: &Subject, notice: &Notice) {
        let Some(server) = &mut self.server else { return };
        match tokio::time::timeout(ANSWER_TIMEOUT, server.show(subject, notice)).await {
            Ok(Ok(id)) => {
                server.shown.insert(subject.clone(), id);
            }
            Ok(Err(error)) => tracing::debug!(%error, "a notification was not shown"),
            Err(_) => tracing::debug!("a notification was not shown in time"),
        }
    }

    pub(super) async fn close(&mut self, subject: &Subject) {
        let Some(server) = &mut self.server else { return };
        let Some(id) = server.shown.remove(subject) else { return };
        // It fails for one that is gone already.
        let _ = tokio::time::timeout(ANSWER_TIMEOUT, server.proxy.close_notification(id)).await;
    }

    /// What somebody does next with one of ours; never, where nothing is shown. Cancel safe.
    pub(super) async fn next(&mut self) -> Deed {
        loop {
            let Some(server) = &mut self.server else { return std::future::pending().await };
            match server.next().await {
                Some(Some(deed)) => return deed,
                Some(None) => {}
                None => {
                    tracing::info!("the session bus is gone, and with it the notifications");
                    self.server = None;
                }
            }
        }
    }
}

impl Server {
    async fn on_session_bus() -> zbus::Result<Self> {
        Self::open(&zbus::Connection::session().await?).await
    }

    async fn open(bus: &zbus::Connection) -> zbus::Result<Self> {
        let proxy = NotificationsProxy::new(bus).await?;
        let capabilities = proxy.get_capabilities().await?;
        let has = |name: &str| capabilities.iter().any(|known| known == name);
        Ok(Self {
            actions: proxy.receive_action_invoked().await?,
            closings: proxy.receive_notification_closed().await?,
            markup: has("body-markup"),
            has_buttons: has("actions"),
            proxy,
            shown: HashMap::new(),
        })
    }

    async fn show(&self, subject: &Subject, notice: &Notice) -> zbus::Result<u32> {
        let is_call = matches!(subject, Subject::Call(..));
        let category = match subject {
            Subject::Call(..) => "call.incoming",
            Subject::MissedCall(..) => "call.unanswered",
            Subject::Conversation(..) | Subject::CaughtUp(_) => "im.received",
            Subject::Applications(..) => "im",
        };
        let mut hints = HashMap::from([
            ("urgency", Value::from(if is_call { CRITICAL } else { NORMAL })),
            ("category", Value::from(category)),
            ("desktop-entry", Value::from(DESKTOP_ENTRY)),
        ]);
        if is_call {
            // The window rings itself.
            hints.insert("suppress-sound", Value::from(true));
        }
        let mut actions = Vec::new();
        if self.has_buttons {
            actions.extend([OPEN, "Confab"]);
            if let Some(words) = notice.answers {
                actions.extend([ACCEPT, words.accept, DECLINE, words.decline]);
            }
        }
        let replaces = self.shown.get(subject).copied().unwrap_or(0);
        let body = if self.markup { escaped(&notice.body) } else { notice.body.clone() };
        let expires = if is_call { EXPIRES_NEVER } else { EXPIRES_BY_DEFAULT };
        self.proxy.notify("Confab", replaces, "confab", &notice.title, &body, &actions, hints, expires).await
    }

    /// `None`: the bus is gone. `Some(None)`: it was about somebody else's.
    async fn next(&mut self) -> Option<Option<Deed>> {
        tokio::select! {
            signal = self.actions.next() => {
                let Ok(args) = signal?.args().map(|args| (args.id, args.action_key.clone())) else { return Some(None) };
                Some(self.subject(args.0).and_then(|subject| deed(&args.1, subject)))
            }
            signal = self.closings.next() => {
                let Ok(id) = signal?.args().map(|args| args.id) else { return Some(None) };
                let subject = self.subject(id);
                if let Some(subject) = &subject {
                    self.shown.remove(subject);
                }
                Some(subject.map(Deed::Closed))
            }
        }
    }

    fn subject(&self, id: u32) -> Option<Subject> {
        self.shown.iter().find(|(_, shown)| **shown == id).map(|(subject, _)| subject.clone())
    }
}

fn deed(action: &str, subject: Subject) -> Option<Deed> {
    match action {
        OPEN => Some(Deed::Opened(subject)),
        ACCEPT => Some(Deed::Accepted(subject)),
        DECLINE => Some(Deed::Declined(subject)),
        _ => None,
    }
}

/// The specification's body is a subset of XML: what others wrote must not become markup or links.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Not allowed in XML; a server that parses strictly would show nothing.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
