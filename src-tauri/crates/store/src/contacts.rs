//! The roster as last seen, so that the list is there before the server answers, and requests that wait for an answer.
//! Presence is not kept: contacts come back as offline.

use confab_model::{AccountId, BareJid, Contact, ContactRequest, PresenceShow, Timestamp};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, codes, database::jid};

#[derive(Debug)]
struct ContactRow {
    jid: String,
    name: String,
    subscription: i64,
    requested: i64,
    groups: String,
}

impl ContactRow {
    fn into_contact(self) -> Result<Contact, StoreError> {
        Ok(Contact {
            jid: jid(&self.jid)?,
            name: self.name,
            subscription: codes::subscription_from(self.subscription)?,
            requested: self.requested != 0,
            groups: codes::from_json(&self.groups)?,
            presence: PresenceShow::Offline,
            status: String::new(),
        })
    }
}

impl Store {
    /// The roster by address.
    pub async fn contacts(&self, account: AccountId) -> Result<Vec<Contact>, StoreError> {
        let rows = sqlx::query_as!(
            ContactRow,
            "SELECT jid, name, subscription, requested, groups FROM contacts WHERE account_id = ?1 ORDER BY jid",
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(ContactRow::into_contact).collect()
    }

    /// One entry of the roster, if it is there.
    pub async fn contact(&self, account: AccountId, contact: &BareJid) -> Result<Option<Contact>, StoreError> {
        let contact = contact.to_string();
        let row = sqlx::query_as!(
            ContactRow,
            "SELECT jid, name, subscription, requested, groups FROM contacts WHERE account_id = ?1 AND jid = ?2",
            account.0,
            contact
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(ContactRow::into_contact).transpose()
    }

    /// The whole roster as the server sent it.
    pub async fn replace_roster(
        &self,
        account: AccountId,
        contacts: &[Contact],
        version: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query!("DELETE FROM contacts WHERE account_id = ?1", account.0).execute(&mut *tx).await?;
        for contact in contacts {
            put_contact(&mut tx, account, contact).await?;
        }
        set_roster_version(&mut tx, account, version).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A roster push: one entry is new or changed. `version`: `None` leaves the known one.
    pub async fn put_contact(
        &self,
        account: AccountId,
        contact: &Contact,
        version: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        put_contact(&mut tx, account, contact).await?;
        if version.is_some() {
            set_roster_version(&mut tx, account, version).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A roster push: one entry is gone. The conversation stays. `version`: `None` leaves the known one.
    pub async fn remove_contact(
        &self,
        account: AccountId,
        contact: &BareJid,
        version: Option<&str>,
    ) -> Result<(), StoreError> {
        let contact = contact.to_string();
        let mut tx = self.write().await?;
        sqlx::query!("DELETE FROM contacts WHERE account_id = ?1 AND jid = ?2", account.0, contact)
            .execute(&mut *tx)
            .await?;
        if version.is_some() {
            set_roster_version(&mut tx, account, version).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Some change of the roster is missing here: no version of it is known.
    pub async fn forget_roster_version(&self, account: AccountId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        set_roster_version(&mut tx, account, None).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a request until it is answered. `false`: it said the same before, as servers repeat at every sign-in.
    pub async fn put_contact_request(&self, account: AccountId, request: &ContactRequest) -> Result<bool, StoreError> {
        let from = request.from.to_string();
        let done = sqlx::query!(
            "INSERT INTO contact_requests (account_id, jid, nickname, reason, received_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (account_id, jid) DO UPDATE SET nickname = excluded.nickname, reason = excluded.reason
                WHERE (nickname, reason) <> (excluded.nickname, excluded.reason)",
            account.0,
            from,
            request.nickname,
            request.reason,
            request.received_at.0
        )
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Requests that wait for an answer, newest first.
    pub async fn contact_requests(&self, account: AccountId) -> Result<Vec<ContactRequest>, StoreError> {
        let rows = sqlx::query!(
            "SELECT jid, nickname, reason, received_ms FROM contact_requests WHERE account_id = ?1
            ORDER BY received_ms DESC, jid",
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|row| {
                Ok(ContactRequest {
                    from: jid(&row.jid)?,
                    nickname: row.nickname,
                    reason: row.reason,
                    received_at: Timestamp(row.received_ms),
                })
            })
            .collect()
    }

    /// The request was answered or withdrawn. `true`: it was there.
    pub async fn remove_contact_request(&self, account: AccountId, from: &BareJid) -> Result<bool, StoreError> {
        let from = from.to_string();
        let done = sqlx::query!("DELETE FROM contact_requests WHERE account_id = ?1 AND jid = ?2", account.0, from)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// Those of the roster who are in `addresses`, a list in JSON, by address.
pub(crate) async fn among(
    connection: &mut SqliteConnection,
    account: AccountId,
    addresses: &str,
) -> Result<Vec<Contact>, StoreError> {
    let rows = sqlx::query_as!(
        ContactRow,
        "SELECT jid, name, subscription, requested, groups FROM contacts
        WHERE account_id = ?1 AND jid IN (SELECT value FROM json_each(?2)) ORDER BY jid",
        account.0,
        addresses
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(ContactRow::into_contact).collect()
}

async fn put_contact(
    connection: &mut SqliteConnection,
    account: AccountId,
    contact: &Contact,
) -> Result<(), StoreError> {
    let address = contact.jid.to_string();
    let subscription = codes::subscription(contact.subscription);
    let groups = codes::to_json(&contact.groups)?;
    sqlx::query!(
        "INSERT INTO contacts (account_id, jid, name, subscription, requested, groups) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (account_id, jid) DO UPDATE SET name = excluded.name, subscription = excluded.subscription,
            requested = excluded.requested, groups = excluded.groups",
        account.0,
        address,
        contact.name,
        subscription,
        contact.requested,
        groups
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn set_roster_version(
    connection: &mut SqliteConnection,
    account: AccountId,
    version: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE accounts SET roster_version = ?2 WHERE id = ?1", account.0, version)
        .execute(connection)
        .await?;
    Ok(())
}
