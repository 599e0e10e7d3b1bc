//! Contacts of an account: what the roster and presence tell goes to the store and to the listeners.

use std::collections::BTreeSet;

use confab_model::{BareJid, Contact, ContactRequest, Event, Subscription};
use confab_store::StoreError;
use tokio::sync::oneshot;

use super::{AccountMessage, actor::AccountActor, messages::OlderPage};

/// People of the roster whose last messages are asked for on a new device, one query each. With more of them nobody
/// remembers all; theirs come when their conversation is opened.
const MAX_QUIET: usize = 200;

impl AccountActor {
    pub(super) async fn contacts_loaded(
        &mut self,
        contacts: Vec<Contact>,
        version: Option<String>,
    ) -> Result<(), StoreError> {
        let known = self.context.store.contacts(self.id).await?;
        self.context.store.replace_roster(self.id, &contacts, version.as_deref()).await?;
        self.roster_whole = true;
        for gone in known.iter().filter(|old| !contacts.iter().any(|new| new.jid == old.jid)) {
            self.publish(Event::ContactRemoved { jid: gone.jid.clone() });
        }
        for contact in contacts {
            self.publish(Event::ContactChanged { contact });
        }
        Ok(())
    }

    /// `version` is there if the roster changed; without it only presence did, which is not kept.
    pub(super) async fn contact_changed(
        &mut self,
        contact: Contact,
        version: Option<String>,
    ) -> Result<(), StoreError> {
        let known = self.context.store.contact(self.id, &contact.jid).await?;
        let was_seen = known.as_ref().is_some_and(|known| sees(known.subscription));
        if sees(contact.subscription) && !was_seen {
            self.read_profile(contact.jid.clone());
        }
        if version.is_some() || !known.is_some_and(|known| same_entry(&known, &contact)) {
            let version = version.filter(|_| self.roster_whole);
            self.context.store.put_contact(self.id, &contact, version.as_deref()).await?;
        }
        self.publish(Event::ContactChanged { contact });
        Ok(())
    }

    pub(super) async fn contact_removed(&mut self, jid: BareJid, version: Option<String>) -> Result<(), StoreError> {
        let version = version.filter(|_| self.roster_whole);
        self.context.store.remove_contact(self.id, &jid, version.as_deref()).await?;
        self.publish(Event::ContactRemoved { jid });
        Ok(())
    }

    /// On a new device: conversations with people of the roster that are older than what the catch-up reads. The archive
    /// has no list of conversations, so each person is asked for; one after the other, behind everything else.
    pub(super) async fn load_quiet_contacts(&mut self) {
        let store = &self.context.store;
        let (contacts, known) = match (store.contacts(self.id).await, store.conversations(self.id).await) {
            (Ok(contacts), Ok(known)) => (contacts, known),
            (Err(error), _) | (_, Err(error)) => return self.store_failed(&error),
        };
        let known: BTreeSet<BareJid> = known.into_iter().map(|conversation| conversation.jid).collect();
        let quiet = contacts.into_iter().map(|contact| contact.jid).filter(|jid| !known.contains(jid));
        let quiet: Vec<BareJid> = quiet.take(MAX_QUIET).collect();
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        tokio::spawn(async move {
            for conversation in quiet {
                let page = match session.older_messages(conversation.clone(), None).await {
                    Ok(page) if page.messages.is_empty() => continue,
                    Ok(page) => page,
                    // The next new device will find them, and so will whoever opens the conversation.
                    Err(error) => return tracing::debug!(%error, "older conversations are not known"),
                };
                let (reply, _) = oneshot::channel();
                let page = Box::new(OlderPage { page: Ok(page), before: None });
                let Some(mailbox) = mailbox.upgrade() else { return };
                if mailbox.send(AccountMessage::OlderLoaded { conversation, page, reply }).await.is_err() {
                    return;
                }
            }
        });
    }

    /// A change of the roster was left out: no version may say that it is here, so that the server sends the whole
    /// roster at the next sign-in.
    pub(super) async fn roster_incomplete(&mut self) {
        self.roster_whole = false;
        if let Err(error) = self.context.store.forget_roster_version(self.id).await {
            tracing::warn!(%error, "the roster's version is kept");
        }
    }

    pub(super) async fn contact_requested(&mut self, request: ContactRequest) -> Result<(), StoreError> {
        // A server repeats at every sign-in what was not answered: nobody is told of it again.
        if self.context.store.put_contact_request(self.id, &request).await? {
            self.publish(Event::ContactRequested { request });
        }
        Ok(())
    }

    /// Whether a person sees our presence anyway. Nobody else is told that this device is there: not by ringing, not by
    /// a read marker. Receipts and typing notifications are the session's, which looks at the same.
    pub(super) async fn may_know_of_us(&mut self, person: &BareJid) -> bool {
        match self.context.store.contact(self.id, person).await {
            Ok(contact) => contact.is_some_and(|contact| match contact.subscription {
                Subscription::From | Subscription::Both => true,
                Subscription::None | Subscription::To => false,
            }),
            Err(error) => {
                self.store_failed(&error);
                false
            }
        }
    }

    pub(super) async fn settle_request(&mut self, from: BareJid) -> Result<(), StoreError> {
        self.context.store.remove_contact_request(self.id, &from).await?;
        self.publish(Event::ContactRequestSettled { from });
        Ok(())
    }

    /// The person has answered the request here.
    pub(super) async fn request_settled(&mut self, from: BareJid) {
        if let Err(error) = self.settle_request(from).await {
            self.store_failed(&error);
        }
    }
}

/// Whether this account sees the presence of the contact.
fn sees(subscription: Subscription) -> bool {
    matches!(subscription, Subscription::To | Subscription::Both)
}

/// Whether the roster says the same of both; presence aside.
fn same_entry(one: &Contact, other: &Contact) -> bool {
    one.name == other.name
        && one.subscription == other.subscription
        && one.requested == other.requested
        && one.groups == other.groups
}
