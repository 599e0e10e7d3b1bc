//! Desktop notifications: calls that ring or were missed, messages and requests, while nobody looks at the window.
//!
//! In: the core's events, the focus of the main window, buttons pressed on the desktop. Out: notifications; answers to
//! calls; the main window, raised. What may be told is decided by [`rules`], what stands where by [`board`],
//! what it says by [`words`]; the desktop itself is behind `Desktop`, one implementation per platform:
//!
//! * Linux: `org.freedesktop.Notifications` with buttons; without a session bus there are none;
//! * elsewhere: the notification plugin, which shows but has neither buttons nor taking back. A call that rings has its
//!   window all the same (`incoming`).

mod board;
#[cfg(target_os = "linux")]
mod freedesktop;
#[cfg(not(target_os = "linux"))]
mod plugin;
mod rules;
mod words;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use confab_client::{Client, Events, Language, OperationError};
use confab_model::{AccountId, BareJid, CallId, CallMedia, Event, EventEnvelope, RingKind, Timestamp};
use tauri::AppHandle;
use tokio::sync::watch;

use crate::window;
use board::{Board, Content, Step, Subject};
#[cfg(target_os = "linux")]
use freedesktop::Desktop;
#[cfg(not(target_os = "linux"))]
use plugin::Desktop;

/// A name must not hold up a ringing call: after this the address stands in for it.
const NAME_TIMEOUT: Duration = Duration::from_secs(1);

/// What somebody did with a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the plugin reports nothing"))]
enum Deed {
    /// Pressed on it.
    Opened(Subject),
    Accepted(Subject),
    Declined(Subject),
    /// Took it away, or the desktop did.
    Closed(Subject),
}

/// Adds what the platform's notifications need to the app.
#[cfg(target_os = "linux")]
pub(crate) fn prepare(builder: tauri::Builder<tauri::Wry>) -> tauri::Builder<tauri::Wry> {
    builder
}

/// Adds what the platform's notifications need to the app.
#[cfg(not(target_os = "linux"))]
pub(crate) fn prepare(builder: tauri::Builder<tauri::Wry>) -> tauri::Builder<tauri::Wry> {
    builder.plugin(plugin::init())
}

/// "Incoming call", as the title of its window.
pub(crate) fn incoming_call(language: Language) -> &'static str {
    words::incoming_call(language, &sys_locale::get_locale().unwrap_or_default())
}

/// Keeps the desktop up to date.
pub(crate) struct Watcher {
    pub(crate) app: AppHandle,
    pub(crate) client: Client,
    pub(crate) focused: watch::Receiver<bool>,
    pub(crate) ending: watch::Receiver<bool>,
}

impl Watcher {
    /// Runs until the app ends, and leaves nothing on the desktop.
    pub(crate) async fn run(self) {
        let events = self.client.events();
        let mut desktop = Desktop::open(&self.app).await;
        let mut board = Board::default();
        self.watch(events, &mut board, &mut desktop).await;
        for step in board.clear() {
            if let Step::Close(subject) = step {
                desktop.close(&subject).await;
            }
        }
    }

    async fn watch(&self, mut events: Events, board: &mut Board, desktop: &mut Desktop) {
        let (mut focused, mut ending) = (self.focused.clone(), self.ending.clone());
        let first = *focused.borrow_and_update();
        board.focus(first, false);
        loop {
            tokio::select! {
                () = async { let _ = ending.wait_for(|ending| *ending).await; } => return,
                event = events.next() => {
                    let Some(envelope) = event else { return };
                    if self.is_silent(&envelope).await {
                        continue;
                    }
                    let steps = board.follow(&envelope, self.is_enabled());
                    self.carry_out(steps, desktop).await;
                }
                changed = focused.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    let has_focus = *focused.borrow_and_update();
                    let steps = board.focus(has_focus, self.is_enabled());
                    self.carry_out(steps, desktop).await;
                }
                deed = desktop.next() => self.done(deed, board, desktop).await,
            }
        }
    }

    /// Whether this is nothing to be told of.
    async fn is_silent(&self, envelope: &EventEnvelope) -> bool {
        let Some(account) = envelope.account else { return false };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        match &envelope.event {
            Event::MessageAdded { message } => {
                let Ok(Some(conversation)) = self.client.conversation(account, &message.conversation).await else {
                    return true;
                };
                let availability = self.client.availability(account).await.unwrap_or_default();
                let settings = self.client.settings().borrow().clone();
                !rules::may_be_told(message, &conversation, &availability, &settings, now)
            }
            Event::ContactRequested { .. } | Event::CallRinging { ring: RingKind::Loud | RingKind::Waiting, .. } => {
                let availability = self.client.availability(account).await.unwrap_or_default();
                rules::is_quiet(&availability, now)
            }
            _ => false,
        }
    }

    fn is_enabled(&self) -> bool {
        self.client.settings().borrow().notifications
    }

    async fn carry_out(&self, steps: Vec<Step>, desktop: &mut Desktop) {
        for step in steps {
            match step {
                Step::Close(subject) => desktop.close(&subject).await,
                Step::Show(subject, content) => {
                    let settings = self.client.settings().borrow().clone();
                    let name = self.name(subject.account(), &content).await;
                    let system = sys_locale::get_locale().unwrap_or_default();
                    let details = settings.notification_details;
                    let notice = words::notice(&content, &name, details, settings.language, &system);
                    desktop.show(&subject, &notice).await;
                }
            }
        }
    }

    /// The name that the account gives the person, or else the address.
    async fn name(&self, account: AccountId, content: &Content) -> String {
        let jid: &BareJid = match content {
            Content::Ringing { from, .. }
            | Content::Missed { from, .. }
            | Content::Message { from, .. }
            | Content::Request { from, .. } => from,
            Content::WhileAway { .. } => return String::new(),
        };
        let contacts = tokio::time::timeout(NAME_TIMEOUT, self.client.contacts(account, false)).await;
        let contact = contacts.into_iter().flatten().flatten().find(|contact| contact.jid == *jid);
        contact.map(|contact| contact.name).filter(|name| !name.is_empty()).unwrap_or_else(|| jid.to_string())
    }

    async fn done(&self, deed: Deed, board: &mut Board, desktop: &mut Desktop) {
        let subject = match deed {
            Deed::Closed(subject) => return board.closed(&subject),
            Deed::Opened(subject) => {
                window::raise(&self.app);
                subject
            }
            Deed::Accepted(subject) => {
                if let (Subject::Call(account, call), Some(Content::Ringing { media, .. })) =
                    (&subject, board.content(&subject))
                {
                    window::raise(&self.app);
                    self.answer(*account, call.clone(), Some(*media));
                }
                subject
            }
            Deed::Declined(subject) => {
                if let Subject::Call(account, call) = &subject {
                    self.answer(*account, call.clone(), None);
                }
                subject
            }
        };
        // Some desktops keep a notification whose button was pressed.
        board.closed(&subject);
        desktop.close(&subject).await;
    }

    /// Accepts with `media`, or declines. In a task of its own: the next notification must not wait for a server.
    fn answer(&self, account: AccountId, call: CallId, media: Option<CallMedia>) {
        let client = self.client.clone();
        tauri::async_runtime::spawn(async move {
            let result: Result<(), OperationError> = match media {
                Some(media) => client.accept_call(account, call, media).await,
                None => client.reject_call(account, call, None).await,
            };
            if let Err(error) = result {
                tracing::warn!(%error, "a call was not answered from its notification");
            }
        });
    }
}
