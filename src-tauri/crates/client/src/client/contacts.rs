//! Contacts and requests to become one.

use confab_model::{AccountId, BareJid, Contact, ContactRequest};

use super::Client;
use crate::{ErrorCode, OperationError, account::AccountMessage};

impl Client {
    /// The contacts; with `refresh`, or when none are known here, from the server.
    pub async fn contacts(&self, account: AccountId, refresh: bool) -> Result<Vec<Contact>, OperationError> {
        match self.handle(account) {
            Ok(handle) => {
                let known = handle.session.contacts(refresh).await?;
                if known.is_empty() && !refresh { Ok(self.shared.store.contacts(account).await?) } else { Ok(known) }
            }
            Err(error) if refresh => Err(error),
            Err(_) => Ok(self.shared.store.contacts(account).await?),
        }
    }

    /// Requests that wait for an answer, newest first.
    pub async fn contact_requests(&self, account: AccountId) -> Result<Vec<ContactRequest>, OperationError> {
        Ok(self.shared.store.contact_requests(account).await?)
    }

    /// Asks a person to become a contact.
    pub async fn add_contact(
        &self,
        account: AccountId,
        jid: BareJid,
        name: String,
        reason: String,
    ) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        if handle.jid == jid {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "that is your own address"));
        }
        Ok(handle.session.add_contact(jid, name, reason).await?)
    }

    /// Accepts a request.
    pub async fn accept_contact(&self, account: AccountId, jid: BareJid) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        handle.session.accept_contact(jid.clone()).await?;
        handle.ask(|reply| AccountMessage::RequestAnswered { from: jid, reply }).await
    }

    /// Declines a request; the reason is told.
    pub async fn decline_contact(
        &self,
        account: AccountId,
        jid: BareJid,
        reason: String,
    ) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        handle.session.decline_contact(jid.clone(), reason).await?;
        handle.ask(|reply| AccountMessage::RequestAnswered { from: jid, reply }).await
    }

    /// Removes a contact. The conversation stays.
    pub async fn remove_contact(&self, account: AccountId, jid: BareJid) -> Result<(), OperationError> {
        Ok(self.session(account)?.remove_contact(jid).await?)
    }

    /// Changes the name that this account gives a contact.
    pub async fn rename_contact(&self, account: AccountId, jid: BareJid, name: String) -> Result<(), OperationError> {
        Ok(self.session(account)?.rename_contact(jid, name).await?)
    }
}
