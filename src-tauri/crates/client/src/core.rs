//! The root of the running app: which accounts run, and the device-wide arbiter.
//!
//! In: starts and stops of accounts, claims of their call machines, changed settings. Out: the list of running
//! accounts, verdicts to the machines. It never waits for an account.

use std::{collections::BTreeMap, sync::Arc};

use confab_call::{Arbiter, FloorEvent, FloorRequest};
use confab_model::AccountId;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    Settings,
    account::{AccountContext, AccountHandle, AccountMessage, AccountStart, start},
};

/// The running accounts. Replaced as a whole, so that readers never wait.
pub(crate) type Running = Arc<BTreeMap<AccountId, AccountHandle>>;

/// What the core takes.
#[derive(Debug)]
pub(crate) enum CoreMessage {
    /// Starts an account; one that runs already under this number is answered with its handle.
    Start {
        start: Box<AccountStart>,
        reply: oneshot::Sender<AccountHandle>,
    },
    /// Takes an account out of the list; the caller stops it.
    Remove {
        account: AccountId,
        reply: oneshot::Sender<Option<AccountHandle>>,
    },
    SettingsChanged(Settings),
}

/// Messages that may wait for the core. People cause them.
const MAILBOX: usize = 64;

/// Starts the core's task. It ends when the sender is dropped.
pub(crate) fn spawn(
    context: AccountContext,
    floor: mpsc::UnboundedReceiver<(AccountId, FloorRequest)>,
) -> (mpsc::Sender<CoreMessage>, watch::Receiver<Running>) {
    let (sender, mailbox) = mpsc::channel(MAILBOX);
    let (published, running) = watch::channel(Running::default());
    let core = Core { context, mailbox, floor, published, arbiter: Arbiter::new() };
    tokio::spawn(core.run());
    (sender, running)
}

struct Core {
    context: AccountContext,
    mailbox: mpsc::Receiver<CoreMessage>,
    /// Unbounded, because a call machine must not wait; it holds at most a few claims per call.
    floor: mpsc::UnboundedReceiver<(AccountId, FloorRequest)>,
    published: watch::Sender<Running>,
    arbiter: Arbiter,
}

impl Core {
    async fn run(mut self) {
        loop {
            tokio::select! {
                message = self.mailbox.recv() => match message {
                    Some(message) => self.handle(message),
                    None => return,
                },
                Some((account, request)) = self.floor.recv() => {
                    let events = self.arbiter.handle(account, request);
                    self.tell_floor(events);
                }
            }
        }
    }

    fn handle(&mut self, message: CoreMessage) {
        match message {
            CoreMessage::Start { start: account, reply } => {
                let id = account.stored.id;
                let known = self.published.borrow().get(&id).cloned();
                let handle = known.unwrap_or_else(|| {
                    let handle = start(self.context.clone(), *account);
                    self.change(|running| running.insert(id, handle.clone()));
                    let event = self.arbiter.add_account(id);
                    self.tell_floor(vec![(id, event)]);
                    handle
                });
                let _ = reply.send(handle);
            }
            CoreMessage::Remove { account, reply } => {
                let removed = self.change(|running| running.remove(&account));
                let events = self.arbiter.remove_account(account);
                self.tell_floor(events);
                let _ = reply.send(removed);
            }
            CoreMessage::SettingsChanged(settings) => {
                for handle in self.published.borrow().values() {
                    let (handle, message) = (handle.clone(), AccountMessage::SettingsChanged(settings.clone()));
                    tokio::spawn(async move { handle.tell(message).await });
                }
            }
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<AccountId, AccountHandle>) -> T) -> T {
        let mut running = BTreeMap::clone(&self.published.borrow());
        let result = change(&mut running);
        self.published.send_replace(Arc::new(running));
        result
    }

    fn tell_floor(&self, events: Vec<(AccountId, FloorEvent)>) {
        for (account, event) in events {
            let Some(handle) = self.published.borrow().get(&account).cloned() else { continue };
            handle.tell_floor(event);
        }
    }
}
