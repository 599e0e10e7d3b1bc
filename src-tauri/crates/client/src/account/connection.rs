//! What the session tells of itself, and where its other events go.

use std::time::Instant;

use confab_model::{ConnectionState, Event, Pii};
use confab_session::{ServerFeatures, SessionEvent, SignInToken};
use confab_store::StoreError;

use super::{
    actor::AccountActor,
    arrivals::{Arrival, ArrivalWriter, is_paged},
    outgoing::Outgoing,
    push::Enabled,
};

impl AccountActor {
    pub(super) async fn handle_session(&mut self, event: SessionEvent) {
        // What comes after a message may refer to it; only messages of one page are written together, with its end.
        if !is_paged(&event) {
            self.write_arrivals().await;
        }
        match event {
            SessionEvent::ConnectionChanged(state) => self.connection_changed(state).await,
            SessionEvent::Online { jid, resumed, session } => {
                self.keep_secret();
                self.calls_online(jid, resumed).await;
                if !resumed {
                    self.session_lost().await;
                }
                self.outgoing.sending().online(resumed, session);
                self.outgoing.push(Outgoing::CallRecords);
                if !resumed {
                    self.refresh_ice_servers();
                    self.learn_sign_out().await;
                }
            }
            SessionEvent::ServerFeaturesKnown(features) => {
                self.server_known(features);
            }
            SessionEvent::TokenIssued(token) => self.token_issued(token),
            SessionEvent::TokenRefused => {
                self.secret.token = None;
                self.keep_secret();
            }
            // They are in the outbox still; the next `Online` sends them.
            SessionEvent::MessagesUnacknowledged { ids } => {
                tracing::info!(count = ids.len(), "not acknowledged");
                self.outgoing.sending().lost(&ids);
            }
            SessionEvent::Typing { conversation, who, state } => {
                self.publish(Event::Typing { conversation, who, state });
            }
            SessionEvent::ContactDeclined { jid, reason } => self.publish(Event::ContactDeclined { jid, reason }),
            SessionEvent::SignalReceived(signal) => self.signal_received(signal).await,
            SessionEvent::ProfileChanged(update) => self.profile_changed(update).await,
            SessionEvent::SignOutAsked { id } => self.sign_out_asked(&id),
            kept @ (SessionEvent::ContactsLoaded { .. }
            | SessionEvent::SignInProven { .. }
            | SessionEvent::Sasl2Avoided { .. }
            | SessionEvent::ContactChanged { .. }
            | SessionEvent::ContactRemoved { .. }
            | SessionEvent::ContactRequested(_)
            | SessionEvent::ContactRequestSettled { .. }
            | SessionEvent::MessageReceived(_)
            | SessionEvent::MessageAmended(_)
            | SessionEvent::MessageSent { .. }
            | SessionEvent::MessageDelivered(_)
            | SessionEvent::MessageDisplayed(_)
            | SessionEvent::DisplayedElsewhere { .. }
            | SessionEvent::MessageFailed { .. }
            | SessionEvent::CallTold(_)
            | SessionEvent::DisplayedUpTo(_)
            | SessionEvent::BlockedChanged { .. }
            | SessionEvent::AvailabilityChanged(_)
            | SessionEvent::ArchiveReached { .. }
            | SessionEvent::ArchiveGap
            | SessionEvent::Group(_)) => {
                if self.arrivals.push(kept) {
                    self.write_arrivals().await;
                }
            }
        }
    }

    /// Writes what the session told, as far as the store takes it.
    pub(super) async fn write_arrivals(&mut self) {
        let mut arrivals = std::mem::take(&mut self.arrivals);
        arrivals.write(Instant::now(), self).await;
        self.arrivals = arrivals;
        if self.settle_due && self.arrivals.is_empty() {
            self.settle_due = false;
            if let Err(error) = self.context.store.archive_read(self.id, None).await {
                self.store_failed(&error);
            }
            self.settle_history().await;
        }
    }

    async fn connection_changed(&mut self, state: ConnectionState) {
        let was_online = matches!(self.account.borrow().connection, ConnectionState::Online { .. });
        let is_online = matches!(state, ConnectionState::Online { .. });
        let caught_up = matches!(state, ConnectionState::Online { catching_up: false });
        self.change_account(|account| account.connection = state);
        if !is_online {
            self.outgoing.sending().offline();
        }
        if was_online && !is_online {
            self.catching_up = true;
            self.calls_offline().await;
        }
        if caught_up {
            self.settle_due = true;
            self.write_arrivals().await;
        }
        if caught_up {
            self.outgoing.sending().caught_up();
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

    fn server_known(&self, features: ServerFeatures) {
        if features.push {
            self.push.set(Enabled::wanted(&self.settings));
        } else {
            self.push.forget();
        }
        self.change_account(|account| {
            let server = &mut account.server;
            server.archive = features.archive;
            server.upload = features.upload;
            server.max_upload = features.max_upload.and_then(|limit| u32::try_from(limit).ok());
            server.groups = features.groups;
            server.blocking = features.blocking;
            server.reporting = features.reporting;
            server.push = features.push;
        });
    }

    fn token_issued(&mut self, token: SignInToken) {
        self.secret.token = Some((token.mechanism, token.token));
        self.keep_secret();
    }

    /// The session signs in with it from now on; so does the next start.
    pub(super) fn password_changed(&mut self, password: Pii<String>) {
        self.secret.password = Some(password);
        self.keep_secret();
    }

    /// Only with the person's consent; from the first time online, when the server has accepted it.
    fn keep_secret(&self) {
        if self.remember {
            self.keeper.keep(self.secret.clone());
        }
    }
}

impl ArrivalWriter for AccountActor {
    async fn write(&mut self, arrival: Arrival) -> Result<(), StoreError> {
        let event = match arrival {
            Arrival::Messages { messages, position } => {
                return self.messages_received(messages, position.as_ref()).await;
            }
            Arrival::Other(event) => *event,
        };
        match event {
            SessionEvent::SignInProven { mechanism } => {
                self.context.store.set_proven_mechanism(self.id, &mechanism).await
            }
            SessionEvent::Sasl2Avoided { avoided } => self.context.store.set_avoids_sasl2(self.id, avoided).await,
            SessionEvent::ContactsLoaded { contacts, version } => self.contacts_loaded(contacts, version).await,
            SessionEvent::ContactChanged { contact, version } => self.contact_changed(contact, version).await,
            SessionEvent::ContactRemoved { jid, version } => self.contact_removed(jid, version).await,
            SessionEvent::ContactRequested(request) => self.contact_requested(request).await,
            SessionEvent::ContactRequestSettled { from } => self.settle_request(from).await,
            SessionEvent::MessageSent { id } => self.message_sent(id).await,
            SessionEvent::MessageDelivered(by) => self.message_delivered(by).await,
            SessionEvent::MessageDisplayed(by) => self.message_displayed(by).await,
            SessionEvent::DisplayedElsewhere { conversation, up_to } => {
                self.displayed_elsewhere(conversation, up_to).await
            }
            SessionEvent::MessageFailed { id, to, why } => self.message_bounced(id, to, why).await,
            SessionEvent::CallTold(told) => self.call_told(*told).await,
            SessionEvent::ArchiveGap => self.archive_gap().await,
            SessionEvent::DisplayedUpTo(mark) => self.displayed_everywhere(mark.conversation, &mark.archive_id).await,
            SessionEvent::Group(event) => self.group_told(*event).await,
            SessionEvent::BlockedChanged { blocked } => self.blocked_changed(blocked).await,
            SessionEvent::AvailabilityChanged(availability) => self.availability_changed(availability).await,
            // Messages and positions come above, the rest is not kept.
            SessionEvent::MessageReceived(_)
            | SessionEvent::MessageAmended(_)
            | SessionEvent::ArchiveReached { .. }
            | SessionEvent::ConnectionChanged(_)
            | SessionEvent::Online { .. }
            | SessionEvent::ServerFeaturesKnown(_)
            | SessionEvent::TokenIssued(_)
            | SessionEvent::TokenRefused
            | SessionEvent::MessagesUnacknowledged { .. }
            | SessionEvent::ContactDeclined { .. }
            | SessionEvent::Typing { .. }
            | SessionEvent::ProfileChanged(_)
            | SessionEvent::SignOutAsked { .. }
            | SessionEvent::SignalReceived(_) => Ok(()),
        }
    }

    fn failing(&mut self, error: &StoreError) {
        self.store_failed(error);
    }

    async fn left_out(&mut self, arrival: Arrival, error: &StoreError) {
        tracing::error!(%error, "something that was received cannot be kept");
        if let Arrival::Other(event) = arrival
            && let SessionEvent::ContactsLoaded { .. }
            | SessionEvent::ContactChanged { .. }
            | SessionEvent::ContactRemoved { .. } = *event
        {
            self.roster_incomplete().await;
        }
    }
}
