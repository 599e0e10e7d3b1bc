//! The icon beside the clock: how much waits to be read, and the way back to a closed window.
//!
//! Where the desktop shows such icons, closing the main window leaves the app running, so that calls and messages still
//! come; it ends from the icon's menu. Where there are none, closing the window ends the app: nobody would find it again.
//! In: what the core tells. Out: the icon (`system`, one implementation per platform), the window, the end.

mod badge;
#[cfg(target_os = "linux")]
#[path = "status_notifier.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "native.rs"]
mod system;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use confab_client::{Client, Settings};
use confab_model::{AccountId, Event, EventEnvelope};
use tauri::AppHandle;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use crate::{
    clock::now,
    shell, window,
    words::{Words, words},
};

/// Changes come in bursts (a catch-up): the icon follows them at this pace.
const PACE: Duration = Duration::from_millis(300);

/// What a person does with the icon, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Open,
    Quit,
    /// The desktop shows it, or no longer.
    Shown(bool),
}

/// What the icon says.
#[derive(Debug, Clone, Copy)]
struct Face {
    unread: u32,
    words: &'static Words,
}

impl Face {
    /// The words that a pointer over the icon brings up.
    fn hint(&self) -> String {
        match self.unread {
            0 => "Confab".to_owned(),
            1 => format!("Confab – {}", self.words.unread_one),
            many => format!("Confab – {}", self.words.unread.replace('#', &many.to_string())),
        }
    }
}

/// Keeps the icon until the app ends.
pub(crate) struct Tray {
    pub(crate) app: AppHandle,
    pub(crate) client: Client,
    /// Whether there is an icon, for whoever closes the window.
    pub(crate) shown: watch::Sender<bool>,
    pub(crate) ending: watch::Receiver<bool>,
}

impl Tray {
    pub(crate) async fn run(self) {
        let (deeds, mut done) = mpsc::unbounded_channel();
        let (mut events, mut settings) = (self.client.events(), self.client.settings());
        let mut waiting = Waiting { all: true, ..Waiting::default() };
        waiting.count(&self.client).await;
        let face =
            |waiting: &Waiting, settings: &Settings| Face { unread: waiting.sum(), words: words(settings.language) };
        let first = face(&waiting, &settings.borrow_and_update().clone());
        let Some(mut icon) = system::Icon::show(&self.app, first, deeds).await else { return };
        let mut ending = self.ending.clone();
        let mut count_at: Option<Instant> = None;
        loop {
            let due = count_at.unwrap_or_else(Instant::now);
            tokio::select! {
                () = async { let _ = ending.wait_for(|ending| *ending).await; } => break,
                event = events.next() => {
                    let Some(envelope) = event else { break };
                    if waiting.follow(&envelope) {
                        count_at.get_or_insert_with(|| Instant::now() + PACE);
                    }
                    continue;
                }
                () = sleep_until(due), if count_at.is_some() => {
                    count_at = None;
                    waiting.count(&self.client).await;
                }
                changed = settings.changed() => {
                    if changed.is_err() {
                        break;
                    }
                }
                deed = done.recv() => {
                    let Some(deed) = deed else { break };
                    self.done(deed);
                    continue;
                }
            }
            let now = face(&waiting, &settings.borrow_and_update().clone());
            icon.set(now).await;
        }
        self.shown.send_replace(false);
        icon.remove().await;
    }

    fn done(&self, deed: Deed) {
        match deed {
            Deed::Open => window::raise(&self.app),
            Deed::Quit => shell::end(&self.app),
            Deed::Shown(shown) => {
                tracing::info!(shown, "the icon beside the clock");
                self.shown.send_replace(shown);
                if !shown {
                    // A hidden window would be lost with it.
                    window::show_again(&self.app);
                }
            }
        }
    }
}

/// How many messages wait, by account.
#[derive(Debug, Default)]
struct Waiting {
    known: BTreeMap<AccountId, u32>,
    /// Accounts to be counted anew.
    stale: BTreeSet<AccountId>,
    all: bool,
}

impl Waiting {
    /// Whether something has to be counted anew.
    fn follow(&mut self, EventEnvelope { account, event, .. }: &EventEnvelope) -> bool {
        match (event, account) {
            (Event::Resync, _) => self.all = true,
            (Event::AccountRemoved, Some(account)) => {
                self.known.remove(account);
                self.stale.remove(account);
            }
            (Event::ConversationChanged { .. } | Event::ConversationRemoved { .. }, Some(account)) => {
                self.stale.insert(*account);
            }
            _ => return false,
        }
        true
    }

    async fn count(&mut self, client: &Client) {
        if std::mem::take(&mut self.all)
            && let Ok(startup) = client.startup().await
        {
            self.known.clear();
            self.stale = startup.accounts.into_iter().map(|account| account.id).collect();
        }
        for account in std::mem::take(&mut self.stale) {
            if let Ok(page) = client.conversation_page(account, None, 1).await {
                self.known.insert(account, page.waiting(now()));
            }
        }
    }

    fn sum(&self) -> u32 {
        self.known.values().fold(0, |sum, unread| sum.saturating_add(*unread))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(account: u32, event: Event) -> EventEnvelope {
        EventEnvelope { account: Some(AccountId(account)), seq: 0, event }
    }

    #[test]
    fn what_waits_is_counted_where_it_changed() {
        let mut waiting = Waiting { known: [(AccountId(1), 3), (AccountId(2), 4)].into(), ..Waiting::default() };
        assert_eq!(waiting.sum(), 7);
        assert!(!waiting.follow(&told(1, Event::BlockedChanged { blocked: Vec::new() })));
        let jid = "bob@example.org".parse().unwrap();
        assert!(waiting.follow(&told(2, Event::ConversationRemoved { jid })));
        assert_eq!(waiting.stale, [AccountId(2)].into());
        assert!(waiting.follow(&told(2, Event::AccountRemoved)));
        assert_eq!((waiting.sum(), waiting.stale.len()), (3, 0));
        assert!(waiting.follow(&told(1, Event::Resync)) && waiting.all);
    }

    #[test]
    fn the_hint_says_how_many() {
        let hint = |unread| Face { unread, words: words(confab_client::Language::English) }.hint();
        assert_eq!([hint(0), hint(1), hint(12)], ["Confab", "Confab – 1 new message", "Confab – 12 new messages"]);
    }
}
