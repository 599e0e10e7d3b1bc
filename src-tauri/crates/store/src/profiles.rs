//! What people tell of themselves, who is blocked, and the own availability.

use confab_model::{AccountId, Availability, BareJid, Profile, Timestamp};
use sqlx::SqliteConnection;

use crate::{Store, StoreError, codes, database::jid};

#[derive(Debug)]
struct ProfileRow {
    jid: String,
    name: String,
    avatar: Option<String>,
    updated_ms: Option<i64>,
}

impl ProfileRow {
    fn into_profile(self) -> Result<Profile, StoreError> {
        Ok(Profile {
            jid: jid(&self.jid)?,
            name: self.name,
            avatar: self.avatar,
            updated_at: self.updated_ms.map(Timestamp),
        })
    }
}

impl Store {
    /// Everybody's public data that was ever read, by address.
    pub async fn profiles(&self, account: AccountId) -> Result<Vec<Profile>, StoreError> {
        let rows = sqlx::query_as!(
            ProfileRow,
            "SELECT jid, name, avatar, updated_ms FROM profiles WHERE account_id = ?1 ORDER BY jid",
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(ProfileRow::into_profile).collect()
    }

    /// One person's public data, if it was ever read.
    pub async fn profile(&self, account: AccountId, person: &BareJid) -> Result<Option<Profile>, StoreError> {
        let address = person.to_string();
        let row = sqlx::query_as!(
            ProfileRow,
            "SELECT jid, name, avatar, updated_ms FROM profiles WHERE account_id = ?1 AND jid = ?2",
            account.0,
            address
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(ProfileRow::into_profile).transpose()
    }

    /// Keeps a person's public data. `true`: name or picture are other ones than before.
    pub async fn put_profile(&self, account: AccountId, profile: &Profile) -> Result<bool, StoreError> {
        let address = profile.jid.to_string();
        let updated_ms = profile.updated_at.map(|at| at.0);
        let mut tx = self.write().await?;
        let same = sqlx::query_scalar!(
            r#"SELECT (name = ?3 AND avatar IS ?4) AS "same!: bool" FROM profiles WHERE account_id = ?1 AND jid = ?2"#,
            account.0,
            address,
            profile.name,
            profile.avatar
        )
        .fetch_optional(&mut *tx)
        .await?;
        sqlx::query!(
            "INSERT INTO profiles (account_id, jid, name, avatar, updated_ms) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (account_id, jid) DO UPDATE SET name = excluded.name, avatar = excluded.avatar,
                updated_ms = excluded.updated_ms",
            account.0,
            address,
            profile.name,
            profile.avatar,
            updated_ms
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(!same.unwrap_or(profile.name.is_empty() && profile.avatar.is_none()))
    }

    /// Everybody who is blocked, by address.
    pub async fn blocked(&self, account: AccountId) -> Result<Vec<BareJid>, StoreError> {
        sqlx::query_scalar!("SELECT jid FROM blocked WHERE account_id = ?1 ORDER BY jid", account.0)
            .fetch_all(&self.readers)
            .await?
            .iter()
            .map(|address| jid(address))
            .collect()
    }

    /// The whole list of the server.
    pub async fn replace_blocked(&self, account: AccountId, blocked: &[BareJid]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query!("DELETE FROM blocked WHERE account_id = ?1", account.0).execute(&mut *tx).await?;
        for person in blocked {
            let address = person.to_string();
            sqlx::query!(
                "INSERT INTO blocked (account_id, jid) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                account.0,
                address
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// One person was blocked, or is not any more.
    pub async fn set_blocked(&self, account: AccountId, person: &BareJid, blocked: bool) -> Result<(), StoreError> {
        let address = person.to_string();
        if blocked {
            sqlx::query!(
                "INSERT INTO blocked (account_id, jid) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                account.0,
                address
            )
            .execute(&self.writer)
            .await?;
        } else {
            sqlx::query!("DELETE FROM blocked WHERE account_id = ?1 AND jid = ?2", account.0, address)
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }

    /// The own availability as last known; the default if it was never set.
    pub async fn availability(&self, account: AccountId) -> Result<Availability, StoreError> {
        let json = sqlx::query_scalar!("SELECT availability FROM accounts WHERE id = ?1", account.0)
            .fetch_optional(&self.readers)
            .await?
            .ok_or(StoreError::Unknown("account"))?;
        json.map_or_else(|| Ok(Availability::default()), |json| codes::from_json(&json))
    }

    /// Keeps the own availability.
    pub async fn set_availability(&self, account: AccountId, availability: &Availability) -> Result<(), StoreError> {
        let json = codes::to_json(availability)?;
        let done = sqlx::query!("UPDATE accounts SET availability = ?2 WHERE id = ?1", account.0, json)
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::Unknown("account")) } else { Ok(()) }
    }
}

/// What those of `addresses`, a list in JSON, tell of themselves, by address.
pub(crate) async fn among(
    connection: &mut SqliteConnection,
    account: AccountId,
    addresses: &str,
) -> Result<Vec<Profile>, StoreError> {
    let rows = sqlx::query_as!(
        ProfileRow,
        "SELECT jid, name, avatar, updated_ms FROM profiles
        WHERE account_id = ?1 AND jid IN (SELECT value FROM json_each(?2)) ORDER BY jid",
        account.0,
        addresses
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(ProfileRow::into_profile).collect()
}
