//! Contacts and requests to become one.

use confab_model::{AccountId, BareJid, ConnectionState, Contact, ContactRequest};

use super::Client;
use crate::{ErrorCode, OperationError, account::AccountMessage};

/// Characters of a group's name.
const MAX_GROUP_NAME: usize = 100;
/// Groups of one contact.
const MAX_GROUPS: usize = 20;

impl Client {
    /// The contacts as they are known here; with `refresh`, or when none are known, from the server.
    pub async fn contacts(&self, account: AccountId, refresh: bool) -> Result<Vec<Contact>, OperationError> {
        let handle = match self.handle(account) {
            Ok(handle) => handle,
            Err(error) if refresh => return Err(error),
            Err(_) => return Ok(self.shared.store.contacts(account).await?),
        };
        let known = handle.session.contacts(refresh).await?;
        if refresh || !known.is_empty() {
            return Ok(known);
        }
        let kept = self.shared.store.contacts(account).await?;
        let is_online = matches!(handle.account.borrow().connection, ConnectionState::Online { .. });
        if !kept.is_empty() || !is_online {
            return Ok(kept);
        }
        Ok(handle.session.contacts(true).await.unwrap_or_default())
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

    /// Changes the groups of the roster in which this account keeps a contact.
    pub async fn group_contact(
        &self,
        account: AccountId,
        jid: BareJid,
        groups: Vec<String>,
    ) -> Result<(), OperationError> {
        let mut names: Vec<String> = Vec::with_capacity(groups.len());
        for group in groups {
            let name = group.trim();
            if name.is_empty() || name.chars().count() > MAX_GROUP_NAME {
                return Err(OperationError::new(ErrorCode::InvalidArgument, "a group's name has 1 to 100 characters"));
            }
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if names.len() > MAX_GROUPS {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "a contact is in 20 groups at most"));
        }
        Ok(self.session(account)?.group_contact(jid, names).await?)
    }

    /// Changes the name that this account gives a contact.
    pub async fn rename_contact(&self, account: AccountId, jid: BareJid, name: String) -> Result<(), OperationError> {
        Ok(self.session(account)?.rename_contact(jid, name).await?)
    }
}
