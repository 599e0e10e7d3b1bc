//! What people publish of themselves, and what this account does for all its devices: names and pictures, who is blocked,
//! whether it may be disturbed.

use confab_model::{Availability, BareJid, Event, Profile};
use confab_session::{ProfileChange, ProfileUpdate};
use confab_store::StoreError;

use super::{AccountMessage, actor::AccountActor};

impl AccountActor {
    pub(super) async fn blocked_changed(&mut self, blocked: Vec<BareJid>) -> Result<(), StoreError> {
        self.context.store.replace_blocked(self.id, &blocked).await?;
        self.publish(Event::BlockedChanged { blocked });
        Ok(())
    }

    /// As it was when this device last heard of it, until the server says more.
    pub(super) async fn load_availability(&mut self) {
        let now = self.context.clock.now().wall;
        match self.context.store.availability(self.id).await {
            Ok(availability) if availability.until.is_none_or(|until| until > now) => self.availability = availability,
            Ok(_) => {}
            Err(error) => self.store_failed(&error),
        }
    }

    pub(super) async fn availability_changed(&mut self, availability: Availability) -> Result<(), StoreError> {
        self.context.store.set_availability(self.id, &availability).await?;
        self.availability = availability.clone();
        self.policy_changed().await;
        self.publish(Event::AvailabilityChanged { availability });
        Ok(())
    }

    /// A contact, or this account elsewhere, has another name or picture. Names can always be read again: a store that
    /// fails here loses nothing.
    pub(super) async fn profile_changed(&mut self, update: ProfileUpdate) {
        let known = match self.context.store.profile(self.id, &update.jid).await {
            Ok(known) => known,
            Err(error) => return self.store_failed(&error),
        };
        let mut profile = known.unwrap_or_else(|| Profile {
            jid: update.jid.clone(),
            name: String::new(),
            avatar: None,
            updated_at: None,
        });
        match update.change {
            ProfileChange::Nickname(name) => profile.name = name,
            ProfileChange::Avatar(avatar) => profile.avatar = avatar.map(|avatar| avatar.id),
        }
        self.profile_read(profile).await;
    }

    /// Asks what a new contact publishes: servers tell by themselves only of what changes from now on.
    pub(super) fn read_profile(&self, jid: BareJid) {
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        tokio::spawn(async move {
            let published = match session.profile(&jid).await {
                Ok(published) => published,
                Err(error) => return tracing::debug!(%error, "the profile of a new contact is not known"),
            };
            let avatar = published.avatar.map(|avatar| avatar.id);
            let profile = Profile { jid, name: published.name, avatar, updated_at: None };
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(AccountMessage::ProfileRead(Box::new(profile))).await;
            }
        });
    }

    /// What somebody publishes, as it is now.
    pub(super) async fn profile_read(&mut self, mut profile: Profile) {
        profile.updated_at = Some(self.context.clock.now().wall);
        match self.context.store.put_profile(self.id, &profile).await {
            Ok(true) => {
                if profile.jid == self.jid {
                    self.change_account(|account| account.name.clone_from(&profile.name));
                }
                self.publish(Event::ProfileChanged { profile });
            }
            Ok(false) => {}
            Err(error) => self.store_failed(&error),
        }
    }
}
