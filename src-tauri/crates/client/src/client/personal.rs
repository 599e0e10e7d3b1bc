//! Profiles, availability, and people from whom nothing comes through.

use std::path::PathBuf;

use confab_media::image;
use confab_model::{AccountId, Availability, BareJid, MessageId, Profile, ReportReason};
use confab_session::{Picture, Report, xep::blocking_0191::MAX_REPORTED};

use super::Client;
use crate::{ErrorCode, OperationError, account::AccountMessage, pictures::data_url};

/// Characters of the own name.
const MAX_NAME: usize = 100;
/// Characters of what contacts read beside the name.
const MAX_STATUS: usize = 500;

impl Client {
    /// Blocks a person (XEP-0191), with a report (XEP-0377) where the server takes reports: it is shown `messages` of that
    /// person, 10 at most. `BlockedChanged` follows.
    pub async fn block(
        &self,
        account: AccountId,
        jid: BareJid,
        report: Option<ReportReason>,
        messages: Vec<MessageId>,
    ) -> Result<(), OperationError> {
        if messages.len() > MAX_REPORTED {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "a report shows 10 messages at most"));
        }
        let session = self.session(account)?;
        let report = match report {
            Some(reason) => {
                let messages = self.shared.store.archive_ids(account, &jid, &messages).await?;
                Some(Report { reason, text: String::new(), messages })
            }
            None => None,
        };
        Ok(session.block(jid, report).await?)
    }

    /// Lets somebody through again.
    pub async fn unblock(&self, account: AccountId, jid: BareJid) -> Result<(), OperationError> {
        Ok(self.session(account)?.unblock(jid).await?)
    }

    /// Everybody who is blocked.
    pub async fn blocked(&self, account: AccountId) -> Result<Vec<BareJid>, OperationError> {
        Ok(self.shared.store.blocked(account).await?)
    }

    /// Names and pictures that are known of people, and the own.
    pub async fn profiles(&self, account: AccountId) -> Result<Vec<Profile>, OperationError> {
        Ok(self.shared.store.profiles(account).await?)
    }

    /// Reads what somebody publishes of themself, from their server.
    pub async fn profile(&self, account: AccountId, jid: BareJid) -> Result<Profile, OperationError> {
        let handle = self.handle(account)?;
        let published = handle.session.profile(&jid).await?;
        let updated_at = Some(self.shared.clock.now().wall);
        let profile =
            Profile { jid, name: published.name, avatar: published.avatar.map(|avatar| avatar.id), updated_at };
        if let Some(picture) = published.picture
            && let Some(key) = &profile.avatar
        {
            self.keep_avatar(key, picture.bytes).await?;
        }
        handle.tell(AccountMessage::ProfileRead(Box::new(profile.clone()))).await?;
        Ok(profile)
    }

    /// Publishes the own name (XEP-0172); empty: none.
    pub async fn set_profile(&self, account: AccountId, name: String) -> Result<(), OperationError> {
        let name = name.trim().to_owned();
        if name.chars().count() > MAX_NAME {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "the name is too long"));
        }
        let handle = self.handle(account)?;
        handle.session.set_nickname(&name).await?;
        let jid = handle.jid.clone();
        let avatar = self.shared.store.profile(account, &jid).await?.and_then(|known| known.avatar);
        let profile = Profile { jid, name, avatar, updated_at: None };
        handle.tell(AccountMessage::ProfileRead(Box::new(profile))).await
    }

    /// Publishes the own picture (XEP-0084), made square and small; `None`: there is none any more.
    pub async fn set_avatar(&self, account: AccountId, picture: Option<Vec<u8>>) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        let made = match picture {
            Some(bytes) => {
                let made = tokio::task::spawn_blocking(move || image::avatar(&bytes, None));
                let made = made.await.map_err(|_| OperationError::gone())?;
                Some(made.map_err(|error| {
                    OperationError::new(ErrorCode::FileFailed, "that picture cannot be used").with_detail(error)
                })?)
            }
            None => None,
        };
        let size = made.as_ref().map_or((0, 0), |made| (made.info.width, made.info.height));
        let picture = made.map(|made| Picture { media_type: made.info.media_type.to_owned(), bytes: made.bytes });
        let key = handle.session.set_avatar(picture.as_ref(), size).await?;
        if let (Some(key), Some(picture)) = (&key, picture) {
            self.keep_avatar(key, picture.bytes).await?;
        }
        let jid = handle.jid.clone();
        let name = self.shared.store.profile(account, &jid).await?.map(|known| known.name).unwrap_or_default();
        let profile = Profile { jid, name, avatar: key, updated_at: None };
        handle.tell(AccountMessage::ProfileRead(Box::new(profile))).await
    }

    /// [`Client::set_avatar`] of a file of this device.
    pub async fn set_avatar_from(&self, account: AccountId, path: Option<PathBuf>) -> Result<(), OperationError> {
        let Some(path) = path else { return self.set_avatar(account, None).await };
        let load = tokio::task::spawn_blocking(move || image::load(&path));
        let bytes = load.await.map_err(|_| OperationError::gone())?.map_err(|error| {
            OperationError::new(ErrorCode::FileFailed, "that picture cannot be used").with_detail(error)
        })?;
        self.set_avatar(account, Some(bytes)).await
    }

    /// A picture of a known profile, by its key, as a `data:` URL; fetched once, then from this device.
    ///
    /// # Errors
    /// `FileFailed`: nobody who is known here has it, or it is no picture.
    pub async fn avatar(&self, account: AccountId, key: String) -> Result<String, OperationError> {
        let missing = || OperationError::new(ErrorCode::FileFailed, "there is no such picture");
        let owner = self.pictured(account, &key).await?.ok_or_else(missing)?;
        let path = self.shared.files.avatar_path(&key).ok_or_else(missing)?;
        if let Ok(bytes) = tokio::fs::read(&path).await
            && let Ok(info) = image::inspect(&bytes)
        {
            return Ok(data_url(info.media_type, &bytes));
        }
        let picture = self.session(account)?.avatar(&owner, &key).await?.ok_or_else(missing)?;
        self.keep_avatar(&key, picture.bytes).await
    }

    /// Whose picture it is: a person's or a group's.
    async fn pictured(&self, account: AccountId, key: &str) -> Result<Option<BareJid>, OperationError> {
        let store = &self.shared.store;
        let people = store.profiles(account).await?.into_iter().map(|profile| (profile.jid, profile.avatar));
        let groups = store.groups(account).await?.into_iter().map(|group| (group.jid, group.avatar));
        let mut all = people.chain(groups);
        Ok(all.find(|(_, avatar)| avatar.as_deref() == Some(key)).map(|(jid, _)| jid))
    }

    /// Decodes a picture, encodes it anew and keeps it. As a `data:` URL.
    async fn keep_avatar(&self, key: &str, bytes: Vec<u8>) -> Result<String, OperationError> {
        let refused = |detail: String| {
            OperationError::new(ErrorCode::FileFailed, "that picture cannot be used").with_detail(detail)
        };
        let path = self.shared.files.avatar_path(key).ok_or_else(|| refused("its key is none".to_owned()))?;
        let work = move || {
            let small = image::check_avatar(&bytes).map_err(|error| refused(error.to_string()))?;
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| refused(error.to_string()))?;
            }
            std::fs::write(&path, &small.bytes).map_err(|error| refused(error.to_string()))?;
            Ok(data_url(small.info.media_type, &small.bytes))
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| OperationError::gone())?
    }

    /// The own availability as it is on all devices.
    pub async fn availability(&self, account: AccountId) -> Result<Availability, OperationError> {
        Ok(self.shared.store.availability(account).await?)
    }

    /// Sets the own availability on all devices. `AvailabilityChanged` follows.
    pub async fn set_availability(&self, account: AccountId, availability: Availability) -> Result<(), OperationError> {
        if availability.status.chars().count() > MAX_STATUS {
            return Err(OperationError::new(ErrorCode::InvalidArgument, "the status is too long"));
        }
        Ok(self.session(account)?.set_availability(availability).await?)
    }
}
