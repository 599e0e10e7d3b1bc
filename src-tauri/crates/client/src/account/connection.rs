//! What the session tells of itself, and where its other events go.

use confab_model::{ConnectionState, Event};
use confab_session::{SessionEvent, SignInToken};

use super::actor::AccountActor;

impl AccountActor {
    pub(super) async fn handle_session(&mut self, event: SessionEvent) {
        // Messages of a catch-up wait for the end of their page; whatever refers to them comes after them.
        if !matches!(event, SessionEvent::MessageReceived(_) | SessionEvent::ArchiveReached { .. }) {
            self.flush_received(None).await;
        }
        match event {
            SessionEvent::ConnectionChanged(state) => self.connection_changed(state).await,
            SessionEvent::Online { jid, resumed } => {
                self.keep_secret();
                self.calls_online(jid, resumed).await;
                if !resumed {
                    self.flush_outbox().await;
                    self.refresh_ice_servers();
                }
            }
            SessionEvent::ServerFeaturesKnown(features) => {
                self.change_account(|account| account.has_archive = features.archive);
            }
            SessionEvent::TokenIssued(token) => self.token_issued(token),
            SessionEvent::TokenRefused => {
                self.secret.token = None;
                self.keep_secret();
            }
            SessionEvent::ContactsLoaded { contacts, version } => self.contacts_loaded(contacts, version).await,
            SessionEvent::ContactChanged { contact, version } => self.contact_changed(contact, version).await,
            SessionEvent::ContactRemoved { jid, version } => self.contact_removed(jid, version).await,
            SessionEvent::ContactRequested(request) => self.contact_requested(request).await,
            SessionEvent::ContactRequestSettled { from } => self.request_settled(from).await,
            SessionEvent::MessageReceived(message) => self.message_received(*message).await,
            SessionEvent::MessageSent { id } => self.message_sent(id).await,
            // They are in the outbox still; the next `Online` sends them.
            SessionEvent::MessagesUnacknowledged { ids } => tracing::info!(count = ids.len(), "not acknowledged"),
            SessionEvent::MessageDelivered(by) => self.message_delivered(by).await,
            SessionEvent::MessageDisplayed(by) => self.message_displayed(by).await,
            SessionEvent::DisplayedElsewhere { conversation, up_to } => {
                self.displayed_elsewhere(conversation, up_to).await;
            }
            SessionEvent::MessageFailed { id, to, why } => self.message_bounced(id, to, why).await,
            SessionEvent::Typing { from, state } => self.publish(Event::Typing { conversation: from, state }),
            SessionEvent::ArchiveReached { id } => self.flush_received(Some(&id)).await,
            SessionEvent::ArchiveGap => tracing::warn!("the server's archive does not reach back to the last known id"),
            SessionEvent::SignalReceived(signal) => self.signal_received(signal).await,
        }
    }

    async fn connection_changed(&mut self, state: ConnectionState) {
        let was_online = matches!(self.account.borrow().connection, ConnectionState::Online { .. });
        let is_online = matches!(state, ConnectionState::Online { .. });
        let caught_up = matches!(state, ConnectionState::Online { catching_up: false });
        self.change_account(|account| account.connection = state);
        if was_online && !is_online {
            self.catching_up = true;
            self.calls_offline().await;
        }
        if caught_up && self.catching_up {
            self.catching_up = false;
            self.calls_caught_up().await;
        }
    }

    pub(super) fn change_account(&self, change: impl FnOnce(&mut confab_model::Account)) {
        let changed = self.account.send_if_modified(|account| {
            let before = account.clone();
            change(account);
            *account != before
        });
        if changed {
            self.publish(Event::AccountChanged { account: self.account.borrow().clone() });
        }
    }

    fn token_issued(&mut self, token: SignInToken) {
        self.secret.token = Some((token.mechanism, token.token));
        self.keep_secret();
    }

    /// Only with the person's consent; from the first time online, when the server has accepted it.
    fn keep_secret(&self) {
        if self.remember {
            self.keeper.keep(self.secret.clone());
        }
    }
}
