//! Accounts of this device and how far each has read its server's archive. Secrets are the keychain's, never here.

use confab_model::{AccountId, BareJid, ServerAddress};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, codes, database::jid};

/// An account as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAccount {
    pub id: AccountId,
    pub jid: BareJid,
    /// Own display name; empty until one is known.
    pub name: String,
    /// Where to connect if the address does not tell.
    pub server: Option<ServerAddress>,
    /// To be signed in when Confab starts.
    pub signed_in: bool,
    /// Its credentials are in the keychain.
    pub remember: bool,
    /// Version of the roster in the store (RFC 6121 §2.6).
    pub roster_version: Option<String>,
    /// Every message of the archive up to this id is in the store (XEP-0313); `None` before the first catch-up.
    pub archive_position: Option<String>,
    /// The archive has been read up to now once, and has had no gap since: what comes from it is news.
    pub history_read: bool,
    /// The strongest SASL mechanism that has proven the password.
    pub proven_mechanism: Option<String>,
    /// The server is to be signed in to without SASL2.
    pub avoids_sasl2: bool,
}

#[derive(Debug)]
struct AccountRow {
    id: i64,
    jid: String,
    name: String,
    server_host: Option<String>,
    server_port: Option<i64>,
    server_direct_tls: Option<i64>,
    signed_in: i64,
    remember: i64,
    roster_version: Option<String>,
    archive_position: Option<String>,
    history: i64,
    proven_mechanism: Option<String>,
    avoids_sasl2: i64,
}

impl AccountRow {
    fn into_account(self) -> Result<StoredAccount, StoreError> {
        let server = match (self.server_host, self.server_port, self.server_direct_tls) {
            (Some(host), Some(port), Some(direct_tls)) => Some(ServerAddress {
                host,
                port: u16::try_from(port).map_err(StoreError::damaged)?,
                direct_tls: direct_tls != 0,
            }),
            _ => None,
        };
        Ok(StoredAccount {
            id: AccountId(u32::try_from(self.id).map_err(StoreError::damaged)?),
            jid: jid(&self.jid)?,
            name: self.name,
            server,
            signed_in: self.signed_in != 0,
            remember: self.remember != 0,
            roster_version: self.roster_version,
            archive_position: self.archive_position,
            history_read: self.history == codes::HISTORY_READ,
            proven_mechanism: self.proven_mechanism,
            avoids_sasl2: self.avoids_sasl2 != 0,
        })
    }
}

impl Store {
    /// Adds an account that signed in, or marks it signed in again with the given server and `remember`.
    pub async fn add_account(
        &self,
        jid: &BareJid,
        server: Option<&ServerAddress>,
        remember: bool,
    ) -> Result<AccountId, StoreError> {
        let jid = jid.to_string();
        let host = server.map(|server| server.host.as_str());
        let port = server.map(|server| i64::from(server.port));
        let direct_tls = server.map(|server| i64::from(server.direct_tls));
        let mut tx = self.write().await?;
        let id = sqlx::query_scalar!(
            r#"INSERT INTO accounts (jid, name, server_host, server_port, server_direct_tls, signed_in, remember)
            VALUES (?1, '', ?2, ?3, ?4, 1, ?5)
            ON CONFLICT (jid) DO UPDATE SET server_host = ?2, server_port = ?3, server_direct_tls = ?4, signed_in = 1,
                remember = ?5
            RETURNING id AS "id!: i64""#,
            jid,
            host,
            port,
            direct_tls,
            remember
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(AccountId(u32::try_from(id).map_err(StoreError::damaged)?))
    }

    /// All accounts, oldest first.
    pub async fn accounts(&self) -> Result<Vec<StoredAccount>, StoreError> {
        let rows = sqlx::query_as!(
            AccountRow,
            r#"SELECT id AS "id!: i64", jid, name, server_host, server_port, server_direct_tls, signed_in, remember,
                roster_version, archive_position, history, proven_mechanism, avoids_sasl2
            FROM accounts ORDER BY id"#
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(AccountRow::into_account).collect()
    }

    /// One account, if it is there.
    pub async fn account(&self, account: AccountId) -> Result<Option<StoredAccount>, StoreError> {
        let row = sqlx::query_as!(
            AccountRow,
            r#"SELECT id AS "id!: i64", jid, name, server_host, server_port, server_direct_tls, signed_in, remember,
                roster_version, archive_position, history, proven_mechanism, avoids_sasl2
            FROM accounts WHERE id = ?1"#,
            account.0
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(AccountRow::into_account).transpose()
    }

    /// Whether the account is to be signed in at the next start.
    pub async fn set_signed_in(&self, account: AccountId, signed_in: bool) -> Result<(), StoreError> {
        let done = sqlx::query!("UPDATE accounts SET signed_in = ?2 WHERE id = ?1", account.0, signed_in)
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("account")) } else { Ok(()) }
    }

    /// The password was proven by this SASL mechanism, the strongest so far.
    pub async fn set_proven_mechanism(&self, account: AccountId, mechanism: &str) -> Result<(), StoreError> {
        let done = sqlx::query!("UPDATE accounts SET proven_mechanism = ?2 WHERE id = ?1", account.0, mechanism)
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("account")) } else { Ok(()) }
    }

    /// Whether the server is to be signed in to without SASL2.
    pub async fn set_avoids_sasl2(&self, account: AccountId, avoids: bool) -> Result<(), StoreError> {
        let done = sqlx::query!("UPDATE accounts SET avoids_sasl2 = ?2 WHERE id = ?1", account.0, avoids)
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("account")) } else { Ok(()) }
    }

    /// The own display name.
    pub async fn set_account_name(&self, account: AccountId, name: &str) -> Result<(), StoreError> {
        let done =
            sqlx::query!("UPDATE accounts SET name = ?2 WHERE id = ?1", account.0, name).execute(&self.writer).await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("account")) } else { Ok(()) }
    }

    /// Forgets the account and everything that belongs to it. The space is used again, the file does not shrink.
    pub async fn remove_account(&self, account: AccountId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query!(
            "DELETE FROM messages_text WHERE rowid IN
                (SELECT search_id FROM messages WHERE account_id = ?1 AND search_id IS NOT NULL)",
            account.0
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM accounts WHERE id = ?1", account.0).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Everything in the archive up to this id is in the store. For the first sign-in, which starts with the newest
    /// page, and for messages that arrived live after the catch-up; [`Store::receive`] sets it together with a page.
    pub async fn set_archive_position(&self, account: AccountId, position: &str) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        set_archive_position(&mut tx, account, position).await?;
        tx.commit().await?;
        Ok(())
    }
}

pub(crate) async fn set_archive_position(
    connection: &mut SqliteConnection,
    account: AccountId,
    position: &str,
) -> Result<(), StoreError> {
    let done = sqlx::query!("UPDATE accounts SET archive_position = ?2 WHERE id = ?1", account.0, position)
        .execute(connection)
        .await?;
    if done.rows_affected() == 0 { Err(StoreError::Unknown("account")) } else { Ok(()) }
}

/// The account's own address.
pub(crate) async fn own_jid(connection: &mut SqliteConnection, account: AccountId) -> Result<String, StoreError> {
    sqlx::query_scalar!("SELECT jid FROM accounts WHERE id = ?1", account.0)
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::Unknown("account"))
}
