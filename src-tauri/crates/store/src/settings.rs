//! Settings of this device: JSON by key. What the keys mean is the caller's affair.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Store, StoreError, codes};

impl Store {
    /// A setting. `None` if it was never set, or holds something that `T` cannot read (another version wrote it).
    pub async fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        let value =
            sqlx::query_scalar!("SELECT value FROM settings WHERE key = ?1", key).fetch_optional(&self.readers).await?;
        Ok(value.and_then(|json| match serde_json::from_str(&json) {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::warn!(key, %error, "a setting cannot be read, its default is used");
                None
            }
        }))
    }

    /// Keeps a setting.
    pub async fn set_setting<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        let json = codes::to_json(value)?;
        sqlx::query!(
            "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            json
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Forgets a setting.
    pub async fn remove_setting(&self, key: &str) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM settings WHERE key = ?1", key).execute(&self.writer).await?;
        Ok(())
    }
}
