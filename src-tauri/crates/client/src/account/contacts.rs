//! Contacts of an account: what the roster and presence tell goes to the store and to the listeners.

use confab_model::{BareJid, Contact, ContactRequest, Event, Subscription};

use super::actor::AccountActor;

impl AccountActor {
    pub(super) async fn contacts_loaded(&mut self, contacts: Vec<Contact>, version: Option<String>) {
        let known = match self.context.store.contacts(self.id).await {
            Ok(known) => known,
            Err(error) => return self.store_failed(&error),
        };
        if let Err(error) = self.context.store.replace_roster(self.id, &contacts, version.as_deref()).await {
            return self.store_failed(&error);
        }
        for gone in known.iter().filter(|old| !contacts.iter().any(|new| new.jid == old.jid)) {
            self.publish(Event::ContactRemoved { jid: gone.jid.clone() });
        }
        for contact in contacts {
            self.publish(Event::ContactChanged { contact });
        }
    }

    /// `version` is there if the roster changed; without it only presence did, which is not kept.
    pub(super) async fn contact_changed(&mut self, contact: Contact, version: Option<String>) {
        let roster_changed = match self.context.store.contact(self.id, &contact.jid).await {
            Ok(known) => !known.is_some_and(|known| same_entry(&known, &contact)),
            Err(error) => return self.store_failed(&error),
        };
        if (roster_changed || version.is_some())
            && let Err(error) = self.context.store.put_contact(self.id, &contact, version.as_deref()).await
        {
            return self.store_failed(&error);
        }
        self.publish(Event::ContactChanged { contact });
    }

    pub(super) async fn contact_removed(&mut self, jid: BareJid, version: Option<String>) {
        match self.context.store.remove_contact(self.id, &jid, version.as_deref()).await {
            Ok(()) => self.publish(Event::ContactRemoved { jid }),
            Err(error) => self.store_failed(&error),
        }
    }

    pub(super) async fn contact_requested(&mut self, request: ContactRequest) {
        match self.context.store.put_contact_request(self.id, &request).await {
            Ok(_) => self.publish(Event::ContactRequested { request }),
            Err(error) => self.store_failed(&error),
        }
    }

    /// Whether a person sees our presence anyway. Nobody else is told that this device is there: not by ringing, not by
    /// a read marker, not by a typing notification.
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

    pub(super) async fn request_settled(&mut self, from: BareJid) {
        match self.context.store.remove_contact_request(self.id, &from).await {
            Ok(_) => self.publish(Event::ContactRequestSettled { from }),
            Err(error) => self.store_failed(&error),
        }
    }
}

/// Whether the roster says the same of both; presence aside.
fn same_entry(one: &Contact, other: &Contact) -> bool {
    one.name == other.name
        && one.subscription == other.subscription
        && one.requested == other.requested
        && one.groups == other.groups
}
