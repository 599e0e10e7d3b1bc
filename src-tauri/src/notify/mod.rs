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
mod names;
#[cfg(not(target_os = "linux"))]
mod plugin;
mod rules;
mod words;

use std::time::Duration;

use confab_client::{Client, Events, OperationError};
use confab_model::{
    AccountId, BareJid, CallId, CallMedia, ConversationKind, Event, EventEnvelope, GroupRequestKind, Sender,
};
use serde::{Deserialize, Serialize};
use tauri::AppHandle;
use tauri_specta::Event as _;
use tokio::sync::watch;

use crate::{clock::now, window};
use board::{Board, Content, Step, Subject};
#[cfg(target_os = "linux")]
use freedesktop::Desktop;
use names::Names;
#[cfg(not(target_os = "linux"))]
use plugin::Desktop;
use words::Named;

/// A name must not hold up a ringing call: after this the address stands in for it.
const NAME_TIMEOUT: Duration = Duration::from_secs(1);

/// Where the main window goes because a notification was pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct NoticeOpened {
    pub account: AccountId,
    pub place: NoticePlace,
}

/// A part of the main window that shows what a notification was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum NoticePlace {
    Conversation {
        jid: BareJid,
    },
    /// Who asks for something waits there.
    Contacts,
    Calls,
}

/// A call that rings is over everything by itself.
fn place_of(subject: &Subject) -> Option<NoticePlace> {
    match subject {
        Subject::Conversation(_, jid) => Some(NoticePlace::Conversation { jid: jid.clone() }),
        Subject::Applications(..) => Some(NoticePlace::Contacts),
        Subject::MissedCall(..) => Some(NoticePlace::Calls),
        Subject::Call(..) | Subject::CaughtUp(_) => None,
    }
}

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
                    let is_enabled = self.is_enabled() && !self.is_quiet(&envelope).await;
                    let steps = board.follow(&envelope, is_enabled);
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

    /// Whether this is a message, or an application for a group, that is not told.
    async fn is_silent(&self, envelope: &EventEnvelope) -> bool {
        let Some(account) = envelope.account else { return false };
        match &envelope.event {
            Event::MessageAdded { message } => {
                let Ok(Some(conversation)) = self.client.conversation(account, &message.conversation).await else {
                    return true;
                };
                let settings = self.client.settings().borrow().clone();
                !rules::may_be_told(message, &conversation, &settings, now())
            }
            Event::GroupRequested { request } if request.kind == GroupRequestKind::Application => {
                // As for messages: where it cannot be asked whether it is muted, it is.
                match self.client.conversation(account, &request.group).await {
                    Ok(known) => known.is_some_and(|group| group.is_muted(now())),
                    Err(_) => true,
                }
            }
            _ => false,
        }
    }

    /// Whether nothing new is shown of this account now. What stands goes away all the same when its reason does.
    async fn is_quiet(&self, envelope: &EventEnvelope) -> bool {
        // Others show nothing.
        let shows = matches!(
            envelope.event,
            Event::MessageAdded { .. }
                | Event::GroupRequested { .. }
                | Event::CallChanged { .. }
                | Event::CallRinging { .. }
                | Event::CallRecorded { .. }
                | Event::AccountChanged { .. }
        );
        let Some(account) = envelope.account.filter(|_| shows) else { return false };
        let availability = self.client.availability(account).await.unwrap_or_default();
        rules::is_quiet(&availability, now())
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
                    let system = sys_locale::get_locale().unwrap_or_default();
                    let hidden = words::hidden(settings.language, &system);
                    let named = self.named(subject.account(), &content, hidden).await;
                    let details = settings.notification_details;
                    let mut notice = words::notice(&content, &named, details, settings.language, &system);
                    if let Some(own) = self.client.account_among_others(subject.account()) {
                        notice = notice.of_account(&own.to_string());
                    }
                    desktop.show(&subject, &notice).await;
                }
            }
        }
    }

    /// The group's own name, or what the person is called.
    async fn named(&self, account: AccountId, content: &Content, hidden: &str) -> Named {
        let (about, by) = match content {
            Content::Ringing { from, .. } | Content::Missed { from, .. } => (from, None),
            Content::Message { from, by, .. } => (from, Some(by.clone())),
            Content::Applied { group, from } => (group, from.last().cloned().map(Sender::person)),
            Content::WhileAway { .. } => return Named::default(),
        };
        let names = tokio::time::timeout(NAME_TIMEOUT, self.names(account)).await.unwrap_or_default();
        let group = self.client.conversation(account, about).await.ok().flatten();
        let group = group.filter(|conversation| conversation.kind == ConversationKind::Group);
        let is_applicant = matches!(content, Content::Applied { .. });
        let by = match by {
            Some(Sender { jid: Some(jid), .. }) if is_applicant => Some(names.of_person(&jid)),
            Some(by) if group.is_some() => names.of_sender(&by, hidden),
            Some(_) | None => None,
        };
        let about = match group.map(|group| group.name).filter(|name| !name.is_empty()) {
            Some(name) => name,
            None => names.of_person(about),
        };
        Named { about, by }
    }

    async fn names(&self, account: AccountId) -> Names {
        let Ok(contacts) = self.client.contacts(account, false).await else { return Names::default() };
        let profiles = self.client.profiles(account).await.unwrap_or_default();
        Names::new(contacts, profiles, self.client.own_address(account))
    }

    async fn done(&self, deed: Deed, board: &mut Board, desktop: &mut Desktop) {
        let subject = match deed {
            Deed::Closed(subject) => return board.closed(&subject),
            Deed::Opened(subject) => {
                window::raise(&self.app);
                if let Some(place) = place_of(&subject)
                    && let Err(error) = (NoticeOpened { account: subject.account(), place }).emit(&self.app)
                {
                    tracing::warn!(%error, "the window did not hear of a pressed notification");
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pressed_notification_leads_to_what_it_was_about() {
        let (account, jid): (_, BareJid) = (AccountId(1), "ann@example.org".parse().unwrap());
        let places = [
            (Subject::Conversation(account, jid.clone()), Some(NoticePlace::Conversation { jid: jid.clone() })),
            (Subject::Applications(account, jid), Some(NoticePlace::Contacts)),
            (Subject::MissedCall(account, CallId::from("c")), Some(NoticePlace::Calls)),
            (Subject::Call(account, CallId::from("c")), None),
            (Subject::CaughtUp(account), None),
        ];
        for (subject, place) in places {
            assert_eq!(place_of(&subject), place, "{subject:?}");
        }
    }
}
